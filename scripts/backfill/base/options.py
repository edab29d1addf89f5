"""Options that several commands share, so that they are spelled and explained the same everywhere."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
import yaml

from backfill.base.errors import BackfillError
from backfill.base.names import full_names
from backfill.base.project import project_root

Start = Annotated[str | None, typer.Option(help="First game date, YYYY-MM-DD. Default: the whole schedule.")]
End = Annotated[str | None, typer.Option(help="Last game date, inclusive. Default: START.")]
Target = Annotated[str, typer.Option(help="Profile target: duckdb or bigquery.")]
WarehouseFile = Annotated[Path | None, typer.Option("--warehouse", help="DuckDB file. Default: NBA_DUCKDB_PATH.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Models = Annotated[
    list[str] | None,
    typer.Option("--models", callback=full_names, help="Only these models; may be given several times."),
]
Phases = Annotated[str | None, typer.Option(help="Only these phases of 3, 4, 5 and 5b, for example 3 or 3-4.")]
Mode = Annotated[
    str | None,
    typer.Option(help="daily or backfill. Default: by the age of the last date given; a heal of all is daily."),
]
Wait = Annotated[int, typer.Option(help="Seconds to wait for another process that uses the warehouse.")]


def parse_window(
    start: str | None, end: str | None, names: tuple[str, str] = ("--start", "--end")
) -> tuple[date, date] | None:
    """Two ISO dates as a window, None for no limit. Raises BackfillError, with the options' names, for no range."""
    if start is None:
        if end is not None:
            raise BackfillError(f"{names[1]} {end} needs a {names[0]}")
        return None
    first, last = _day(names[0], start), _day(names[1], end or start)
    if last < first:
        raise BackfillError(f"{names[1]} {end} is before {names[0]} {start}")
    return first, last


def is_daily(mode: str | None, last: date) -> bool:
    """Whether a run up to a date is daily work, as macros/window/range.sql decides it. Raises BackfillError."""
    mode = mode or os.environ.get("NBA_RUN_MODE")
    if mode not in (None, "", "daily", "backfill"):
        raise BackfillError(f"--mode is '{mode}'; it can be daily or backfill")
    settings = yaml.safe_load((project_root() / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    age = (datetime.now(UTC).date() - last).days
    return mode == "daily" if mode else age <= settings["backfill_after_days"]


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BackfillError(f"{name} is '{text}', which is not a date of the form YYYY-MM-DD") from error
