"""`backfill raw load`: what is replaced, what is refused, and that a refused directory changes nothing."""

import csv
import json
import shutil
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from backfill.base import project
from backfill.base.errors import BackfillError
from backfill.cli import app
from backfill.contract import RawTable, load_contract
from backfill.raw.load import load_directory
from typer.testing import CliRunner, Result

Row = dict[str, object]
DEFAULTS = {
    "string": "x",
    "int64": 1,
    "float64": 1.5,
    "bool": True,
    "date": date(2021, 11, 5),
    "timestamp": datetime(2021, 11, 6, 9),
    "nba_game_id": "0022100001",
    "lookup": "x",
}
SCHEDULE = "nbac_schedule"
TEAMS = "nbac_team_boxscore"
LINES = "odds_api_game_lines"
REGISTRY = "nba_players_registry"


@pytest.fixture(scope="session")
def contract(project_root: Path) -> dict[str, RawTable]:
    return load_contract(project_root)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A folder for raw files, without any; the one of the schedule exists."""
    (tmp_path / "raw" / SCHEDULE).mkdir(parents=True)
    return tmp_path / "raw"


def game(day: str, number: int = 1, **values: object) -> Row:
    """The made-up values of one row that matter here; `day` also decides season_year."""
    played = date.fromisoformat(day)
    season_year = played.year - (played.month < 8)
    return {"game_id": f"00{season_year % 100}{number:06}", "game_date": played, "season_year": season_year, **values}


def filled(table: RawTable, row: Row) -> Row:
    """The row with every required column of the table, and nothing but declared columns or those given."""
    required = {
        column.name: DEFAULTS[column.format or column.data_type] for column in table.columns if not column.optional
    } | {column.name: DEFAULTS["string"] for column in table.columns if column.name in table.key and column.made_from}
    declared = {column.name for column in table.columns}
    return required | {name: value for name, value in row.items() if name in declared or name.startswith("extra_")}


def write_csv(path: Path, table: RawTable, rows: list[Row]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    header = list(filled(table, rows[0] if rows else {}))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(filled(table, row) for row in rows)
    return path


def write_parquet(path: Path, table: RawTable, rows: list[Row], types: dict[str, str] | None = None) -> Path:
    """Write the rows with the contract's types; `types` overrides, or adds, the DuckDB type of a column."""
    path.parent.mkdir(parents=True, exist_ok=True)
    records = [filled(table, row) for row in rows] or [filled(table, {})]
    sql_types = {column.name: column.sql_type for column in table.columns} | (types or {})
    columns = list(records[0])
    with duckdb.connect() as connection:
        connection.execute(f"create table t ({', '.join(f'{name} {sql_types[name]}' for name in columns)})")
        for record in records[: len(rows)]:
            connection.execute(
                f"insert into t values ({', '.join('?' * len(columns))})", [record[name] for name in columns]
            )
        connection.execute(f"copy t to '{path}' (format parquet)")
    return path


