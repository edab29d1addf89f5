"""`backfill query`: look at a table, read-only, as a table, CSV or JSON."""

from __future__ import annotations

import csv
import re
import sys
from typing import Annotated, Any

import typer

from backfill.ask.answers import answering, emit, print_table
from backfill.base import options
from backfill.base.console import console
from backfill.base.errors import BackfillError
from backfill.base.warehouse import Warehouse

#: A question begins with one of these; whatever else it does, the file is open for reading only.
READING = re.compile(r"\s*(select|with|from|describe|show|summarize|values|pivot)\b", re.IGNORECASE)


def query(
    sql: Annotated[str, typer.Argument(help="A query in quotes. Tables as schema.table or {{ ref('table') }}.")],
    limit: Annotated[int, typer.Option(help="Rows to show as a table; CSV and JSON have all.")] = 40,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV with a header.")] = False,
    as_json: options.AsJson = False,
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 0,
) -> None:
    """Look at a table: backfill query "select * from nba_analytics.player_game_summary".

    Exit code 0: answered, with or without rows. 2: the query cannot be answered.
    """
    with answering(as_json=as_json):
        if not READING.match(sql):
            raise BackfillError("only queries are answered: select, with, from, describe, show or summarize")
        if as_csv and as_json:
            raise BackfillError("--csv and --json are two forms of one answer; give one of them")
        names, rows = _answer(Warehouse.of(target, warehouse, wait), sql)
        if as_json:
            emit([dict(zip(names, row, strict=True)) for row in rows])
        elif as_csv:
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(names)
            writer.writerows(rows)
        else:
            _show(names, rows, limit)


def _answer(place: Warehouse, sql: str) -> tuple[list[str], list[list[Any]]]:
    if place.is_duckdb:
        with place.connection() as connection:
            found = connection.execute(place.resolved(sql) if "{{" in sql else sql)
            return [column[0] for column in found.description], [list(row) for row in found.fetchall()]
    answered = place.rows(sql)
    names = list(answered[0]) if answered else []
    return names, [list(row.values()) for row in answered]


def _show(names: list[str], rows: list[list[Any]], limit: int) -> None:
    numbers = [
        name
        for place, name in enumerate(names)
        if any(isinstance(row[place], (int, float)) and not isinstance(row[place], bool) for row in rows)
    ]
    shown = [[str(value) if isinstance(value, list) else value for value in row] for row in rows[:limit]]
    print_table("", names, shown, text=[name for name in names if name not in numbers])
    more = f", {limit:,} shown; --limit shows more, --csv all" if len(rows) > limit else ""
    console.print(f"{len(rows):,} rows{more}", highlight=False)
