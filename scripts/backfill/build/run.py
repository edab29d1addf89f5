"""`backfill run`: build what is not done in a range, with a live display, a gate between the phases and a summary."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from backfill.base import options
from backfill.base.console import console
from backfill.base.dbt import variables
from backfill.base.errors import BackfillError
from backfill.base.lease import lease
from backfill.base.notifications import errors_told, notify
from backfill.base.phases import parse_phases
from backfill.base.verdicts import TOLD, Finding, what_helps
from backfill.base.warehouse import Warehouse, models_before
from backfill.build.execution import Outcome, build_plan, judge_again
from backfill.build.plan import show as show_plan
from backfill.build.planning import Plan, make_plan


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
    """Outcome of one run.

    `failed` and `warned` hold (node, message); scheduled_games counts games in scope; `partitions` were built,
    `left_alone` are behind an open circuit breaker. `held` are units that audits keep from readers, `flagged` counts
    findings that are published.
    """

    start: str
    end: str
    seconds: float
    partitions: int
    left_alone: int
    passed: int
    failed: list[tuple[str, str]]
    warned: list[tuple[str, str]]
    skipped: int
    scheduled_games: int
    tables: list[TableSummary]
    held: list[Finding] = field(default_factory=list)
    flagged: int = 0

    @property
    def verdict(self) -> str:
        """sound, not sound, or that there was nothing to build: an empty range never looks like a good one."""
        if self.failed or self.held or self.left_alone:
            return "[red]not sound[/]"
        return "[green]sound[/]" if self.scheduled_games else "[yellow]empty: no game is scheduled on these dates[/]"


def run(
    start: Annotated[str, typer.Option(help="First game date, YYYY-MM-DD.")],
    end: options.End = None,
    phases: options.Phases = None,
    models: options.Models = None,
    mode: options.Mode = None,
    chunk: Annotated[
        str | None, typer.Option(help="month: build month by month, for a resume in smaller steps.")
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build every partition of the range, done or not.")
    ] = False,
    override_gate: Annotated[
        str | None, typer.Option(help="Build past failed checks and missing inputs; the reason given here is recorded.")
    ] = None,
    max_bytes: Annotated[
        int | None,
        typer.Option(help="BigQuery: refuse to bill more bytes than this. Default: NBA_BIGQUERY_MAX_BYTES, else 20e9."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and stop.")] = False,
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 60,
    as_json: options.AsJson = False,
) -> None:
    """Build what is missing or stale in the given game dates, in dependency order, and run every check on them.

    The same command again resumes: what is done is not done twice. Exit code 0: sound. 1: not, or a unit is held.
    2: left alone.
    """
    if chunk not in (None, "month"):
        raise BackfillError(f"--chunk is '{chunk}'; it can only be month")
    first, last = options.parse_window(start, end)
    daily = options.is_daily(mode, last)
    place = Warehouse.of(target, warehouse, wait)
    wanted = {"models": models, "phases": parse_phases(phases)}
    what = f"run --start {first} --end {last}"
    run_mode = variables({"NBA_RUN_MODE": mode} if mode else {})
    with errors_told(what, is_daily=daily), lease(place, what), run_mode:
        plan = make_plan(place, (first, last), rebuild=rebuild, chunk=chunk, **wanted)
        if not place.is_duckdb:
            from backfill.build.plan_cost import estimate_plan, refuse_plan_above  # its SQL parser is slow to import

            estimate = estimate_plan(plan, place)
            if not dry_run:
                refuse_plan_above(estimate, max_bytes)
        if dry_run:
            show_plan(plan)
            raise typer.Exit(0 if plan.is_empty else 1)
        if not override_gate:
            _refuse_missing_inputs(place, plan, (first, last))
        began = time.monotonic()
        outcome = Outcome()
        if not plan.is_empty:
            note = override_gate and f"gate overridden: {override_gate}"
            build_plan(place, plan, outcome, note=note, gates=not override_gate)
        judge_again(place, (first, last), outcome, note="run")
        summary = summarise(place, start, end or start, outcome, plan, time.monotonic() - began)
    if daily:
        failed = outcome.failed + held_lines(outcome.held)
        notify(what, failed=failed, healed=0 if failed else plan.gaps, left_alone=len(plan.left_alone))
    if as_json:
        typer.echo(json.dumps(asdict(summary), default=str))
    else:
        print_summary(summary, nothing_to_do=plan.is_empty)
    if not outcome.is_sound:
        raise typer.Exit(1)
    if summary.left_alone:
        raise typer.Exit(2)


def summarise(warehouse: Warehouse, start: str, end: str, outcome: Outcome, plan: Plan, seconds: float) -> RunSummary:
    """Read back what the dates hold now, whoever built it."""
    days = f"where game_date between cast('{start}' as date) and cast('{end}' as date)"
    held = [
        f"select {place} as place, '{name}' as table_name, count(*) as row_count, count(distinct game_date) as dates, "
        f"{'count(distinct game_id)' if about_games else 'cast(null as bigint)'} as games "
        f"from {{{{ ref('{name}') }}}} {days}"
        for place, (name, about_games) in enumerate([("int_schedule__games", True), *warehouse.published_tables()])
    ]
    rows = warehouse.rows(" union all ".join(held) + " order by place")
    tables = [
        TableSummary(
            row["table_name"],
            row["row_count"],
            row["dates"],
            row["games"],
            round(outcome.seconds_by_model.get(row["table_name"], 0.0), 2),
        )
        for row in rows
    ]
    scheduled = tables.pop(0)
    return RunSummary(
        start,
        end,
        round(seconds, 1),
        outcome.partitions,
        len(plan.left_alone),
        outcome.passed,
        outcome.failed,
        outcome.warned,
        outcome.skipped,
        scheduled.games or 0,
        tables,
        outcome.held,
        len(outcome.flagged),
    )


def print_summary(summary: RunSummary, *, nothing_to_do: bool = False) -> None:
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
    print_held(summary.held)
    if nothing_to_do and not summary.failed and not summary.held:
        console.print("Nothing to do: every partition of these dates is built from what raw and code are now.")
    console.print(
        f"{summary.scheduled_games:,} scheduled games, {summary.partitions:,} partitions built. "
        f"Steps: {summary.passed} passed, {len(summary.warned)} warned, {len(summary.failed)} failed, "
        f"{summary.skipped} skipped in {summary.seconds:.1f} s"
        + (f"; {len(summary.held)} findings hold rows back" if summary.held else "")
        + (f"; {summary.flagged} flags" if summary.flagged else "")
        + f": {summary.verdict}",
        soft_wrap=True,
    )
    if summary.held:
        console.print(what_helps(summary.held), soft_wrap=True, highlight=False)
    elif summary.failed:
        console.print("Next: read the first failure above; its query is under target/compiled/nba_backfill/tests.")
    elif not summary.scheduled_games:
        console.print("Next: backfill raw load DIR with a schedule of these dates, or choose other dates.")
    else:
        console.print(
            "Next: query the tables in nba_analytics (docs/tables.md says which answers what), "
            "or look at nba_reference.unresolved_player_names for spellings that need an alias.",
            soft_wrap=True,
        )


def print_held(held: Sequence[Finding]) -> None:
    """Print the first held units: check, game or date, the numbers that disagree."""
    for finding in held[:TOLD]:
        console.print(f"[red]held[/] {escape(str(finding))}", soft_wrap=True, highlight=False)
    if len(held) > TOLD:
        console.print(f"... and {len(held) - TOLD} more: backfill query open_findings", highlight=False)


def held_lines(held: Sequence[Finding]) -> list[tuple[str, str]]:
    """Held units as (what, message), the form in which failures are told."""
    return [(f"held {finding.where}", f"{finding.check}: {finding.said}") for finding in held]


def _refuse_missing_inputs(warehouse: Warehouse, plan: Plan, window: tuple[date, date]) -> None:
    """The gate between phases: models of a later phase are not built on dates whose earlier tables are not ready."""
    models = {partition.model for partition in plan.partitions}
    if not models or models == set(plan.known_models):
        return
    needed = models_before(models)
    stale = make_plan(warehouse, window).partitions
    before = [one for one in stale if one.model in needed and one.reason != "CHECK_CHANGED"]
    if before:
        names = sorted({partition.model for partition in before})
        raise BackfillError(
            f"{len(before)} partitions before these models are missing or stale ({', '.join(names[:3])}"
            f"{', ...' if len(names) > 3 else ''}), so nothing was built",
            f"backfill run --start {window[0]} --end {window[1]}, or --override-gate REASON",
        )


def _number(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"