def query(warehouse: Path, sql: str) -> list[tuple]:
    with duckdb.connect(warehouse, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def content(warehouse: Path, contract: dict[str, RawTable]) -> dict[str, list[tuple]]:
    """Everything in nba_raw."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        return {name: connection.execute(f"from nba_raw.{name} order by all").fetchall() for name in contract}


def days(warehouse: Path, table: str = SCHEDULE) -> list[str]:
    return [str(row[0]) for row in query(warehouse, f"select game_date from nba_raw.{table} order by 1")]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="session")
def two_games(tmp_path_factory: pytest.TempPathFactory, contract: dict[str, RawTable]) -> Path:
    """A warehouse that holds two games of one season."""
    folder = tmp_path_factory.mktemp("two_games")
    games = [game("2021-11-05"), game("2022-02-01", 2)]
    write_csv(folder / SCHEDULE / "2021-22.csv", contract[SCHEDULE], games)
    load_directory(folder, folder / "nba.duckdb", contract)
    return folder / "nba.duckdb"


@pytest.fixture
def loaded(two_games: Path, warehouse: Path) -> Path:
    """A copy of that warehouse, for one test."""
    warehouse.parent.mkdir()
    return Path(shutil.copy(two_games, warehouse))


def refused(raw: Path, warehouse: Path, contract: dict[str, RawTable], *fragments: str) -> None:
    """Assert that the command refuses `raw` with one message that has every fragment, and changes nothing."""
    before = content(warehouse, contract)
    result = run("raw", "load", raw, "--warehouse", warehouse)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ") and result.stderr.count("Error: ") == 1
    assert "Traceback" not in result.stderr
    for fragment in fragments:
        assert fragment in result.stderr
    assert content(warehouse, contract) == before


# ---- contract and project ----


def test_contract_is_read_from_the_source_files(contract: dict[str, RawTable]) -> None:
    schedule = contract[SCHEDULE]
    columns = {column.name: column for column in schedule.columns}
    assert (schedule.key, schedule.partition_by) == (("game_id",), "game_date")
    assert (columns["season_year"].sql_type, columns["season_year"].optional) == ("BIGINT", False)
    assert columns["is_primetime"].optional
    assert contract[REGISTRY].partition_by is None
    assert len(contract) == 11


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("sources: [", "is not a valid raw contract"),
        ("sources: [{tables: [{name: t}]}]", "KeyError('config')"),
        (
            "sources: [{tables: [{name: t, config: {meta: {key: [a]}}, columns: [{name: a, data_type: text}]}]}]",
            "data_type text is not one of string",
        ),
        (
            "sources: [{tables: [{name: t, config: {meta: {key: [b]}}, columns: [{name: a, data_type: date}]}]}]",
            "column b is needed",
        ),
        (
            "sources: [{tables: [{name: t, config: {meta: {key: [a], partition_by: a}}, columns: "
            "[{name: a, data_type: date}, {name: source_file_path, data_type: string}]}]}]",
            "t: meta.unit",
        ),
        ("sources: []", "no raw tables are declared"),
    ],
)
def test_broken_contract_is_named(tmp_path: Path, text: str, fragment: str) -> None:
    path = tmp_path / "models/staging/s/_s__sources.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    with pytest.raises(BackfillError) as caught:
        load_contract(tmp_path)
    assert fragment in str(caught.value) and str(tmp_path) in str(caught.value)


def test_default_warehouse_and_its_overrides(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, project_root: Path
) -> None:
    root = project_root
    monkeypatch.chdir(root / "models")
    monkeypatch.delenv("NBA_DUCKDB_PATH", raising=False)
    assert project.project_root() == root
    assert project.warehouse_path(root) == root / "warehouse/nba.duckdb"
    monkeypatch.setenv("NBA_DUCKDB_PATH", "other.duckdb")
    assert project.warehouse_path(root) == root / "other.duckdb"
    monkeypatch.chdir(tmp_path)
    assert project.warehouse_path(root, Path("mine.duckdb")) == tmp_path / "mine.duckdb"


def test_command_line_basics(raw: Path) -> None:
    assert run("--version").stdout.startswith("backfill ")
    assert run().exit_code == 2 and "raw" in run().output
    assert run("raw", "load", raw / "nowhere").exit_code == 2
    assert run("raw", "load").exit_code == 2


# ---- what is loaded ----


def test_every_declared_table_exists_with_its_types(loaded: Path, contract: dict[str, RawTable]) -> None:
    for table in contract.values():
        found = [(row[0], row[1]) for row in query(loaded, f"describe nba_raw.{table.name}")]
        assert found == [(column.name, column.sql_type) for column in table.columns]
    counts = {name: query(loaded, f"select count(*) from nba_raw.{name}")[0][0] for name in contract}
    assert {name: rows for name, rows in counts.items() if rows} == {SCHEDULE: 2}


def test_result_names_rows_slices_and_ignored_columns(
    raw: Path, warehouse: Path, contract: dict[str, RawTable]
) -> None:
    write_csv(raw / SCHEDULE / "2021-22.csv", contract[SCHEDULE], [game("2021-11-05", extra_a=1)])
    write_parquet(raw / SCHEDULE / "any.parquet", contract[SCHEDULE], [game("2022-12-01", 2), game("2022-12-03", 3)])
    write_csv(raw / "reference" / f"{REGISTRY}.csv", contract[REGISTRY], [{"season": "2021-22"}])
    result = run("raw", "load", raw, "--warehouse", warehouse, "--json")
    assert result.exit_code == 0, result.output
    by_table = {entry.pop("table"): entry for entry in json.loads(result.stdout)}
    assert by_table[SCHEDULE].pop("seconds") >= 0
    assert by_table[SCHEDULE] == {
        "files": 2,
        "rows": 3,
        "rows_replaced": 0,
        "rows_removed": 0,
        "slices": ["2021-22", "2022-12-01", "2022-12-03"],
        "ignored_columns": ["extra_a"],
        "notes": [],
    }
    assert by_table[REGISTRY]["slices"] == ["2021-22"]
    shown = run("raw", "load", raw, "--warehouse", warehouse)
    assert shown.exit_code == 0
    assert SCHEDULE in shown.stdout and "extra_a" in shown.stdout


def test_lossless_types_are_widened(raw: Path, warehouse: Path, contract: dict[str, RawTable]) -> None:
    types = {
        "season_year": "SMALLINT",
        "home_team_tricode": "ENUM('AAA')",
        "game_date_est": "TIMESTAMP_NS",
        "processed_at": "TIMESTAMPTZ",
        "arena_city": "INTEGER",
    }
    row = game("2021-11-05", home_team_tricode="AAA", arena_city=None, processed_at="2021-11-06 05:00:00-04")
    write_parquet(raw / SCHEDULE / "2021-11-05.parquet", contract[SCHEDULE], [row], types)
    line = game("2021-11-05", outcome_point="-3.5")
    write_parquet(raw / LINES / "a.parquet", contract[LINES], [line], {"outcome_point": "DECIMAL(5, 1)"})
    load_directory(raw, warehouse, contract)
    found = query(warehouse, f"select season_year, home_team_tricode, arena_city, processed_at from nba_raw.{SCHEDULE}")
    assert found == [(2021, "AAA", None, datetime(2021, 11, 6, 9))]
    assert query(warehouse, f"select outcome_point from nba_raw.{LINES}") == [(-3.5,)]


def test_duplicates_within_one_file_are_kept(raw: Path, warehouse: Path, contract: dict[str, RawTable]) -> None:
    write_csv(raw / SCHEDULE / "2021-22.csv", contract[SCHEDULE], [game("2021-11-05")] * 2)
    load_directory(raw, warehouse, contract)
    assert days(warehouse) == ["2021-11-05"] * 2


def test_a_postponed_game_may_be_in_two_files(raw: Path, warehouse: Path, contract: dict[str, RawTable]) -> None:
    for day in ("2021-11-05", "2022-02-01"):
        write_csv(raw / SCHEDULE / f"{day}.csv", contract[SCHEDULE], [game(day)])
    load_directory(raw, warehouse, contract)
    assert days(warehouse) == ["2021-11-05", "2022-02-01"]


# ---- what is replaced ----


def test_season_file_removes_a_vanished_game(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    write_csv(raw / SCHEDULE / "2022-23.csv", contract[SCHEDULE], [game("2022-11-05", 3)])
    load_directory(raw, loaded, contract)
    assert days(loaded) == ["2021-11-05", "2022-02-01", "2022-11-05"]
    write_csv(raw / SCHEDULE / "2021-22.csv", contract[SCHEDULE], [game("2021-11-05")])
    (table,) = load_directory(raw, loaded, contract)
    assert days(loaded) == ["2021-11-05", "2022-11-05"]
    assert (table.rows, table.rows_replaced) == (2, 3)


def test_season_goes_by_season_year_else_by_date(raw: Path, warehouse: Path, contract: dict[str, RawTable]) -> None:
    late = game("2020-09-30") | {"season_year": 2019}
    write_csv(raw / SCHEDULE / "2019-20.csv", contract[SCHEDULE], [late])
    rows = [game("2021-08-01"), game("2022-07-31", 2)]
    write_csv(raw / LINES / "2021-22.csv", contract[LINES], rows)
    load_directory(raw, warehouse, contract)
    assert days(warehouse) == ["2020-09-30"]
    assert days(warehouse, LINES) == ["2021-08-01", "2022-07-31"]


def test_empty_date_file_empties_that_date(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    write_parquet(raw / SCHEDULE / "2021-11-05.parquet", contract[SCHEDULE], [])
    load_directory(raw, loaded, contract)
    assert days(loaded) == ["2022-02-01"]


def test_other_file_touches_only_its_dates(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    rows = [game("2022-02-01", 8), game("2022-02-02", 9)]
    write_csv(raw / SCHEDULE / "correction.csv", contract[SCHEDULE], rows)
    load_directory(raw, loaded, contract)
    found = query(loaded, f"select cast(game_date as varchar), game_id from nba_raw.{SCHEDULE} order by 1")
    assert found == [("2021-11-05", "0021000001"), ("2022-02-01", "0021000008"), ("2022-02-02", "0021000009")]


def test_registry_file_replaces_the_seasons_it_carries(
    raw: Path, warehouse: Path, contract: dict[str, RawTable]
) -> None:
    path = raw / "reference" / f"{REGISTRY}.csv"
    rows = [{"season": season, "player_lookup": "madeup"} for season in ("2021-22", "2022-23")]
    write_csv(path, contract[REGISTRY], rows)
    load_directory(raw, warehouse, contract)
    write_csv(path, contract[REGISTRY], [{"season": "2022-23", "player_lookup": "other"}])
    load_directory(raw, warehouse, contract)
    found = query(warehouse, f"select season, player_lookup from nba_raw.{REGISTRY} order by 1")
    assert found == [("2021-22", "madeup"), ("2022-23", "other")]


def test_a_file_that_takes_away_more_than_a_few_rows_has_to_be_meant(
    raw: Path, warehouse: Path, contract: dict[str, RawTable]
) -> None:
    """A file named after a season that holds its first dates only: said, and done only with --replace."""
    games = [game(f"2021-11-{day:02}", day) for day in range(1, 19)]
    path = write_csv(raw / SCHEDULE / "2021-22.csv", contract[SCHEDULE], games)
    load_directory(raw, warehouse, contract)
    write_csv(path, contract[SCHEDULE], games[:3])
    said = (
        "nbac_schedule: 15 of 18 rows, 15 games, every row of 15 dates from 2021-11-04 to 2021-11-18",
        "Nothing was changed",
        "--replace",
    )
    refused(raw, warehouse, contract, *said)
    result = run("raw", "load", raw, "--warehouse", warehouse, "--replace")
    assert result.exit_code == 0, result.output
    assert days(warehouse) == ["2021-11-01", "2021-11-02", "2021-11-03"]
    (line,) = [line for line in result.stdout.splitlines() if line.startswith(f" {SCHEDULE}")]
    assert line.split()[1:4] == ["3", "18", "15"]


def test_other_keys_in_the_place_of_those_loaded_take_them_away(
    raw: Path, warehouse: Path, contract: dict[str, RawTable]
) -> None:
    games = [game("2021-11-05", number) for number in range(1, 11)]
    path = write_csv(raw / SCHEDULE / "2021-11-05.csv", contract[SCHEDULE], games)
    load_directory(raw, warehouse, contract)
    write_csv(path, contract[SCHEDULE], [game("2021-11-05", number) for number in range(101, 111)])
    refused(raw, warehouse, contract, "nbac_schedule: 10 of 10 rows, 10 games. Nothing was changed")


def test_ids_that_a_spreadsheet_shortened_are_those_they_were(
    loaded: Path, raw: Path, contract: dict[str, RawTable]
) -> None:
    rows = [game("2021-11-05") | {"game_id": "22100001"}, game("2022-02-01") | {"game_id": "42100405"}]
    write_csv(raw / SCHEDULE / "2021-22.csv", contract[SCHEDULE], rows)
    (table,) = load_directory(raw, loaded, contract)
    assert query(loaded, f"select game_id from nba_raw.{SCHEDULE} order by 1") == [("0022100001",), ("0042100405",)]
    assert table.notes == ["game_id: 2 ids without their leading zeros"]


def test_a_lookup_that_is_not_there_is_made_from_the_name(
    raw: Path, warehouse: Path, contract: dict[str, RawTable]
) -> None:
    path = raw / "nbac_gamebook_player_stats" / "2021-22.csv"
    table = contract["nbac_gamebook_player_stats"]
    write_csv(path, table, [game("2021-11-05", player_name="Luka Dončić", player_status="questionable")])
    header, row = path.read_text(encoding="utf-8").splitlines()
    place = header.split(",").index("player_lookup")
    without = [",".join(value for n, value in enumerate(line.split(",")) if n != place) for line in (header, row)]
    path.write_text("\n".join(without), encoding="utf-8")
    (told,) = load_directory(raw, warehouse, contract)
    assert query(warehouse, f"select player_lookup from nba_raw.{table.name}") == [("lukadoncic",)]
    assert told.notes == ["player_status: 1 rows say 'questionable', which no model knows"]


def test_hidden_folders_are_left_alone(raw: Path, warehouse: Path, contract: dict[str, RawTable]) -> None:
    write_csv(raw / SCHEDULE / "2021-22.csv", contract[SCHEDULE], [game("2021-11-05")])
    write_csv(raw / SCHEDULE / ".ipynb_checkpoints" / "2021-22-copy.csv", contract[SCHEDULE], [game("2021-11-06")])
    load_directory(raw, warehouse, contract)
    assert days(warehouse) == ["2021-11-05"]


def test_files_behind_links_are_found_and_a_circle_of_links_ends(
    raw: Path, warehouse: Path, contract: dict[str, RawTable], tmp_path: Path
) -> None:
    write_csv(tmp_path / "elsewhere" / "2021-22.csv", contract[SCHEDULE], [game("2021-11-05")])
    (raw / SCHEDULE).rmdir()
    (raw / SCHEDULE).symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "again").symlink_to(raw)
    assert [table.rows for table in load_directory(raw, warehouse, contract)] == [1]


def test_the_history_of_loads_tells_never_loaded_from_loaded_and_empty(
    loaded: Path, raw: Path, contract: dict[str, RawTable]
) -> None:
    write_parquet(raw / TEAMS / "2021-22.parquet", contract[TEAMS], [])
    result = run("raw", "load", raw, "--warehouse", loaded)
    assert result.exit_code == 0, result.output
    history = query(
        loaded,
        "select raw_table, slice, file_name, rows_loaded, rows_replaced, rows_removed, length(digest), command "
        "from nba_orchestration.raw_loads order by loaded_at",
    )
    assert history == [
        (SCHEDULE, "2021-22", "2021-22.csv", 2, 0, 0, 64, "raw load"),
        (TEAMS, "2021-22", "2021-22.parquet", 0, 0, 0, 64, f"raw load {raw}"),
    ]


# ---- what is refused ----


def test_missing_column(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    path = write_csv(raw / SCHEDULE / "2021-22.csv", contract[SCHEDULE], [game("2021-11-05")])
    path.write_text(path.read_text().replace("home_team_score", "home_points"))
    refused(raw, loaded, contract, str(path), "home_team_score (int64) is missing", "home_points")


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("home_team_score", "abc", "int64, a whole number"),
        ("home_team_score", "101.5", "int64, a whole number"),
        ("home_team_score", "99999999999999999999", "int64, a whole number"),
        ("is_playoffs", "maybe", "bool, true or false"),
        ("game_date", "2021-1-5", "date, a date YYYY-MM-DD"),
        ("game_date", "2021-02-30", "date, a date YYYY-MM-DD"),
        ("game_date", "05/11/2021", "date, a date YYYY-MM-DD"),
        ("game_date", "2021-11-05 19:30:00", "date, a date YYYY-MM-DD"),
        ("game_date_est", "yesterday", "timestamp, a time YYYY-MM-DD HH:MM:SS on the Eastern clock"),
        ("game_date_est", "2021-11-05", "timestamp, a time YYYY-MM-DD HH:MM:SS on the Eastern clock"),
        ("processed_at", "2021-11-06 09:00:00 EST", "timestamp, a time YYYY-MM-DD HH:MM:SS UTC"),
        ("game_id", "2210001", "string, an NBA game id of 10 digits"),
    ],
)
def test_bad_text_in_csv(
    loaded: Path, raw: Path, contract: dict[str, RawTable], column: str, value: str, expected: str
) -> None:
    first = game("2021-11-05", arena_name="two\nlines", processed_at="2021-11-06 09:00:00")
    second = game("2021-11-06", 2) | {"arena_name": "one line", column: value}
    path = write_csv(raw / SCHEDULE / "2021-22.csv", contract[SCHEDULE], [first, second])
    refused(raw, loaded, contract, f"{path}: column {column}: expected {expected}", f"found '{value}' in line 4")


@pytest.mark.parametrize(
    ("column", "found"),
    [
        ("home_team_score", "BOOLEAN"),
        ("home_team_score", "DATE"),
        ("game_date_est", "INTEGER"),
        ("is_playoffs", "DOUBLE"),
        ("game_date", "VARCHAR[]"),
    ],
)
def test_bad_type_in_parquet(loaded: Path, raw: Path, contract: dict[str, RawTable], column: str, found: str) -> None:
    value = {"DATE": "2021-11-05", "VARCHAR[]": ["2021-11-05"]}.get(found, 7)
    row = game("2021-11-05") | {column: value}
    path = write_parquet(raw / SCHEDULE / "2021-22.parquet", contract[SCHEDULE], [row], {column: found})
    refused(raw, loaded, contract, f"{path}: column {column}: expected", f"found {found} (first value")


@pytest.mark.parametrize("column", ["game_id", "game_date"])
def test_null_where_a_value_must_be(loaded: Path, raw: Path, contract: dict[str, RawTable], column: str) -> None:
    rows = [game("2021-11-05"), game("2021-11-06", 2) | {column: None}]
    path = write_parquet(raw / TEAMS / "2021-22.parquet", contract[TEAMS], rows)
    refused(raw, loaded, contract, f"{path}: column {column}: expected a value in every row; 1 of 2 are NULL")


def test_duplicated_file(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    rows = [game("2021-11-05", team_abbr="AAA"), game("2021-11-05", team_abbr="BBB")]
    write_csv(raw / TEAMS / "2021-22.csv", contract[TEAMS], rows)
    write_parquet(raw / TEAMS / "copy.parquet", contract[TEAMS], rows)
    refused(raw, loaded, contract, "2021-22.csv and ", "copy.parquet hold the same 2 record(s)", "game_id = 0021000001")


@pytest.mark.parametrize(
    ("table", "stem", "row", "found"),
    [
        (SCHEDULE, "2022-23", game("2021-11-05"), "found 2021-11-05 of season 2021"),
        (LINES, "2022-23", game("2021-11-05"), "found 2021-11-05 of season 2021"),
        (SCHEDULE, "2021-11-06", game("2021-11-05"), "found 2021-11-05; 1 row(s)"),
        (REGISTRY, "2022-23", {"season": "2021-22"}, "found 2021-22; 1 row(s)"),
    ],
)
def test_row_outside_the_slice(
    loaded: Path, raw: Path, contract: dict[str, RawTable], table: str, stem: str, row: Row, found: str
) -> None:
    path = write_csv(raw / table / f"{stem}.csv", contract[table], [row])
    refused(raw, loaded, contract, f"{path}: column", f"expected only rows of {stem}, {found}")


def test_a_partition_of_a_dataset(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    write_csv(raw / SCHEDULE / "season=2021" / "part-0.csv", contract[SCHEDULE], [game("2021-11-05")])
    refused(raw, loaded, contract, "season=2021 is a partition of a dataset", f"{SCHEDULE}/2023-24.parquet")


def test_a_file_of_another_program_names_a_few_columns(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    (raw / SCHEDULE / "2021-22.csv").write_text("GAME,WHEN\n1,2\n")
    columns = len(contract[SCHEDULE].columns)
    refused(raw, loaded, contract, f"12 of {columns} columns of {SCHEDULE} are missing, among them game_id, game_date")


def test_impossible_date_as_name(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    path = write_csv(raw / SCHEDULE / "2021-02-30.csv", contract[SCHEDULE], [])
    refused(raw, loaded, contract, f"{path}: the file is named after a date that does not exist")


def test_unknown_table(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    path = write_csv(raw / "nbac_scheduel" / "2021-22.csv", contract[SCHEDULE], [game("2021-11-05")])
    refused(raw, loaded, contract, str(path), "did you mean nbac_schedule?")


def test_other_file_kind(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    (raw / SCHEDULE / "2021-22.json").write_text("[]")
    refused(raw, loaded, contract, "2021-22.json: only .parquet and .csv files can be loaded")


@pytest.mark.parametrize(
    ("name", "said"),
    [("2021-22.parquet", " cannot be read: "), ("2021-22.csv", " is parquet, not a CSV file in UTF-8")],
)
def test_corrupt_file(loaded: Path, raw: Path, contract: dict[str, RawTable], name: str, said: str) -> None:
    (raw / SCHEDULE / name).write_bytes(b"PAR1 \xff\xfe not what it says")
    refused(raw, loaded, contract, f"{name}{said}")


def test_truncated_parquet(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    rows = [game("2021-11-05", number) for number in range(50)]
    path = write_parquet(raw / SCHEDULE / "2021-22.parquet", contract[SCHEDULE], rows)
    path.write_bytes(path.read_bytes()[:-400])
    refused(raw, loaded, contract, f"{path} cannot be read: ")


def test_csv_with_a_short_line(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    path = write_csv(raw / SCHEDULE / "2021-22.csv", contract[SCHEDULE], [game("2021-11-05")])
    path.write_text(path.read_text() + "only,three,values\n")
    refused(raw, loaded, contract, f"{path}: line 3 has 3 values, the first line names")


@pytest.mark.parametrize("text", ["", "game_id,game_date,Game_Id\n"])
def test_csv_without_a_usable_header(loaded: Path, raw: Path, contract: dict[str, RawTable], text: str) -> None:
    (raw / SCHEDULE / "2021-22.csv").write_text(text)
    refused(raw, loaded, contract, "2021-22.csv: the first line must name every column, each once")


def test_empty_directory(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    refused(raw, loaded, contract, f"no .parquet or .csv file in {raw}")


def test_one_bad_file_stops_the_good_ones(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    write_csv(raw / SCHEDULE / "2021-22.csv", contract[SCHEDULE], [game("2021-11-07", 5)])
    write_csv(raw / TEAMS / "2021-22.csv", contract[TEAMS], [game("2021-11-07", points="many")])
    refused(raw, loaded, contract, "column points")


def test_refused_directory_leaves_no_new_warehouse(raw: Path, warehouse: Path, contract: dict[str, RawTable]) -> None:
    write_csv(raw / TEAMS / "2021-22.csv", contract[TEAMS], [game("2021-11-07", points="many")])
    with pytest.raises(BackfillError, match="column points"):
        load_directory(raw, warehouse, contract)
    assert not warehouse.exists()


def test_table_of_another_contract(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    with duckdb.connect(loaded) as connection:
        connection.execute(f"alter table nba_raw.{TEAMS} add column extra_a integer")
    write_csv(raw / SCHEDULE / "2021-22.csv", contract[SCHEDULE], [game("2021-11-05")])
    refused(raw, loaded, contract, f"nba_raw.{TEAMS} in {loaded} has other columns than declared: extra_a")


def test_failure_while_writing_takes_everything_back(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    with duckdb.connect(loaded) as connection:
        connection.execute(f"alter table nba_raw.{TEAMS} rename to was_a_table")
        connection.execute(f"create view nba_raw.{TEAMS} as from nba_raw.was_a_table")
    for table in (SCHEDULE, TEAMS):
        write_csv(raw / table / "2021-22.csv", contract[table], [game("2021-11-07", 5)])
    refused(raw, loaded, contract, f"warehouse {loaded} could not be written, nothing was changed")


# ---- simulated and real, locks ----


@pytest.mark.parametrize("first", ["simulated", "real"])
def test_simulated_and_real_never_mix(raw: Path, warehouse: Path, contract: dict[str, RawTable], first: str) -> None:
    origin = {"simulated": "simulated:seed=7", "real": "gs://bucket/file.json"}
    second = "real" if first == "simulated" else "simulated"
    path = raw / SCHEDULE / "2021-22.csv"
    write_csv(path, contract[SCHEDULE], [game("2021-11-05", source_file_path=origin[first])])
    load_directory(raw, warehouse, contract)
    write_csv(path, contract[SCHEDULE], [game("2021-11-05", source_file_path=origin[second])])
    refused(
        raw,
        warehouse,
        contract,
        f"warehouse {warehouse} holds {first} rows, so {second} rows are refused",
        "--warehouse",
        "NBA_DUCKDB_PATH",
    )


def test_one_directory_never_mixes(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    rows = [game("2021-11-05"), game("2021-11-06", 2, source_file_path="simulated:7")]
    write_parquet(
        raw / SCHEDULE / "2021-22.parquet", contract[SCHEDULE], [{"source_file_path": None, **row} for row in rows]
    )
    refused(raw, loaded, contract, "the directory holds simulated and real rows")


def test_locked_warehouse_names_file_and_process(loaded: Path, raw: Path, contract: dict[str, RawTable]) -> None:
    write_csv(raw / SCHEDULE / "2021-22.csv", contract[SCHEDULE], [game("2021-11-05")])
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    before = content(loaded, contract)
    command = [sys.executable, "-c", hold, str(loaded)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        result = run("raw", "load", raw, "--warehouse", loaded)
        holder.communicate()
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: warehouse {loaded} is in use by process {holder.pid}")
    assert content(loaded, contract) == before


def test_warehouse_that_is_no_database(raw: Path, warehouse: Path, contract: dict[str, RawTable]) -> None:
    warehouse.parent.mkdir()
    warehouse.write_text("not a database")
    write_csv(raw / SCHEDULE / "2021-22.csv", contract[SCHEDULE], [game("2021-11-05")])
    result = run("raw", "load", raw, "--warehouse", warehouse)
    assert result.exit_code == 1 and f"warehouse {warehouse} cannot be opened" in result.stderr
    assert warehouse.read_text() == "not a database"


def test_reading_a_missing_warehouse_does_not_create_it(warehouse: Path) -> None:
    with pytest.raises(BackfillError, match="there is no warehouse at"):
        project.open_warehouse(warehouse, read_only=True)
    assert not warehouse.exists()


# ---- simulate, and the real data ----


def test_simulate_loads_or_only_writes(
    monkeypatch: pytest.MonkeyPatch, raw: Path, warehouse: Path, contract: dict[str, RawTable]
) -> None:
    """The league itself is tested with its simulator; here it is one game a season."""

    def write_league(directory: Path, seasons: int, seed: int, first_season: int) -> None:
        for season in range(first_season, first_season + seasons):
            row = game(f"{season}-11-05", source_file_path=f"simulated:seed={seed}")
            write_csv(directory / SCHEDULE / f"{season}-{(season + 1) % 100:02}.csv", contract[SCHEDULE], [row])

    monkeypatch.setattr("backfill.raw.simulate.write_league", write_league)
    options = ("--seasons", 2, "--seed", 3, "--first-season", 2030)
    assert run("raw", "simulate", *options, "--to", raw, "--warehouse", warehouse).exit_code == 0
    assert sorted(path.name for path in raw.rglob("*.csv")) == ["2030-31.csv", "2031-32.csv"]
    assert not warehouse.exists()
    result = run("raw", "simulate", *options, "--warehouse", warehouse)
    assert result.exit_code == 0
    assert result.stdout.startswith("Simulated league (fictional players), 2 seasons, seed 3")
    assert days(warehouse) == ["2030-11-05", "2031-11-05"]


def test_real_data_twice_gives_the_same_rows(real_raw: Path, warehouse: Path, contract: dict[str, RawTable]) -> None:
    first = load_directory(real_raw, warehouse, contract)
    second = load_directory(real_raw, warehouse, contract)
    rows = {table.table: table.rows for table in first}
    assert (
        rows == {table.table: table.rows for table in second} == {table.table: table.rows_replaced for table in second}
    )
    for name, count in rows.items():
        assert query(warehouse, f"select count(*) from nba_raw.{name}") == [(count,)]
    by_season = query(warehouse, f"select season_year, count(*) from nba_raw.{SCHEDULE} group by 1 order by 1")
    assert by_season == [(2021, 1323), (2022, 1320), (2023, 1319)]
    assert rows["nbac_gamebook_player_stats"] == 44_762 + 43_652 + 46_119
    assert rows["bigdataball_play_by_play"] == 610_084 + 612_620 + 604_140
    assert rows["odds_api_player_points_props"] == 213_875
    assert rows[REGISTRY] == 2_104
