"""What the commands that answer questions share: windows, tables, JSON, and exit code 2 for what cannot be answered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import duckdb
import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from backfill.base.console import console, print_error
from backfill.base.errors import BackfillError
from backfill.base.warehouse import Warehouse

#: Columns of a log that a table may take.
WIDTH = 180
#: Exit codes of every command that answers a question.
SOUND, FINDING, UNANSWERED = 0, 1, 2
GAMES = """
    select game_date, season_year, game_type, count(*) as games, count(case when is_final then 1 end) as final_games
    from {{ ref('int_schedule__games') }} where %s group by game_date, season_year, game_type
"""


@contextmanager
def answering(*, as_json: bool = False) -> Iterator[None]:
    """Turn every error into a message and exit code 2: a question that cannot be answered is never a pass."""
    try:
        yield
    except (BackfillError, duckdb.Error) as error:
        if not isinstance(error, BackfillError):
            error = BackfillError(f"the question cannot be answered: {' '.join(str(error).split())}", "backfill doctor")
        if as_json:
            emit({"error": str(error)})
        print_error(error)
        raise typer.Exit(UNANSWERED) from error


def dates_sql(window: tuple[date, date] | None, column: str = "game_date") -> str:
    """A condition on a date column; also without a window, so that BigQuery may prune partitions."""
    if window is None:
        return f"{column} >= cast('1946-11-01' as date)"
    return f"{column} between cast('{window[0]}' as date) and cast('{window[1]}' as date)"


def scheduled_games(warehouse: Warehouse, window: tuple[date, date] | None) -> list[dict[str, Any]]:
    """Games in scope by date and type. Raises BackfillError when there are none: nothing to judge is not a pass."""
    games = warehouse.rows(GAMES % dates_sql(window))
    if not games:
        span = f"from {window[0]} to {window[1]}" if window else "in the schedule"
        raise BackfillError(f"no game is scheduled {span}", "backfill raw load DIR, or choose other dates")
    return games


def emit(document: Any) -> None:
    """Print a document as JSON on stdout, dates as ISO text."""
    typer.echo(json.dumps(document, default=str))


def print_table(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], text: Sequence[str] = ()) -> None:
    """Print a table; columns that are not named in `text` are numbers and stand to the right."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for heading in headings:
        table.add_column(heading, justify="left" if heading in text else "right", overflow="fold")
    for row in rows:
        table.add_row(*[shown(value) for value in row])
    # a log has no width; on a terminal long words are folded
    (console if console.is_terminal else Console(width=WIDTH)).print(table)


def shown(value: Any) -> str:
    """A value as people read it; markup that begins with [green] and the like is kept."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.1f}"
    text = str(value)
    return text if text.startswith(("[green]", "[yellow]", "[red]")) else escape(text)


def coloured(word: str, colour: str) -> str:
    """A word in a colour that shown() keeps."""
    return f"[{colour}]{escape(word)}[/]"


def span(days: Iterable[date]) -> str:
    """'2021-12-05' or '2021-12-05 to 2021-12-09 (4 dates)'."""
    ordered = sorted(set(days))
    if len(ordered) < 2:
        return str(ordered[0]) if ordered else "-"
    return f"{ordered[0]} to {ordered[-1]} ({len(ordered)} dates)"


def season(year: int) -> str:
    """2021 -> '2021-22'."""
    return f"{year}-{(year + 1) % 100:02d}"


def parse_season(text: str | None) -> int | None:
    """'2021-22' or '2021' -> 2021. Raises BackfillError for anything else."""
    if text is None:
        return None
    if not text[:4].isdigit() or (text[4:] and season(int(text[:4])) != text):
        raise BackfillError(f"--season is '{text}'; write 2021-22 or 2021")
    return int(text[:4])
