"""`backfill run`: build and test a range of game dates with dbt, with a live display and a summary at the end."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from backfill.console import console
from backfill.errors import BackfillError
from backfill.project import WAREHOUSE_VARIABLE, open_warehouse, project_root, warehouse_path

RED = {"error", "fail", "runtime error"}


@dataclass
class TableSummary:
    """What one table holds for the requested dates; games is None for tables that are not about games."""

    table: str
    rows: int
    dates: int
    games: int | None
    seconds: float


@dataclass
class RunSummary:
    """Outcome of one run. `failed` and `warned` hold (node, message); scheduled_games counts games in scope."""

    start: str
    end: str
    seconds: float
    passed: int
    failed: list[tuple[str, str]]
    warned: list[tuple[str, str]]
    skipped: int
    scheduled_games: int
    tables: list[TableSummary]

    @property
    def verdict(self) -> str:
        """sound, not sound, or that there was nothing to build: an empty range never looks like a good one."""
        if self.failed:
            return "[red]not sound[/]"
        return "[green]sound[/]" if self.scheduled_games else "[yellow]empty: no game is scheduled on these dates[/]"


def run(
    start: Annotated[str, typer.Option(help="First game date, YYYY-MM-DD.")],
    end: Annotated[str | None, typer.Option(help="Last game date, inclusive. Default: the first.")] = None,
    select: Annotated[str | None, typer.Option(help="dbt selection, for example upcoming_team_game_context.")] = None,
    target: Annotated[str, typer.Option(help="Profile target: duckdb or bigquery.")] = "duckdb",
    warehouse: Annotated[Path | None, typer.Option(help="DuckDB file. Default: NBA_DUCKDB_PATH.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Rebuild the given game dates in dependency order and run every check on them."""
    summary = build_range(start, end or start, select=select, target=target, warehouse=warehouse)
    if as_json:
        typer.echo(json.dumps(asdict(summary)))
    else:
        show(summary)
    if summary.failed:
        raise typer.Exit(1)


def build_range(
    start: str, end: str, *, select: str | None = None, target: str = "duckdb", warehouse: Path | None = None
) -> RunSummary:
    """Run `dbt build` for the dates and read back what they hold.

    Raises BackfillError when dbt refuses the request (bad dates, broken project) before building anything.
    """
    began = time.monotonic()
    with _environment(start, end, warehouse) as path:
        if target == "duckdb":
            open_warehouse(path, read_only=True).close()  # a locked or missing file is said here, in one sentence
        arguments = ["build", "--exclude-resource-type", "unit_test", *(["--select", select] if select else [])]
        results = _invoke_with_progress([*arguments, "--target", target])
        seconds_by_node = {r.node.name: r.execution_time for r in results if r.node.resource_type == "model"}
        tables = [
            TableSummary(name, rows, dates, games, round(seconds_by_node.get(name, 0.0), 2))
            for name, rows, dates, games in _range_summary(target)
        ]
        scheduled = tables.pop(0)
    by_status = [(str(r.status), r.node.name, _said(r)) for r in results]
    return RunSummary(
        start=start,
        end=end,
        seconds=round(time.monotonic() - began, 1),
        passed=sum(status in {"success", "pass"} for status, _, _ in by_status),
        failed=[(name, message) for status, name, message in by_status if status in RED],
        warned=[(name, message) for status, name, message in by_status if status == "warn"],
        skipped=sum(status == "skipped" for status, _, _ in by_status),
        scheduled_games=scheduled.games or 0,
        tables=tables,
    )


def show(summary: RunSummary) -> None:
    """Print the summary for people: tables, warnings, failures and what to look at next."""
    table = Table(title=f"Game dates {summary.start} to {summary.end}", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("table", no_wrap=True)
    for heading in ("rows", "dates", "games", "seconds"):
        table.add_column(heading, justify="right")
    for row in summary.tables:
        table.add_row(row.table, f"{row.rows:,}", str(row.dates), _number(row.games), f"{row.seconds:.2f}")
    console.print(table)
    for colour, word, entries in (("yellow", "warning", summary.warned), ("red", "failed", summary.failed)):
        for name, message in entries:
            console.print(f"[{colour}]{word}[/] {name}: {escape(message.strip())}", soft_wrap=True)
    console.print(
        f"{summary.scheduled_games:,} scheduled games. Steps: {summary.passed} passed, {len(summary.warned)} warned, "
        f"{len(summary.failed)} failed, {summary.skipped} skipped in {summary.seconds:.1f} s: {summary.verdict}",
        soft_wrap=True,
    )
    if summary.failed:
        console.print("Next: read the first failure above; its query is under target/compiled/nba_backfill/tests.")
    elif not summary.scheduled_games:
        console.print("Next: backfill raw load DIR with a schedule of these dates, or choose other dates.")
    else:
        console.print(
            "Next: query the tables in nba_analytics (docs/tables.md says which answers what), "
            "or look at nba_reference.unresolved_player_names for spellings that need an alias.",
            soft_wrap=True,
        )


def _number(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _said(result: Any) -> str:
    """What a node has to say: for a data test how many rows it found and where its query is."""
    if result.status in {"warn", "fail"}:
        return f"{result.failures:,} rows, found by {result.node.original_file_path}"
    return result.message or ""


@contextmanager
def _environment(start: str, end: str, warehouse: Path | None) -> Iterator[Path]:
    """Hand the window and the warehouse to dbt through the environment, which keeps its parsed project valid."""
    path = warehouse_path(project_root(), warehouse)
    wanted = {"NBA_WINDOW_START": start, "NBA_WINDOW_END": end, WAREHOUSE_VARIABLE: str(path)}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield path
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _invoke_with_progress(arguments: list[str]) -> list[Any]:
    """Run dbt in this process and draw its events; returns the node results, whatever their status."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<58}"),
        BarColumn(24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[red]{task.fields[failed]} failed"),
    )
    lock = threading.Lock()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("reading the project", total=None, failed=0)
        failed = 0

        def on_event(event: Any) -> None:
            nonlocal failed
            with lock:
                name = event.info.name
                if name == "LogStartLine":
                    node = event.data.node_info
                    progress.update(task, total=event.data.total, description=f"{node.resource_type} {node.node_name}")
                elif name == "NodeFinished":
                    failed += event.data.run_result.status in RED
                    progress.update(task, advance=1, failed=failed)

        return _invoke(arguments, [on_event]).results


def _range_summary(target: str) -> list[tuple[str, int, int, int | None]]:
    shown = _invoke(["show", "--inline", "{{ range_summary() }}", "--limit", "-1", "--target", target], [])
    rows = shown.results[0].agate_table.rows
    return [
        (
            row["table_name"],
            int(row["row_count"]),
            int(row["dates"]),
            None if row["games"] is None else int(row["games"]),
        )
        for row in rows
    ]


def _invoke(arguments: list[str], callbacks: list[Any]) -> Any:
    from dbt.cli.main import dbtRunner  # importing dbt takes more than a second

    root = project_root()
    quiet = ["--log-level", "none", "--no-use-colors", "--no-print"]
    where = ["--project-dir", str(root), "--profiles-dir", str(root)]
    outcome = dbtRunner(callbacks=callbacks).invoke([*arguments, *quiet, *where])
    if outcome.result is None or not hasattr(outcome.result, "results"):
        raise BackfillError(_reason(outcome.exception))
    return outcome.result


def _reason(exception: BaseException | None) -> str:
    """dbt's message without its wrapping; a locked warehouse is said in one sentence."""
    text = str(getattr(exception, "msg", None) or exception or "dbt stopped without saying why; see logs/dbt.log")
    return " ".join(text.split())
