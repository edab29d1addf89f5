"""Options that several commands share, so that they are spelled and explained the same everywhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from backfill.errors import BackfillError

Start = Annotated[str | None, typer.Option(help="First game date, YYYY-MM-DD. Default: the whole schedule.")]
End = Annotated[str | None, typer.Option(help="Last game date, inclusive. Default: START.")]
Target = Annotated[str, typer.Option(help="Profile target: duckdb or bigquery.")]
WarehouseFile = Annotated[Path | None, typer.Option("--warehouse", help="DuckDB file. Default: NBA_DUCKDB_PATH.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Models = Annotated[list[str] | None, typer.Option("--models", help="Only these models; may be given several times.")]
Phases = Annotated[str | None, typer.Option(help="Only these phases, for example 3 or 3-4.")]
Wait = Annotated[int, typer.Option(help="Seconds to wait for another process that uses the warehouse.")]


def parse_window(start: str | None, end: str | None) -> tuple[date, date] | None:
    """Two ISO dates as a window, None for no limit. Raises BackfillError for what is not a range."""
    if start is None:
        if end is not None:
            raise BackfillError(f"--end {end} needs a --start")
        return None
    first, last = _day("--start", start), _day("--end", end or start)
    if last < first:
        raise BackfillError(f"--end {end} is before --start {start}")
    return first, last


def parse_phases(text: str | None) -> set[int] | None:
    """'3', '4', '3-4' or '3,4' as numbers, None for all. Raises BackfillError for anything else."""
    if text is None:
        return None
    try:
        parts = [part.split("-") for part in text.split(",")]
        return {phase for part in parts for phase in range(int(part[0]), int(part[-1]) + 1)}
    except ValueError as error:
        raise BackfillError(f"--phases is '{text}'; examples are 3, 4 and 3-4") from error


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BackfillError(f"{name} is '{text}', which is not a date of the form YYYY-MM-DD") from error
