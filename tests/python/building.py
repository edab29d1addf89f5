"""What tests share to build warehouses: dbt in this process, and fingerprints of what it built."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
from backfill.cli import app
from backfill.contract import load_contract
from backfill.raw.load import load_directory
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from typer.testing import CliRunner

PROJECT = Path(__file__).resolve().parents[2]
REAL_RAW = Path(os.environ.get("NBA_TEST_RAW") or PROJECT.parent / "shared" / "data" / "raw")
SCHEMAS = ("nba_staging", "nba_analytics", "nba_precompute", "nba_predictions")
MARTS = (
    "player_game_summary",
    "team_defense_game_summary",
    "team_offense_game_summary",
    "upcoming_player_game_context",
    "upcoming_team_game_context",
)

#: What `built_warehouse` holds.
BUILT = ("2021-10-19", "2021-12-09")
#: For run_models in a built warehouse: the tables that fingerprints() looks at, without failures, views and seeds.
TABLES_ONLY = (
    *("--exclude", "tag:orchestration", "tag:reference", "tag:processing"),
    *("config.materialized:view", "config.materialized:seed"),
)


@dataclass
class Outcome:
    """What one dbt invocation said: its node results, or why it refused."""

    success: bool
    results: list[Any]
    message: str

    def status(self, node: str) -> str:
        """Status of a node by name, 'absent' when it did not run."""
        return next((str(result.status) for result in self.results if result.node.name == node), "absent")


def asked(warehouse: Path) -> Path:
    """The same file under a path that all warehouses share, a link that is set anew for each command.

    dbt parses the project anew, in four seconds, when the path of the database is another one.
    """
    if not warehouse.parent.is_dir():
        return warehouse
    link = Path(os.environ["DBT_TARGET_PATH"]).with_name("asked")
    fresh = link.with_name("asked.next")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(warehouse.parent)
    fresh.replace(link)
    return link / warehouse.name


def dbt(
    warehouse: Path, *arguments: str, window: tuple[str, str] | None = None, manifest: Manifest | None = None
) -> Outcome:
    """Run dbt in this process on a DuckDB file. The window goes through the environment: no new parse.

    With a manifest nothing is parsed, which other --vars would make dbt do.
    """
    environment = {"NBA_DUCKDB_PATH": str(asked(warehouse))}
    if window:
        environment |= {"NBA_WINDOW_START": window[0], "NBA_WINDOW_END": window[1]}
    where = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    # nobody reads the manifest of these commands, and writing it takes a fifth of their time
    quiet = ["--log-level", "none", "--log-level-file", "none", "--no-print", "--no-write-json"]
    with mock.patch.dict(os.environ, environment):
        outcome = dbtRunner(manifest).invoke([*arguments, *where, *quiet])
    DuckDBConnectionManager.close_all_connections()  # the adapter keeps the file open for the next invocation
    results = list(getattr(outcome.result, "results", None) or [])
    said = [str(outcome.exception or "")] + [str(result.message) for result in results if result.message]
    return Outcome(bool(outcome.success), results, "\n".join(said))


def parsed_project(warehouse: Path) -> Manifest:
    """The project as dbt parsed it, for dbt(manifest=...)."""
    with mock.patch.dict(os.environ, {"NBA_DUCKDB_PATH": str(asked(warehouse))}):
        outcome = dbtRunner().invoke(["parse", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)])
    assert isinstance(outcome.result, Manifest), outcome.exception
    return outcome.result


def run_models(warehouse: Path, start: str, end: str, *arguments: str) -> None:
    """Build the models of a range without tests; any failure fails the calling test."""
    outcome = dbt(warehouse, "build", *arguments, "--exclude-resource-type", "test", "unit_test", window=(start, end))
    assert outcome.success, outcome.message


def load_first_season(raw: Path, warehouse: Path) -> None:
    """Load the raw data of 2021-22 and what belongs to no season."""
    season = warehouse.parent / "raw"
    for table in raw.iterdir():
        (season / table.name).mkdir(parents=True)
        for file in table.iterdir():
            if file.stem == "2021-22" or table.name == "reference":
                (season / table.name / file.name).symlink_to(file)
    load_directory(season, warehouse, load_contract(PROJECT))


def build_first_weeks(raw: Path, warehouse: Path) -> None:
    """Load the raw data of 2021-22 and build it from opening night to 2021-12-09."""
    load_first_season(raw, warehouse)
    run_models(warehouse, *BUILT)


def query(warehouse: Path, sql: str) -> list[tuple]:
    """Rows of a read-only query."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def change(warehouse: Path, *statements: str) -> None:
    """Run statements on the warehouse."""
    with duckdb.connect(str(warehouse)) as connection:
        for statement in statements:
            connection.execute(statement)


def copied(warehouse: Path, folder: Path) -> Path:
    """A copy to change, under the same file name: dbt parses the project anew for another."""
    folder.mkdir(exist_ok=True)
    copy = folder / "nba.duckdb"
    # a killed command leaves its log, and DuckDB would replay it into the file that takes the place of the old one
    Path(f"{copy}.wal").unlink(missing_ok=True)
    return Path(shutil.copy(warehouse, copy))


def backfill_command(*arguments: str) -> list[str]:
    """The command line in a process of its own, as a list of arguments."""
    return [sys.executable, "-c", "from backfill.cli import app; app()", *arguments]


def backfill_environment(warehouse: Path) -> dict[str, str]:
    """Environment of a command on a warehouse."""
    return {**os.environ, "NBA_DUCKDB_PATH": str(asked(warehouse)), "COLUMNS": "200"}


def backfill(warehouse: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a warehouse in this process, which has dbt loaded: its exit code and what it said.

    An error that the command does not explain is raised.
    """
    with mock.patch.dict(os.environ, backfill_environment(warehouse)):
        outcome = CliRunner().invoke(app, arguments, catch_exceptions=False)
    return subprocess.CompletedProcess(arguments, outcome.exit_code, outcome.stdout, outcome.stderr)


def backfill_process(warehouse: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own, as users run it; a traceback fails the test."""
    outcome = subprocess.run(
        backfill_command(*arguments),
        env=backfill_environment(warehouse),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in outcome.stderr, outcome.stderr
    return outcome


def planned(warehouse: Path, *arguments: str) -> dict[str, Any]:
    """The plan as data."""
    return json.loads(backfill(warehouse, "plan", "--json", *arguments).stdout)


def fingerprints(warehouse: Path, where: str = "true") -> dict[str, tuple]:
    """Rows and order-independent content hash of every built table with a game_date; equal means identical content."""
    named = ", ".join(f"'{schema}'" for schema in SCHEMAS)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute(
            f"""select t.table_schema || '.' || t.table_name from information_schema.tables as t
            inner join information_schema.columns as c using (table_schema, table_name)
            where t.table_type = 'BASE TABLE' and c.column_name = 'game_date' and t.table_schema in ({named})
            order by 1"""
        ).fetchall()
        return {
            table: connection.execute(
                f"select count(*), sum(hash(t)::hugeint) from {table} as t where {where}"
            ).fetchone()
            for (table,) in tables
        }
