"""What people do to a command that was not meant so: flags, variables, paths, terminals, interrupts, damaged files."""

import io
import os
import subprocess
import sys
from pathlib import Path

import click
import duckdb
import pytest
import typer
from backfill.base import dbt as own_dbt
from backfill.base import lease as leases
from backfill.base.errors import BackfillError, WarehouseInUse, error_of
from backfill.base.lease import close_dead_runs
from backfill.base.names import SHORT_NAMES
from backfill.base.project import open_warehouse, warehouse_path
from backfill.base.warehouse import Warehouse
from backfill.cli import INTERRUPTED, app
from building import PROJECT, backfill_process, change, copied, dbt, fingerprints, query
from typer.testing import CliRunner

DAY = ("2021-11-15", "2021-11-15")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--empty",), "--empty (or DBT_EMPTY) reads no row of any input"),
        (("--sample", "3 days"), "--sample (or DBT_SAMPLE) reads a part of the inputs"),
        (("--event-time-start", "2021-11-01", "--event-time-end", "2021-11-02"), "--event-time-start"),
        (("--full-refresh",), "--full-refresh rebuilds the whole history and cannot be combined with"),
    ],
)
def test_a_flag_that_thins_a_build_is_refused_and_changes_nothing(
    built_warehouse: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    warehouse = copied(built_warehouse, tmp_path / "thin")
    before = fingerprints(warehouse)
    outcome = dbt(warehouse, "run", "--select", "player_game_summary", *arguments, window=DAY)
    assert not outcome.success
    assert said in outcome.message and "Nothing was built" in outcome.message
    assert fingerprints(warehouse) == before


@pytest.mark.parametrize(
    ("words", "is_refused"),
    [
        (("retry",), True),
        (("--no-use-colors", "--target", "duckdb", "retry", "--threads", "1"), True),
        (("run", "--override-gate", "a retry by hand"), False),
        (("-k", "retry"), False),
    ],
)
def test_a_retry_builds_no_other_dates(
    built_warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], is_refused: bool
) -> None:
    """dbt keeps the vars of what failed, not its environment."""
    warehouse = copied(built_warehouse, tmp_path / "again")
    before = fingerprints(warehouse)
    monkeypatch.setattr(sys, "argv", ["dbt", *words])
    outcome = dbt(warehouse, "run", "--select", "int_schedule__games", window=DAY)
    assert outcome.success is not is_refused
    assert ("dbt retry knows only a range given in --vars" in outcome.message) is is_refused
    assert fingerprints(warehouse) == before


