"""The limit: the compiled SQL of a range, run by DuckDB alone in one process, each result written once as a table.

Run as a program (`python -m bench.limit WAREHOUSE STATEMENTS`), so that it is measured like every other command; the
statements are what `compile_models` writes. Nothing is replaced: results go into a schema that is dropped again.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import duckdb
from backfill.base.dbt import environment, invoke
from backfill.base.project import open_warehouse, project_root

SCRATCH = "bench"


def compile_models(warehouse: Path, start: str, end: str, into: Path) -> int:
    """Write the compiled SQL of every incremental model, in build order, as JSON {name: SQL}; returns how many."""
    with environment((start, end), warehouse):
        results = invoke(
            ["compile", "--select", "config.materialized:incremental config.materialized:table"], "duckdb"
        ).results
    statements = {result.node.name: result.node.compiled_code for result in results}
    into.write_text(json.dumps(statements), encoding="utf-8")
    return len(statements)


def run_statements(connection: duckdb.DuckDBPyConnection, statements: dict[str, str]) -> dict[str, float]:
    """Seconds of each statement, written as a table of the scratch schema."""
    connection.execute(f"create or replace schema {SCRATCH}")
    seconds = {}
    for name, sql in statements.items():
        began = time.perf_counter()
        connection.execute(f"create table {SCRATCH}.{name} as {sql}")
        seconds[name] = time.perf_counter() - began
    connection.execute(f"drop schema {SCRATCH} cascade")
    return seconds


def main() -> None:
    """Time the statements of a file on a warehouse and print seconds by model, the slowest first."""
    warehouse, statements = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    os.chdir(project_root())
    connection = open_warehouse(warehouse, read_only=False)
    try:
        seconds = run_statements(connection, statements)
    finally:
        connection.close()
    print(json.dumps(dict(sorted(seconds.items(), key=lambda entry: -entry[1]))))


if __name__ == "__main__":
    main()
