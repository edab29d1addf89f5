"""`make bigquery`: a real month through both engines, tests included, and the parity table. Exits 1 if they differ.

`python -m bigquery.month [LAST]`: from opening night 2023-24 to a date, by default a month; raw data as for pytest
(NBA_TEST_RAW).
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

from building import REAL_RAW
from rich import box
from rich.console import Console
from rich.table import Table

from bigquery.parity import Comparison
from bigquery.week import OPENING_NIGHT, Both, build_both

END = date(2023, 11, 23)
#: Its games vanish from the schedule after the first build.
EMPTIED = date(2023, 11, 15)


def main(arguments: list[str]) -> int:
    """Build, compare, print."""
    end = date.fromisoformat(arguments[0]) if arguments else END
    with tempfile.TemporaryDirectory() as folder:
        both = build_both(REAL_RAW, Path(folder), end, EMPTIED)
    console = Console(width=120)
    console.print(parity_table(both, f"{OPENING_NIGHT} to {end}, then {EMPTIED} again without its games"))
    statuses = Counter(result["status"] for result in both.results)
    cells, differing = (sum(getattr(c, name) for c in both.comparisons) for name in ("cells", "differing_cells"))
    console.print(
        f"BigQuery stand-in: {', '.join(f'{count} {status}' for status, count in statuses.items())} "
        f"in {both.seconds['BigQuery']:.0f} s (DuckDB {both.seconds['DuckDB']:.0f} s). "
        f"{cells:,} cells compared, {differing:,} differ."
    )
    kept = [table for table, rows in both.rows_on_emptied_day.items() if rows and "nba_analytics" in table]
    if kept:
        console.print(f"[red]rows left on the emptied day in {', '.join(kept)}")
    return 1 if kept or not all(found.identical for found in both.comparisons) else 0


def parity_table(both: Both, title: str) -> Table:
    """One row per table: rows in both engines, rows without a partner, cells, cells that differ and where."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("table", no_wrap=True)
    for heading in ("DuckDB", "BigQuery", "unmatched", "cells", "differing"):
        table.add_column(heading, justify="right")
    for found in both.comparisons:
        numbers = (found.rows_duckdb, found.rows_bigquery, found.unmatched_rows, found.cells)
        table.add_row(found.table, *(f"{number:,}" for number in numbers), _named(found))
    return table


def _named(found: Comparison) -> str:
    if found.problem:
        return found.problem
    return "\n".join(f"{column}: {count} {example}" for column, (count, example) in found.differing.items()) or "0"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
