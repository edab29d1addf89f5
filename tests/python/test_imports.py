"""`backfill raw import`: files of every layout, made of a simulated league, come back as the rows they were made of.

A layout is tested by being there: its module in `dumps` writes its files, and says what they cannot tell.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest
from backfill.base.errors import BackfillError
from backfill.cli import app
from backfill.contract import RawTable, load_contract
from backfill.raw.imports.layout import all_layouts
from backfill.raw.imports.report import NEVER_THERE
from backfill.raw.imports.run import import_dump
from backfill.raw.load import load_directory
from backfill.raw.simulate import write_league
from building import PROJECT
from dumps.league import League, read_league
from typer.testing import CliRunner

LAYOUTS = sorted(all_layouts())
SEASON, LAST = "2023-24", date(2023, 10, 25)
#: Never compared: who loaded the row, when, and judgements that no source has.
NOT_COMPARED = (*NEVER_THERE, "data_source")


@pytest.fixture(scope="session")
def contract() -> dict[str, RawTable]:
    """The raw contract."""
    return load_contract(PROJECT)


@pytest.fixture(scope="session")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated league, as raw files."""
    folder = tmp_path_factory.mktemp("league")
    write_league(folder, seasons=1, seed=7, first_season=2023)
    return folder


@pytest.fixture(scope="session")
def league(raw: Path) -> League:
    """Its first dates."""
    return read_league(raw, SEASON, LAST)


def shape(layout: str) -> ModuleType:
    """The module that writes files of a layout."""
    return importlib.import_module(f"dumps.{layout}")


@pytest.fixture(scope="session")
def dump(tmp_path_factory: pytest.TempPathFactory, league: League) -> Callable[[str], Path]:
    """Files of a layout, written once, all at one time."""
    written: dict[str, Path] = {}

    def folder(layout: str) -> Path:
        if layout not in written:
            written[layout] = tmp_path_factory.mktemp(layout)
            shape(layout).write(league, written[layout])
            for path in written[layout].rglob("*"):
                os.utime(path, (1_700_000_000, 1_700_000_000))
        return written[layout]

    return folder


@pytest.fixture(scope="session")
def before(tmp_path_factory: pytest.TempPathFactory, raw: Path, league: League, contract: dict[str, RawTable]) -> Path:
    """A warehouse that holds the schedule and the gamebook, as if somebody had loaded them."""
    folder = tmp_path_factory.mktemp("before")
    for table in ("nbac_schedule", "nbac_gamebook_player_stats"):
        (folder / "raw" / table).mkdir(parents=True)
        duckdb.execute(
            f"copy (select * replace (null::varchar as source_file_path) "
            f"from read_parquet('{raw}/{table}/*.parquet')) to '{folder}/raw/{table}/2023-24.parquet'"
        )
    load_directory(folder / "raw", folder / "nba.duckdb", contract)
    return folder / "nba.duckdb"


@pytest.fixture
def target(tmp_path: Path, before: Path) -> Callable[[str], Path]:
    """A warehouse with what a layout needs to be there."""

    def path(layout: str) -> Path:
        if shape(layout).NEEDS:
            shutil.copy(before, tmp_path / "nba.duckdb")
        return tmp_path / "nba.duckdb"

    return path


def rows_of(warehouse: Path, table: str, where: str = "true") -> list[dict[str, Any]]:
    with duckdb.connect(warehouse, read_only=True) as connection:
        found = connection.execute(f"from nba_raw.{table} where {where} order by all")
        columns = [column[0] for column in found.description]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def content(warehouse: Path, contract: dict[str, RawTable]) -> dict[str, list[dict[str, Any]]]:
    return {name: rows_of(warehouse, name) for name in contract}


def expected_rows(layout: str, table: str, league: League) -> list[dict[str, Any]]:
    """The league's rows of a table, as far as the layout can tell them."""
    rows = [dict(row) for row in league.rows[table]]
    expected = getattr(shape(layout), "expected", None)
    return expected(league, table, rows) if expected else rows


def comparable(rows: list[dict[str, Any]], columns: list[str]) -> list[tuple]:
    return sorted(
        (tuple(round(row[name], 4) if isinstance(row[name], float) else row[name] for name in columns) for row in rows),
        key=str,
    )


