"""What an import tells, on a terminal of 80 columns and as JSON."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from backfill.base.console import console
from backfill.raw.imports.run import Import

#: Columns that no source has: nobody misses them.
NEVER_THERE = (
    *("source_file_path", "data_hash", "processed_at", "confidence_score"),
    *("name_resolution_status", "name_resolution_confidence"),
)
#: How many names of one kind are printed; --json has all.
NAMES = 5


def as_dict(result: Import, warehouse: str | None) -> dict[str, Any]:
    """The whole report; `warehouse` is None for a dry run."""
    return {
        "warehouse": warehouse,
        "layouts": result.layouts,
        "tables": {
            name: {
                "rows": what.rows,
                "games": None if name == "nba_players_registry" else len(what.games),
                "first_date": what.first,
                "last_date": what.last,
                "empty_columns": _empty(result, name),
                "missing_games": result.missing.get(name, []),
            }
            for name, what in result.tables.items()
        },
        "repaired": result.repaired,
        "left_out": result.left_out,
        "unmapped": result.unmapped,
        "differing": result.differing,
        "files_not_read": result.unread,
        "notes": [f"{table.table}.{note}" for table in result.loaded for note in table.notes],
        "rows_replaced": {table.table: table.rows_replaced for table in result.loaded},
    }


def _empty(result: Import, name: str) -> list[str]:
    return [column for column in result.empty.get(name, []) if column not in NEVER_THERE]


def print_report(result: Import, warehouse: str | None) -> None:
    """Print it. What was repaired, left out or not understood is told with counts, never hidden."""
    for layout, parts in result.layouts.items():
        said = ", ".join(f"{count:,} x {part}" for part, count in parts.items())
        console.print(f"Recognised [bold]{escape(layout)}[/bold]: {escape(said)}", soft_wrap=True, highlight=False)
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("table", no_wrap=True)
    for heading in ("rows", "games"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("dates", no_wrap=True)
    for name, what in result.tables.items():
        games = "" if name == "nba_players_registry" else f"{len(what.games):,}"
        dates = (
            "" if what.first is None else f"{what.first}…{what.last}" if what.first != what.last else f"{what.first}"
        )
        table.add_row(name, f"{what.rows:,}", games, dates)
    console.print(table)
    for name in result.tables:
        if columns := _empty(result, name):
            _say(f"{name}: NULL throughout, as these files do not tell it: {', '.join(columns)}")
    for name, games in result.missing.items():
        _say(f"{name}: {len(games):,} final games of these dates are not in it: {_few(games)}", "yellow")
    for title, found, style in (
        ("repaired", result.repaired, ""),
        ("left out", result.left_out, ""),
        ("differing sources", result.differing, "yellow"),
        ("not mapped", result.unmapped, "yellow"),
    ):
        for what, count in sorted(found.items(), key=lambda item: -item[1])[: NAMES * 2]:
            _say(f"{title}: {count:,} {what}", style)
        if len(found) > NAMES * 2:
            _say(f"{title}: {len(found) - NAMES * 2:,} more kinds (--json has all)", style)
    if result.unread:
        _say(f"not read, of no kind that is known: {_few(result.unread)}", "yellow")
    for loaded in result.loaded:
        for note in loaded.notes:
            _say(f"{loaded.table}.{note}")
    if warehouse is None:
        console.print("Dry run: nothing was written.")
    else:
        rows = sum(what.rows for what in result.tables.values())
        console.print(escape(f"Loaded {rows:,} rows into {warehouse}"), soft_wrap=True, highlight=False)


def _few(names: list[str]) -> str:
    more = len(names) - NAMES
    return ", ".join(names[:NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _say(line: str, style: str = "") -> None:
    console.print(escape(line), style=style, soft_wrap=True, highlight=False)
