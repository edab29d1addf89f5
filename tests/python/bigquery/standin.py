"""The emulator in a process of its own, on the raw tables of a DuckDB warehouse; and dbt builds in it.

`python -m bigquery.standin FOLDER PORT` serves what `copy_raw` put into FOLDER, and writes every statement that it is
sent to FOLDER/statements.jsonl.
"""

from __future__ import annotations

import gc
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

PROJECT_ID, RAW = "nba-backfill", "nba_raw"
#: What exists before a build: raw rows, and trained versions.
GIVEN = (RAW, "nba_models")
HOST = "127.0.0.1"
START_SECONDS, STOP_SECONDS = 60, 20
LOG = "statements.jsonl"


def copy_raw(warehouse: Path, folder: Path) -> None:
    """Make an emulator database in `folder` with the given tables of a DuckDB file; their clocks are UTC instants.

    Straight into the emulator's files: its load jobs take half a minute for a week of play-by-play.
    """
    from crucible.engine import Engine

    folder.mkdir(parents=True, exist_ok=True)
    engine = Engine(folder / "meta.duckdb")
    engine.attach_catalog(PROJECT_ID)
    engine.close()
    with duckdb.connect(str(catalog_file(folder))) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
        columns: dict[str, list[str]] = {}
        for schema, table, column, data_type in connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() "
            f"where database_name = 'warehouse' and schema_name in {GIVEN} order by table_name, column_index"
        ).fetchall():
            kind = "timestamptz" if data_type == "TIMESTAMP" else data_type
            columns.setdefault(f"{schema}.{table}", []).append(f'"{column}"::{kind} as "{column}"')
        for schema in GIVEN:
            connection.execute(f"create schema {schema}")
        for table, selected in columns.items():
            connection.execute(f"create table {table} as select {', '.join(selected)} from warehouse.{table}")


def catalog_file(folder: Path) -> Path:
    """The DuckDB file in which the emulator keeps the tables of the project."""
    return folder / "meta.duckdb.catalogs" / "0.duckdb"


def statements(folder: Path) -> list[str]:
    """Every statement that the emulator was sent, in order, each once."""
    lines = (folder / LOG).read_text().splitlines()
    return list(dict.fromkeys(json.loads(line) for line in lines))


@contextmanager
def emulator(folder: Path) -> Iterator[str]:
    """Serve the database in `folder`; yields the endpoint. Raises RuntimeError when it does not start."""
    port = _free_port()
    with (folder / "server.log").open("ab") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "bigquery.standin", str(folder), str(port)],
            cwd=Path(__file__).resolve().parents[1],
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_healthy(server, port, folder / "server.log")
        yield f"http://{HOST}:{port}"
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def query(endpoint: str, sql: str) -> list[tuple]:
    """Rows of one statement, through Google's own client."""
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import bigquery

    options = {"api_endpoint": endpoint}
    client = bigquery.Client(project=PROJECT_ID, credentials=AnonymousCredentials(), client_options=options)
    return [tuple(row.values()) for row in client.query(sql).result()]


def dbt_build(project: Path, scratch: Path, endpoint: str, window: tuple[str, str], *arguments: str) -> dict[str, Any]:
    """`dbt build --target bigquery_local` of a window of dates; see dbt_command."""
    return dbt_command(project, scratch, endpoint, window, "build", "--exclude-resource-type", "unit_test", *arguments)


def dbt_command(
    project: Path, scratch: Path, endpoint: str, window: tuple[str, str], *arguments: str
) -> dict[str, Any]:
    """A dbt command against the emulator, in a process of its own. Returns run_results.json.

    Raises RuntimeError with dbt's output when anything failed.
    """
    outcome = subprocess.run(
        [
            *(sys.executable, "-c", "from dbt.cli.main import cli; cli()", *arguments),
            *("--target", "bigquery_local", "--project-dir", str(project), "--profiles-dir", str(project)),
            *("--target-path", str(scratch / "target"), "--log-path", str(scratch / "logs")),
            *("--no-use-colors", "--log-level-file", "none"),
        ],
        cwd=scratch,
        env={
            **os.environ,
            "NBA_BIGQUERY_ENDPOINT": endpoint,
            "NBA_WINDOW_START": window[0],
            "NBA_WINDOW_END": window[1],
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if outcome.returncode:
        raise RuntimeError(f"dbt {arguments[0]} failed:\n{outcome.stdout[-6000:]}{outcome.stderr[-2000:]}")
    return json.loads((scratch / "target" / "run_results.json").read_text())


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return listener.getsockname()[1]


def _wait_until_healthy(server: subprocess.Popen, port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/_crucible/health", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the emulator did not start:\n{log.read_text()[-4000:]}")


def _serve(folder: Path, port: int) -> None:
    import sqlglot
    import uvicorn
    from crucible.engine import Engine
    from crucible.engine.pipeline import Pipeline
    from crucible.server.app import create_app

    from bigquery.gaps import fill_gaps
    from bigquery.remembered import remember_tables

    fill_gaps()
    remember_tables()
    # syntax trees are large and die young
    gc.set_threshold(100_000)
    # sqlglot loads a dialect at its first use, and two threads that come first get in each other's way
    sqlglot.parse_one("create schema if not exists `p`.`d`", dialect="bigquery").sql(dialect="duckdb")
    log, lock, execute = (folder / LOG).open("a"), threading.Lock(), Pipeline.execute

    def logged(pipeline: Pipeline, session: Any, sql: str, params: Any = None) -> Any:
        with lock:
            log.write(json.dumps(sql) + "\n")
            log.flush()
        return execute(pipeline, session, sql, params)

    Pipeline.execute = logged
    engine = Engine(folder / "meta.duckdb")
    uvicorn.run(create_app("bigquery", engine), host=HOST, port=port, access_log=False, log_level="warning")
    engine.close()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]))