# ---- every layout ----


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_has_a_readme_and_files_for_tests(layout: str) -> None:
    readme = PROJECT / "scripts" / "backfill" / "raw" / "layouts" / layout / "README.md"
    assert readme.read_text(encoding="utf-8").startswith(f"# `{layout}`")
    assert shape(layout).FILLS


@pytest.mark.parametrize("layout", LAYOUTS)
def test_files_come_back_as_the_rows_they_were_made_of(
    layout: str,
    dump: Callable[[str], Path],
    target: Callable[[str], Path],
    league: League,
    contract: dict[str, RawTable],
) -> None:
    warehouse = target(layout)
    result = import_dump(layout, [dump(layout)], warehouse, contract)
    assert not result.unread and not result.differing
    assert set(result.layouts) == {layout}
    fills = shape(layout).FILLS
    assert set(result.tables) == set(fills)
    for table, unknown in fills.items():
        if table in shape(layout).OTHERWISE or table == "nba_players_registry":
            continue
        found = rows_of(warehouse, table, "source_file_path is not null")
        columns = [column.name for column in contract[table].columns if column.name not in (*unknown, *NOT_COMPARED)]
        columns = [name for name in columns if (table, name) not in OTHER_FORMS]
        assert comparable(found, columns) == comparable(expected_rows(layout, table, league), columns), table
        for name in unknown:
            assert {row[name] for row in found} == {None}, f"{table}.{name}"


