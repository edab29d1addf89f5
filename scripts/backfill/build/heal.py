"""`backfill heal`: build until nothing is missing or stale."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

import typer
from rich.markup import escape

from backfill.base import options
from backfill.base.console import console
from backfill.base.dbt import variables
from backfill.base.lease import lease
from backfill.base.notifications import errors_told, notify
from backfill.base.verdicts import Finding, what_helps
from backfill.base.warehouse import Warehouse
from backfill.build.execution import Outcome, build_stale, check, judge_again
from backfill.build.plan import show as show_plan
from backfill.build.planning import make_plan
from backfill.build.run import RunSummary, held_lines, print_held, print_summary, summarise


@dataclass
class Healing:
    """What a heal did: partitions planned at first, partitions built, and those spared by the early cut-off."""

    planned: int = 0
    built: int = 0
    spared: int = 0
    rounds: int = 0
    summary: RunSummary | None = None
    steps: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    held: list[Finding] = field(default_factory=list)


def heal(
    start: options.Start = None,
    end: options.End = None,
    mode: options.Mode = None,
    dry_run: bool = typer.Option(False, "--dry-run", help="Show the plan and stop."),
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 60,
    as_json: options.AsJson = False,
) -> None:
    """Build what is missing or stale, step by step, until nothing is.

    After every step the plan is made again: what reads a partition that was rebuilt and turned out the same is left
    alone. Exit code 0: all is sound. 1: a step or a check failed, or a unit is held. 2: something is left alone.
    """
    place = Warehouse.of(target, warehouse, wait)
    window = options.parse_window(start, end)
    what = f"heal --start {window[0]} --end {window[1]}" if window else "heal"
    daily = options.is_daily(mode, window[1] if window else datetime.now(UTC).date())
    run_mode = variables({"NBA_RUN_MODE": mode} if mode else {})
    with errors_told(what, is_daily=daily), lease(place, what), run_mode:
        plan = make_plan(place, window)
        gaps = plan.gaps
        if dry_run:
            show_plan(plan)
            raise typer.Exit(0 if plan.is_empty else 1)
        began = time.monotonic()
        outcome, healing = Outcome(), Healing(planned=len(plan.partitions))
        touched = []
        for step, after in build_stale(place, plan, window, outcome, note="heal"):
            healing.rounds += 1
            healing.steps.append(f"{step.start} to {step.end}: {len(step.models)} models, {step.partitions} partitions")
            touched += [step.start, step.end]
            plan = after
        if touched and not outcome.broken and healing.rounds > 1:
            check(place, min(touched), max(touched), outcome, note="heal")
        judge_again(place, window, outcome, note="heal")
        healing.built, healing.failed, healing.held = outcome.partitions, outcome.failed, outcome.held
        healing.spared = max(healing.planned - healing.built, 0) if plan.is_empty else 0
        if touched:
            healing.summary = summarise(
                place, str(min(touched)), str(max(touched)), outcome, plan, time.monotonic() - began
            )
    if daily:
        failed = outcome.failed + held_lines(outcome.held)
        notify(what, failed=failed, healed=0 if failed else gaps, left_alone=len(plan.left_alone))
    if as_json:
        typer.echo(json.dumps(asdict(healing), default=str))
    else:
        _show(healing)
    if not outcome.is_sound:
        raise typer.Exit(1)
    if plan.left_alone:
        raise typer.Exit(2)


def _show(healing: Healing) -> None:
    if healing.summary is None and (healing.failed or healing.held):
        for name, message in healing.failed:
            console.print(f"[red]failed[/] {name}: {escape(message.strip())}", soft_wrap=True)
        print_held(healing.held)
        console.print(
            "[red]not sound[/]: nothing is stale, but these findings stand. "
            + (what_helps(healing.held) if healing.held else "Next: load raw that is right, then backfill heal."),
            soft_wrap=True,
            highlight=False,
        )
        return
    if healing.summary is None:
        console.print("[green]Nothing to do:[/] nothing is missing and nothing is stale.")
        return
    print_summary(healing.summary)
    for step in healing.steps:
        console.print(f"  {step}", highlight=False)
    console.print(
        f"Planned {healing.planned:,} partitions, built {healing.built:,} in {healing.rounds} rounds"
        + (f"; {healing.spared:,} were spared: what they read turned out the same." if healing.spared else ".")
    )
