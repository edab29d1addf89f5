"""`backfill plan`: what would be built, why, and in which order. Builds nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from backfill.base import options
from backfill.base.console import console
from backfill.base.phases import parse_phases
from backfill.base.verdicts import TOLD, what_helps
from backfill.base.warehouse import Warehouse
from backfill.build.planning import Partition, Plan, make_plan

REASONS = {
    "NEVER_RAN": "expected, and no build has produced it",
    "FAILED": "the last attempt failed",
    "SKIPPED": "not attempted, because something before it failed",
    "NO_RECORD": "it has rows, and no build that the ledger knows of",
    "NOT_SCHEDULED": "it has rows, and the schedule has no game on its date",
    "CONTENT_CHANGED": "it no longer holds what was built: somebody wrote to the table",
    "CODE_CHANGED": "the code of the model is another one",
    "INPUT_CHANGED": "an input no longer holds what it was built from",
    "ACCEPTED": "somebody accepted what a check holds back",
    "CHECK_CHANGED": "a check of it is another one: it is audited again, not built",
    "UPSTREAM": "it reads a partition that is itself stale",
    "REQUESTED": "the rebuild was asked for",
}


def plan(
    start: options.Start = None,
    end: options.End = None,
    models: options.Models = None,
    phases: options.Phases = None,
    rebuild: bool = typer.Option(False, "--rebuild", help="Plan every partition of the range, stale or not."),
    details: bool = typer.Option(False, "--details", help="List every partition."),
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 0,
    as_json: options.AsJson = False,
) -> None:
    """Show what is missing or stale, why, and the steps that `backfill heal` or `backfill run` would take.

    Exit code 0: nothing to do. 1: something is to be built, or held back. 2: something is left alone behind an open
    circuit breaker.
    """
    place = Warehouse.of(target, warehouse, wait)
    found = make_plan(
        place,
        options.parse_window(start, end),
        models=models,
        phases=parse_phases(phases),
        rebuild=rebuild,
    )
    if not place.is_duckdb:
        from backfill.build.plan_cost import estimate_plan  # its SQL parser takes a third of a second to import

        estimate_plan(found, place)
    if as_json:
        typer.echo(json.dumps(asdict(found), default=str))
    else:
        show(found, details=details)
    if found.left_alone:
        raise typer.Exit(2)
    if not found.is_empty or found.held:
        raise typer.Exit(1)


def show(found: Plan, *, details: bool = False) -> None:
    """Print causes, models and steps of a plan for people."""
    for finding in found.held[:TOLD]:
        console.print(f"[red]held[/] {escape(str(finding))}", soft_wrap=True, highlight=False)
    if found.held and found.is_empty and not found.left_alone:
        console.print(
            f"Nothing is missing or stale, but {len(found.held)} findings hold rows back. {what_helps(found.held)}",
            soft_wrap=True,
            highlight=False,
        )
        return
    if found.is_empty and not found.left_alone:
        console.print("[green]Nothing to do:[/] nothing is missing and nothing is stale.")
        return
    _print_causes(found.partitions)
    _print_models(found.partitions)
    if details:
        _print_partitions(found.partitions)
    _print_steps(found)
    if found.left_alone:
        models = sorted({partition.model for partition in found.left_alone})
        console.print(
            f"[red]{len(found.left_alone)} partitions of {', '.join(models)} are left alone:[/] they failed three "
            "times with the same inputs and the same code. They are tried again when either changes. "
            f"{len(found.waiting)} partitions that read them wait.",
            soft_wrap=True,
        )
        console.print(f"Last error: {found.left_alone[0].error}", soft_wrap=True, markup=False)


def dates_of(partitions: Sequence[Partition]) -> str:
    """'2021-12-05' or '2021-12-05 to 2022-06-16 (126 dates)'."""
    days = sorted({partition.game_date for partition in partitions})
    return str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]} ({len(days)} dates)"


def _print_causes(partitions: Sequence[Partition]) -> None:
    table = Table(title="Why", title_justify="left", box=box.SIMPLE_HEAD)
    for heading in ("reason", "begins with", "reaches", "partitions"):
        table.add_column(heading, justify="right" if heading == "partitions" else "left")
    by_cause: dict[tuple[str, str], list[Partition]] = {}
    for partition in partitions:
        # one change and all that follows from it is one line; what is missing by itself is one line a reason
        if partition.reason in ("INPUT_CHANGED", "UPSTREAM"):
            key = ("an input changed", partition.cause)
        else:
            key = (REASONS[partition.reason], "")
        by_cause.setdefault(key, []).append(partition)
    lines = sorted(by_cause.items(), key=lambda item: -len(item[1]))
    for (reason, cause), group in lines[:20]:
        table.add_row(reason, cause or group[0].cause, dates_of(group), f"{len(group):,}")
    console.print(table)
    if len(lines) > 20:
        console.print(f"... and {len(lines) - 20} more causes; see --details")


def _print_models(partitions: Sequence[Partition]) -> None:
    table = Table(title="What", title_justify="left", box=box.SIMPLE_HEAD)
    for heading in ("model", "dates", "partitions"):
        table.add_column(heading, justify="right" if heading == "partitions" else "left")
    by_model: dict[str, list[Partition]] = {}
    for partition in partitions:
        by_model.setdefault(partition.model, []).append(partition)
    for model, group in by_model.items():
        table.add_row(model, dates_of(group), f"{len(group):,}")
    console.print(table)


def _print_partitions(partitions: Sequence[Partition]) -> None:
    for partition in partitions:
        console.print(
            f"{partition.game_date} {partition.model} {partition.reason}, begins with {partition.cause}",
            highlight=False,
            soft_wrap=True,
        )


def _print_steps(found: Plan) -> None:
    table = Table(title="How", title_justify="left", box=box.SIMPLE_HEAD)
    for heading in ("step", "dates", "models", "partitions", "rows", "seconds"):
        table.add_column(heading, justify="left" if heading in ("dates", "models") else "right")
    if found.bytes is not None:
        from backfill.cost.estimate import dollars, shown

        table.add_column("billed", justify="right")
    for number, step in enumerate(found.steps, 1):
        dates = str(step.start) if step.start == step.end else f"{step.start} to {step.end}"
        models = step.models[0] if len(step.models) == 1 else f"{len(step.models)} models"
        table.add_row(
            str(number),
            dates,
            models,
            f"{step.partitions:,}",
            "-" if step.rows is None else f"{step.rows:,}",
            "-" if step.seconds is None else f"{step.seconds:.1f}",
            *([] if step.bytes is None else [shown(step.bytes)]),
        )
    console.print(table)
    if found.bytes is not None:
        console.print(
            f"BigQuery would bill about {shown(found.bytes)} (${dollars(found.bytes):.3f} on demand) for the steps and "
            "the checks after them.",
            soft_wrap=True,
        )
    reasons = Counter(partition.reason for partition in found.partitions)
    upstream = reasons.get("UPSTREAM", 0)
    console.print(f"{len(found.partitions):,} partitions in {len(found.steps)} steps.", end=" ")
    if upstream:
        console.print(
            f"{upstream:,} of them only because something before them is stale: "
            "`backfill heal` leaves those out that turn out to be the same.",
            soft_wrap=True,
        )
    else:
        console.print("`backfill heal` builds them.")