#: Columns that the simulated league writes in its own way: a game id of props, lookups that it breaks on purpose.
OTHER_FORMS = {
    ("odds_api_player_points_props", "game_id"),
    ("bdl_player_boxscores", "player_lookup"),
    ("nbac_injury_report", "player_lookup"),
    ("bdl_player_boxscores", "is_postseason"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_readme_says_which_columns_stay_empty(layout: str) -> None:
    """`table: column, column` in the README, for every table that the layout fills."""
    text = (PROJECT / "scripts" / "backfill" / "raw" / "layouts" / layout / "README.md").read_text(encoding="utf-8")
    text = text[text.index("| fills | from | stays NULL |") :]
    said = {
        table: tuple(re.findall(r"`(\w+)`", columns))
        for table, columns in re.findall(r"^\| `(\w+)` \|[^|]*\| ([^|]*) \|$", text, flags=re.MULTILINE)
    }
    assert {table: set(columns) for table, columns in said.items()} == {
        table: set(columns) for table, columns in shape(layout).FILLS.items()
    }


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_kind_of_file_is_declared_with_the_tables_that_it_fills(layout: str) -> None:
    declared = {table for part in all_layouts()[layout].parts for table in part.fills}
    assert declared == set(shape(layout).FILLS)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_auto_recognises_the_layout(
    layout: str, dump: Callable[[str], Path], target: Callable[[str], Path], contract: dict[str, RawTable]
) -> None:
    result = import_dump("auto", [dump(layout)], target(layout), contract, dry_run=True)
    assert set(result.layouts) == {layout}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_second_import_changes_nothing(
    layout: str, dump: Callable[[str], Path], target: Callable[[str], Path], contract: dict[str, RawTable]
) -> None:
    warehouse = target(layout)
    first = import_dump(layout, [dump(layout)], warehouse, contract)
    once = content(warehouse, contract)
    second = import_dump(layout, [dump(layout)], warehouse, contract)
    assert content(warehouse, contract) == once
    assert {name: what.rows for name, what in first.tables.items()} == {
        name: what.rows for name, what in second.tables.items()
    }


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_dry_run_writes_nothing(
    layout: str, dump: Callable[[str], Path], target: Callable[[str], Path], contract: dict[str, RawTable]
) -> None:
    path = target(layout)
    held = path.read_bytes() if path.exists() else None
    result = import_dump(layout, [dump(layout)], path, contract, dry_run=True)
    assert result.tables
    assert (path.read_bytes() if path.exists() else None) == held


# ---- what stays, what goes ----


def test_other_games_of_the_date_stay(
    tmp_path: Path, dump: Callable[[str], Path], raw: Path, contract: dict[str, RawTable]
) -> None:
    """One game's files replace that game, and nothing else of its date."""
    warehouse = tmp_path / "nba.duckdb"
    import_dump("cdn", [dump("cdn")], warehouse, contract)
    held = content(warehouse, contract)
    game = next(dump("cdn").glob("boxscore_*.json"))
    answer = json.loads(game.read_text(encoding="utf-8"))
    player = next(one for one in answer["game"]["homeTeam"]["players"] if one["played"] == "1")
    player["statistics"]["assists"] += 1
    (tmp_path / game.name).write_text(json.dumps(answer), encoding="utf-8")
    import_dump("cdn", [tmp_path / game.name], warehouse, contract)
    nba_id = answer["game"]["gameId"]
    changed = content(warehouse, contract)["nbac_gamebook_player_stats"]
    assert len(changed) == len(held["nbac_gamebook_player_stats"])
    told = {"assists", "source_file_path", "processed_at"}
    before = {(row["game_id"], row["player_lookup"]): row for row in held["nbac_gamebook_player_stats"]}
    different = {
        row["player_name"]
        for row in changed
        if any(row[name] != before[row["game_id"], row["player_lookup"]][name] for name in row if name == "assists")
    }
    assert different == {player["name"]}
    others = [row for row in changed if row["source_file_path"] != str(tmp_path / game.name)]
    assert others == [before[row["game_id"], row["player_lookup"]] for row in others] and others
    assert {name for name in changed[0] if name in told} == told
    assert all(row["nba_game_id"] != nba_id or row["turnovers"] for row in rows_of(warehouse, "nbac_team_boxscore"))


def test_an_old_schedule_takes_no_result_away(tmp_path: Path, before: Path, contract: dict[str, RawTable]) -> None:
    """A snapshot of before the season knows no results; a log knows no tip-offs: both leave what is known."""
    warehouse = tmp_path / "nba.duckdb"
    shutil.copy(before, warehouse)
    held = rows_of(warehouse, "nbac_schedule")
    game = held[0]
    planned = {
        "gameId": game["game_id"],
        "gameStatus": 1,
        "gameDateEst": f"{game['game_date']}T00:00:00Z",
        "gameDateTimeEst": f"{game['game_date']}T12:00:00Z",
        "homeTeam": {"teamTricode": game["home_team_tricode"], "score": 0},
        "awayTeam": {"teamTricode": game["away_team_tricode"], "score": 0},
    }
    other = planned | {
        "gameId": "0022399999",
        "gameDateEst": "2024-04-01T00:00:00Z",
        "gameDateTimeEst": "2024-04-01T19:30:00Z",
    }
    answer = {"leagueSchedule": {"gameDates": [{"games": [planned, other]}]}}
    (tmp_path / "schedule.json").write_text(json.dumps(answer))
    result = import_dump("nba_api", [tmp_path / "schedule.json"], warehouse, contract)
    assert result.left_out == {"games whose result the warehouse knows and the dump does not: left as is": 1}
    now = rows_of(warehouse, "nbac_schedule")
    assert [row for row in now if row["game_id"] != "0022399999"] == held
    assert [row["home_team_score"] for row in now if row["game_id"] == "0022399999"] == [None]


def test_rows_that_would_go_are_refused_unless_they_are_meant_to(
    tmp_path: Path, dump: Callable[[str], Path], contract: dict[str, RawTable]
) -> None:
    warehouse = tmp_path / "nba.duckdb"
    import_dump("cdn", [dump("cdn")], warehouse, contract)
    held = content(warehouse, contract)
    game = next(dump("cdn").glob("boxscore_*.json"))
    answer = json.loads(game.read_text(encoding="utf-8"))
    answer["game"]["homeTeam"]["players"] = answer["game"]["homeTeam"]["players"][:5]
    (tmp_path / game.name).write_text(json.dumps(answer), encoding="utf-8")
    with pytest.raises(
        BackfillError, match="would take away what is loaded and not in them: nbac_gamebook_player_stats"
    ):
        import_dump("cdn", [tmp_path / game.name], warehouse, contract)
    assert content(warehouse, contract) == held
    import_dump("cdn", [tmp_path / game.name], warehouse, contract, replace=True)
    assert len(rows_of(warehouse, "nbac_gamebook_player_stats")) < len(held["nbac_gamebook_player_stats"])


def test_one_season_of_many(tmp_path: Path, dump: Callable[[str], Path], contract: dict[str, RawTable]) -> None:
    kept = import_dump("eoinamoore", [dump("eoinamoore")], tmp_path / "a.duckdb", contract, season=2023)
    assert kept.tables["nbac_gamebook_player_stats"].rows and not kept.left_out
    with pytest.raises(BackfillError, match="rows of other seasons than the one that is asked for"):
        import_dump("eoinamoore", [dump("eoinamoore")], tmp_path / "b.duckdb", contract, season=1999)


def test_a_games_log_without_the_schedule_knows_the_game(
    tmp_path: Path, dump: Callable[[str], Path], contract: dict[str, RawTable]
) -> None:
    """Without summaries and logs, V3 box scores have no date: their games are listed, not guessed."""
    boxes = [dump("nba_api") / "box"]
    with pytest.raises(BackfillError, match="player lines of games whose date and teams nothing tells"):
        import_dump("nba_api", boxes, tmp_path / "a.duckdb", contract)
    result = import_dump("nba_api", [*boxes, dump("nba_api") / "leaguegamelog_T.json"], tmp_path / "a.duckdb", contract)
    assert not result.unmapped
    assert "game_date_est" in result.empty["nbac_schedule"]


def test_box_scores_alone_make_no_team_rows(
    tmp_path: Path, dump: Callable[[str], Path], contract: dict[str, RawTable]
) -> None:
    """Their team turnovers are too small: the warehouse adds up the players instead, and says so."""
    paths = [dump("nba_api") / "box", dump("nba_api") / "scheduleleaguev2.json"]
    result = import_dump("nba_api", paths, tmp_path / "a.duckdb", contract)
    assert "nbac_team_boxscore" not in result.tables
    assert any(what.startswith("team rows whose source leaves team turnovers out") for what in result.left_out)


def test_missing_games_are_told(tmp_path: Path, dump: Callable[[str], Path], contract: dict[str, RawTable]) -> None:
    folder = tmp_path / "dump"
    shutil.copytree(dump("nba_api"), folder)
    gone = sorted((folder / "pbp").iterdir())[0]
    gone.unlink()
    result = import_dump("nba_api", [folder], tmp_path / "a.duckdb", contract)
    assert [len(games) for games in result.missing.values()] == [1]
    assert list(result.missing) == ["bigdataball_play_by_play"]


def test_an_import_names_only_players_who_are_listed(
    tmp_path: Path, dump: Callable[[str], Path], contract: dict[str, RawTable]
) -> None:
    """Play-by-play without box scores keeps its rows, with the names as they are printed, and counts them."""
    paths = [dump("nba_api") / "pbp", dump("nba_api") / "scheduleleaguev2.json"]
    result = import_dump("nba_api", paths, tmp_path / "a.duckdb", contract)
    assert result.tables["bigdataball_play_by_play"].rows
    assert sum(result.unmapped.values()) > 1000


# ---- the command ----


def test_the_report_fits_a_terminal_and_json_has_all_of_it(tmp_path: Path, dump: Callable[[str], Path]) -> None:
    arguments = ["raw", "import", "auto", str(dump("nba_api")), "--warehouse", str(tmp_path / "nba.duckdb")]
    printed = CliRunner().invoke(app, arguments, env={"COLUMNS": "80"})
    assert printed.exit_code == 0, printed.output
    table = [line for line in printed.output.splitlines() if line.startswith(" nbac_") or line.startswith(" big")]
    assert len(table) >= 4 and all(len(line) <= 80 for line in table)
    assert "Recognised nba_api: " in printed.output and "Loaded " in printed.output
    told = json.loads(CliRunner().invoke(app, [*arguments, "--json", "--dry-run"]).output)
    assert told["warehouse"] is None
    assert told["tables"]["nbac_schedule"]["empty_columns"] == ["is_primetime", "postponed_status"]


# ---- real files ----

IMPORTS = Path(os.environ.get("NBA_TEST_IMPORTS", PROJECT.parent / "shared" / "data" / "imports"))
#: Folder of real files -> layout.
REAL = {
    "nba_api_v3": "nba_api",
    "nba_api_v2": "nba_api",
    "shufinskiy": "nba_data",
    "the_odds_api": "odds_api",
    "bigdataball": "bigdataball",
    "injury_report": "injury_report",
    "kaggle_eoinamoore": "eoinamoore",
    "kaggle_nocturnebear": "nocturnebear",
    "kaggle_wyattowalsh": "kaggle_games",
    "kaggle_nathanlauga": "kaggle_games",
    "basketball_reference": "basketball_reference",
    "balldontlie": "balldontlie",
    "lines_sbr": "sbr",
    "cdn_live": "cdn",
}
#: Files that name no game, player or line, by the end of their names; docs and README say why.
UNREAD = (
    *("historical_events_2025-03-09.json", "sportsref_download_player_gamelog.csv", "games.json"),
    *("game_info.csv.gz", "line_score.csv.gz"),
)
#: Columns in which two honest sources print something else, and why.
SAID_OTHERWISE = {
    "player_name": "accents",
    "player_full_name": "accents and nicknames",
    "player_lookup": "one of ours is broken on purpose, as its loader is",
    "dnp_reason": "the league's words against Basketball-Reference's",
    "minutes": "the last second is rounded by one source and not by the other; whole minutes",
    "minutes_decimal": "as minutes",
    "arena_name": "sponsors change",
    "arena_state": "a code against a name",
    "starter": "inactive players have none",
    "data_source": "the importer",
    "commence_time": "moves, and is not the schedule's",
}
KEYS = {
    "nbac_schedule": ("game_id",),
    "nbac_gamebook_player_stats": ("game_id", "player_lookup"),
    "nbac_team_boxscore": ("game_id", "team_abbr"),
    "bdl_player_boxscores": ("game_id", "player_lookup"),
    "nbac_injury_report": ("game_id", "player_full_name"),
}


@pytest.fixture(scope="session")
def three_seasons(tmp_path_factory: pytest.TempPathFactory, real_raw: Path, contract: dict[str, RawTable]) -> Path:
    """Schedule and gamebooks of the three real seasons: what names and dates are looked up in."""
    folder = tmp_path_factory.mktemp("three")
    for table in ("nbac_schedule", "nbac_gamebook_player_stats"):
        shutil.copytree(real_raw / table, folder / "raw" / table)
    load_directory(folder / "raw", folder / "nba.duckdb", contract)
    return folder / "nba.duckdb"


def real_files(tmp_path: Path, folder: str) -> list[Path]:
    """The real files of a folder; the one CSV that tells its game nowhere gets the name that the layout asks for."""
    if not IMPORTS.is_dir():
        pytest.fail(f"no real files in {IMPORTS}; set NBA_TEST_IMPORTS")
    files = [path for path in sorted((IMPORTS / folder).rglob("*")) if path.is_file()]
    if folder == "cdn_live":
        shutil.copy(IMPORTS / folder / "pbp.csv", tmp_path / "playbyplay_0022200094.csv")
        files = [path for path in files if path.name not in ("pbp.csv", BEFORE_SEASON)]
        files.append(tmp_path / "playbyplay_0022200094.csv")
    return files


BEFORE_SEASON = "scheduleLeagueV2_2023-24_before_season.json.gz"


@pytest.mark.parametrize("folder", REAL)
def test_real_files_agree_with_our_own_rows_of_the_same_games(
    folder: str, tmp_path: Path, three_seasons: Path, real_raw: Path, contract: dict[str, RawTable]
) -> None:
    """Of the cells that both sources have, at least 999 of 1,000 are equal, but for what is said otherwise."""
    warehouse = tmp_path / "nba.duckdb"
    shutil.copy(three_seasons, warehouse)
    result = import_dump("auto", real_files(tmp_path, folder), warehouse, contract, replace=True)
    assert set(result.layouts) == {REAL[folder]}
    assert all(name.endswith(UNREAD) for name in result.unread), result.unread
    both, differing = 0, []
    for table, key in KEYS.items():
        if table not in result.tables:
            continue
        with duckdb.connect(warehouse, read_only=True) as connection:
            ours = f"read_parquet('{real_raw}/{table}/*.parquet', union_by_name = true)"
            known = {row[0] for row in connection.execute(f"describe from {ours}").fetchall()}
            for column in contract[table].columns:
                if column.name not in known or column.name in (*key, *NOT_COMPARED, *SAID_OTHERWISE):
                    continue
                found = connection.execute(
                    f"select count(*), count(*) filter (a.{column.name} <> b.{column.name}) from nba_raw.{table} as a "
                    f"inner join {ours} as b on {' and '.join(f'a.{name} = b.{name}' for name in key)} "
                    f"where a.source_file_path is not null and a.{column.name} is not null "
                    f"and b.{column.name} is not null"
                ).fetchone()
                both += found[0]
                if found[1]:
                    differing.append((table, column.name, found[1]))
    assert sum(count for _, _, count in differing) <= both / (100 if folder == "balldontlie" else 1000), differing
    for game, counts in identities(warehouse).items():
        assert counts[0] == counts[1], game


def identities(warehouse: Path) -> dict[str, tuple[int, int]]:
    """Points of the players and of the team row, of every imported team that has both whole."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        rows = connection.execute(
            "select t.game_id || ' ' || t.team_abbr, sum(g.points), max(t.points) "
            "from nba_raw.nbac_team_boxscore as t inner join nba_raw.nbac_gamebook_player_stats as g "
            "using (game_id, team_abbr) where t.source_file_path is not null and g.source_file_path is not null "
            "group by all having count(g.points) >= 8 and sum(g.points) is not null"
        ).fetchall()
    return {game: (int(players), team) for game, players, team in rows}


@pytest.mark.parametrize(
    ("folder", "game"), [("nba_api_v3", "0022200552"), ("nba_api_v2", "0022100732"), ("cdn_live", "0022200094")]
)
def test_real_shots_are_our_shots(
    folder: str, game: str, tmp_path: Path, three_seasons: Path, real_raw: Path, contract: dict[str, RawTable]
) -> None:
    """Period, second, made, two or three, team, assist and block of every field goal; distances where ours has one."""
    warehouse = tmp_path / "nba.duckdb"
    shutil.copy(three_seasons, warehouse)
    import_dump("auto", real_files(tmp_path, folder), warehouse, contract, replace=True)
    columns = "period, elapsed_seconds, shot_made, shot_type, player_1_team_abbr, player_2_role"
    with duckdb.connect(warehouse, read_only=True) as connection:
        shots = f"select {columns}, player_1_lookup, shot_distance from {{}} "
        shots += f"where event_type = 'shot' and nba_game_id = '{game}'"
        found = connection.execute(shots.format("nba_raw.bigdataball_play_by_play")).fetchall()
        ours = connection.execute(
            shots.format(f"read_parquet('{real_raw}/bigdataball_play_by_play/*.parquet', union_by_name = true)")
        ).fetchall()
    assert len(ours) > 150
    assert sorted(row[:6] for row in found) == sorted(row[:6] for row in ours)
    assert all(row[7] is not None for row in found)
    distances = {row[:7]: row[7] for row in found}
    differing = [row for row in ours if row[7] is not None and distances.get(row[:7], row[7]) != row[7]]
    assert len(differing) <= (5 if folder == "cdn_live" else 0)


def test_the_tables_of_a_season_laid_out_as_nba_api_are_those_of_the_season(
    tmp_path: Path, real_raw: Path, contract: dict[str, RawTable]
) -> None:
    """Real games of the first weeks, as V3 files: what comes back is what the files were made of, cell for cell.

    Play-by-play has the names of the box score then, which is what the warehouse resolves the others to.
    """
    from dumps.nba_api_season import read_season, write_season

    season = read_season(real_raw, "2021-22", date(2021, 11, 7), PROJECT / "seeds" / "player_aliases.csv")
    games = write_season(season, tmp_path / "dump")
    result = import_dump("nba_api", [tmp_path / "dump"], tmp_path / "nba.duckdb", contract)
    assert games > 130 and not (result.unmapped or result.left_out or result.differing)
    for table in KEYS:
        if table not in result.tables or table == "bdl_player_boxscores":
            continue
        with duckdb.connect(tmp_path / "nba.duckdb", read_only=True) as connection:
            ours = f"read_parquet('{real_raw}/{table}/2021-22.parquet')"
            known = {row[0] for row in connection.execute(f"describe from {ours}").fetchall()}
            names = [c.name for c in contract[table].columns if c.name in known and c.name not in NOT_COMPARED]
            columns = ", ".join(names)
            first = f"select {columns} from {ours} where game_date <= date '2021-11-07'"
            second = f"select {columns} from nba_raw.{table}"
            assert connection.execute(f"select count(*) from ({first} except {second})").fetchone() == (0,), table
            assert connection.execute(f"select count(*) from ({second} except {first})").fetchone() == (0,), table