@pytest.mark.parametrize("variable", ["NBA_WINDOW_START", "NBA_WINDOW_END"])
def test_a_range_that_a_shell_left_empty_is_refused(
    built_warehouse: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv("NBA_WINDOW_START", "2021-11-15")
    monkeypatch.setenv(variable, "")
    outcome = dbt(built_warehouse, "run", "--select", "player_game_summary")
    assert not outcome.success
    assert f"{variable} is set and empty. Nothing was built" in outcome.message


@pytest.mark.parametrize("given", ["{start_date: }", "{start_date: ''}", "{start_date: 2021-11-15, end_date: }"])
def test_an_empty_date_in_vars_is_refused(built_warehouse: Path, given: str) -> None:
    outcome = dbt(built_warehouse, "run", "--select", "player_game_summary", "--vars", given)
    assert not outcome.success
    assert "is given and empty: a shell variable that is not set, for example. Nothing was built" in outcome.message


def test_a_warehouse_without_raw_is_said_once(tmp_path: Path) -> None:
    outcome = dbt(tmp_path / "nothing.duckdb", "build", "--exclude-resource-type", "unit_test", window=DAY)
    assert not outcome.success and outcome.results == []
    assert outcome.message.count("There is no raw data here") == 1
    assert "Nothing was built. Load it: backfill raw load DIR" in outcome.message


def test_dbt_gets_no_variable_of_another_project(monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = {"DBT_RESOURCE_TYPES": "model", "DBT_EMPTY": "true", "DBT_WARN_ERROR": "1", "DBT_TARGET": "prod"}
    kept = {"DBT_TARGET_PATH": "here", "DBT_LOG_PATH": "there", "DBT_ENV_SECRET_TOKEN": "made-up"}
    for name, value in (foreign | kept).items():
        monkeypatch.setenv(name, value)
    with own_dbt._own_environment():
        assert {name: os.environ.get(name) for name in foreign} == dict.fromkeys(foreign)
        assert {name: os.environ.get(name) for name in kept} == kept
    assert {name: os.environ.get(name) for name in foreign} == foreign


@pytest.mark.parametrize(
    ("said", "in_use"),
    [
        ("IO Error: Could not set lock on file: Conflicting lock is held in python (PID 12)", True),
        ("game dates 2021-11-15 to 2021-11-15 are in use by somebody", True),
        ("Corrupt database file: computed checksum 1 does not match stored checksum 2 in block at location 3", False),
        ("Compilation Error: macro 'block' is undefined", False),
        ("deadlock detected", False),
    ],
)
def test_in_use_is_not_every_text_with_lock_in_it(said: str, in_use: bool) -> None:
    assert isinstance(error_of(said), WarehouseInUse) is in_use


@pytest.mark.parametrize("damage", ["overwritten", "half"])
def test_a_damaged_warehouse_is_called_that_and_nobody_waits_for_it(
    built_warehouse: Path, tmp_path: Path, damage: str
) -> None:
    warehouse = copied(built_warehouse, tmp_path / "damaged")
    if damage == "half":
        os.truncate(warehouse, warehouse.stat().st_size // 2)
    else:
        with warehouse.open("r+b") as file:
            for place in (4096, 8192):
                file.seek(place + 100)
                file.write(b"xxxx" * 64)
    with pytest.raises(BackfillError, match=r"is damaged: .*\nTry: put a backup in its place") as found:
        open_warehouse(warehouse, read_only=True)
    assert not isinstance(found.value, WarehouseInUse)


def test_a_home_is_no_folder_named_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NBA_DUCKDB_PATH", "~/nba.duckdb")
    assert warehouse_path(Path("/project")) == tmp_path / "nba.duckdb"
    assert warehouse_path(Path("/project"), Path("~/other.duckdb")) == tmp_path / "other.duckdb"


def test_a_user_without_a_name_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 54321")

    monkeypatch.setattr(leases.getpass, "getuser", nobody)
    assert leases._user() == f"user {os.getuid()}"


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refused(self: Path, *_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system", str(self))

    monkeypatch.setattr(Path, "mkdir", refused)
    place = Warehouse("duckdb", tmp_path / "nba.duckdb")
    with pytest.raises(BackfillError, match=r"cannot be written .Read-only file system"), leases.lease(place, "run"):
        pass


def test_an_interrupt_says_so_and_has_a_code_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("backfill.build.plan.make_plan", stopped)
    outcome = CliRunner().invoke(app, ["plan", "--warehouse", str(tmp_path / "nba.duckdb")])
    assert outcome.exit_code == INTERRUPTED == 130
    assert outcome.stderr.startswith("Error: interrupted; what was finished is kept\nTry: the same command again")


def test_what_a_dead_process_left_open_is_closed(built_warehouse: Path, tmp_path: Path) -> None:
    warehouse = copied(built_warehouse, tmp_path / "dead")
    columns = "invocation_id, first_game_date, last_game_date, command, models, started_at, status"
    change(
        warehouse,
        f"insert into nba_orchestration.invocation_events ({columns}) values "
        "('killed', '2021-11-15', '2021-11-15', 'build', 'player_game_summary', cast(now() as timestamp), 'running')",
    )
    status = "select status from nba_orchestration.invocations where invocation_id = 'killed'"
    assert query(warehouse, status) == [("running",)]
    with leases.lease(Warehouse("duckdb", warehouse), "run"):
        pass
    assert query(warehouse, status) == [("killed",)]
    close_dead_runs(Warehouse("duckdb", warehouse))
    assert query(
        warehouse, "select count(*) from nba_orchestration.invocation_events where invocation_id = 'killed'"
    ) == [(2,)]


def test_a_terminal_without_the_sign_shows_another(built_warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    outcome = backfill_process(built_warehouse, "--help")
    assert outcome.returncode == 0
    with io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace") as stream:
        stream.write("2021-22…2023-24")
    done = subprocess.run(
        [sys.executable, "-c", "from backfill.cli import app, main; main(); print('2021-22\\u20262023-24')"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "2021-22?2023-24\n"


def test_a_bootstrap_day_is_not_stale_for_what_it_reads(built_warehouse: Path, tmp_path: Path) -> None:
    """Nothing is expected of Phase 4 there, and nothing is there: another input changes nothing."""
    warehouse = copied(built_warehouse, tmp_path / "bootstrap")
    change(warehouse, "update nba_raw.nbac_injury_report set reason = 'made up' where game_date = '2021-10-25'")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set timezone = 'UTC'; set disabled_optimizers = 'cte_inlining'")
        stale = connection.execute(
            "select s.model from nba_orchestration.stale_partitions as s "
            "inner join nba_orchestration.partition_states as p using (model, game_date) "
            "where p.state = 'NOT_EXPECTED'"
        ).fetchall()
    assert stale == []


def test_wherever_a_table_is_named_its_old_short_name_does_as_well() -> None:
    """Every parameter of that name in every command; and each short name is a table that exists."""
    named = {}
    for command_name, command in typer.main.get_command(app).commands.items():
        for parameter in command.params:
            if parameter.name in ("model", "models", "table"):
                given = "pcf" if not parameter.multiple and parameter.nargs == 1 else ["pcf", "TDZA"]
                with click.Context(command) as context:
                    named[command_name] = parameter.process_value(context, given)
    one, several = "player_composite_factors", ["player_composite_factors", "team_defense_zone_analysis"]
    assert named == {
        **{command: one for command in ("accept", "coverage", "gaps", "history", "why")},
        **{command: several for command in ("plan", "run", "validate")},
    }
    for table in SHORT_NAMES.values():
        assert list((PROJECT / "models").rglob(f"{table}.sql")), table
