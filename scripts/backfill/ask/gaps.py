"""`backfill gaps`: what is missing, too little, NULL, zero or stale, each thing once, with what it reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Annotated, Any

import typer

from backfill.ask.answers import answering, dates_sql, emit, span
from backfill.base import options
from backfill.base.console import console
from backfill.base.errors import BackfillError
from backfill.base.names import full_name
from backfill.base.warehouse import Warehouse

SEVERITIES = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
COLOURS = {"CRITICAL": "red", "HIGH": "red", "MEDIUM": "yellow", "LOW": "green"}
GAPS = "select * from {{ ref('data_gaps') }} where %s"
SHOWN = 40
#: What repairs a gap of the raw tables.
LOAD = "backfill raw load DIR && backfill heal"


@dataclass
class Gap:
    """One row of nba_orchestration.data_gaps. `contaminates` names what is wrong because of it, with the date."""

    model: str
    game_date: date
    column: str | None
    gap_type: str
    severity: str
    state: str
    reason: str | None
    expected: int | None
    actual: int | None
    cause: str
    downstream: list[str]
    phase: str | None = None
    season_year: int | None = None
    build_order: int = 0
    contaminates: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As causes spell it: 'DATE model' or 'DATE model.column'."""
        return f"{self.game_date} {self.model}" + (f".{self.column}" if self.column else "")

    @property
    def is_root(self) -> bool:
        """TRUE for what is wrong by itself, FALSE for a symptom."""
        return self.gap_type != "CASCADE"

    @property
    def remedy(self) -> str:
        """The one command that repairs it."""
        if self.state == "SOURCE":
            return LOAD
        if self.gap_type == "HELD":
            return f"backfill why {self.model} {self.game_date}, then load raw that is right, or accept"
        if self.gap_type in ("NULL_FIELD", "ZERO_VALUE"):
            return f"backfill run --start {self.game_date} --models {self.model} --rebuild"
        if self.state in ("RAN_NO_DATA", "PARTIAL") and self.is_root and "begins with" not in (self.reason or ""):
            return f"backfill why {self.model} {self.game_date}"
        return f"backfill heal --start {self.game_date} --end {self.game_date}"


def gaps(
    start: options.Start = None,
    end: options.End = None,
    severity: Annotated[str, typer.Option(help="Show this severity and above: low, medium, high, critical.")] = "low",
    model: Annotated[str | None, typer.Option(callback=full_name, help="Only gaps of this table.")] = None,
    limit: Annotated[int, typer.Option(help="Show so many lines.")] = SHOWN,
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 0,
    as_json: options.AsJson = False,
) -> None:
    """List every gap once, causes before symptoms, with what each one contaminates and the tables that read it.

    Exit code 2: a critical gap, or the question cannot be answered. 1: a high one. 0: nothing above medium.
    """
    with answering(as_json=as_json):
        if severity.upper() not in SEVERITIES:
            raise BackfillError(f"--severity is '{severity}'; it can be {', '.join(SEVERITIES).lower()}")
        place = Warehouse.of(target, warehouse, wait)
        place.refresh()
        found = find_gaps(place, options.parse_window(start, end))
        if model:
            found = [gap for gap in found if gap.model == model]
        wanted = SEVERITIES.index(severity.upper())
        listed = [gap for gap in found if SEVERITIES.index(gap.severity) >= wanted]
        if as_json:
            emit({"gaps": [{**asdict(gap), "remedy": gap.remedy} for gap in listed], "counts": _counts(found)})
        else:
            show(listed, limit)
    raise typer.Exit(exit_code(found))


def find_gaps(warehouse: Warehouse, window: tuple[date, date] | None) -> list[Gap]:
    """Every gap of the window, worst and earliest first, with what it contaminates. Raises BackfillError."""
    found = []
    for row in warehouse.rows(GAPS % dates_sql(window)):
        found.append(
            Gap(
                model=row["model"],
                game_date=row["game_date"],
                column=row["column_name"],
                gap_type=row["gap_type"],
                severity=row["severity"],
                state=row["state"],
                reason=row["reason"],
                expected=row["expected_entities"],
                actual=row["actual_entities"],
                cause=row["cause"],
                downstream=row["downstream"].split(", ") if row["downstream"] else [],
                phase=row["phase"],
                season_year=row["season_year"],
                build_order=row["build_order"],
            )
        )
    by_name = {gap.name: gap for gap in found}
    for gap in found:
        if not gap.is_root and gap.cause in by_name:
            by_name[gap.cause].contaminates.append(gap.name)
    return sorted(found, key=lambda gap: (-SEVERITIES.index(gap.severity), gap.game_date, gap.build_order, gap.model))


def exit_code(found: Sequence[Gap]) -> int:
    """2 with a critical gap, 1 with a high one, else 0."""
    severities = {gap.severity for gap in found}
    return 2 if "CRITICAL" in severities else 1 if "HIGH" in severities else 0


def show(found: Sequence[Gap], limit: int = SHOWN) -> None:
    """Print causes, each with its symptoms beside it; equal gaps of neighbouring dates are one line."""
    if not found:
        console.print("[green]No gaps:[/] everything that the schedule asks for is there.")
        return
    names = {gap.name for gap in found}
    lines: dict[tuple[Any, ...], list[Gap]] = defaultdict(list)
    for gap in found:
        if gap.is_root or gap.cause not in names:  # a symptom is a line of its own only when its cause is not shown
            lines[(gap.severity, gap.gap_type, gap.state, gap.model, gap.column, _why(gap))].append(gap)
    for (severity, gap_type, state, model, column, why), group in list(lines.items())[:limit]:
        where = model + (f".{column}" if column else "")
        counted = f"{_sum(gap.actual for gap in group) or 0:,} of {_sum(gap.expected for gap in group) or 0:,}"
        console.print(
            f"[{COLOURS[severity]}]{severity:<8}[/] {gap_type:<12} {where}  {span(gap.game_date for gap in group)}  "
            f"{state if state != gap_type else ''} {counted}",
            soft_wrap=True,
            highlight=False,
        )
        for said in (why, _contaminated(group)):
            if said:
                console.print(f"{'':<21} {said}", soft_wrap=True, markup=False, highlight=False)
    if len(lines) > limit:
        console.print(f"... and {len(lines) - limit} more lines; see --limit and --json")
    for severity, count in _counts(found).items():
        console.print(f"[{COLOURS[severity]}]{severity}[/] {count:,}", end="  ")
    console.print()
    worst = next((gap for gap in found if gap.is_root and gap.severity != "LOW"), None)
    if worst:
        console.print(f"First: {worst.remedy}", soft_wrap=True, highlight=False)
        if worst.downstream:
            console.print(f"Read by: {', '.join(worst.downstream)}", soft_wrap=True, highlight=False)


def _why(gap: Gap) -> str:
    if gap.gap_type == "CASCADE":
        return gap.cause
    if gap.gap_type in ("NULL_FIELD", "ZERO_VALUE"):
        return ""
    return (gap.reason or "").split(": begins with")[0]


def _contaminated(group: Sequence[Gap]) -> str:
    places = sorted({name.split(" ", 1)[1] for gap in group for name in gap.contaminates})
    count = sum(len(gap.contaminates) for gap in group)
    return f"contaminates {count}: {', '.join(places[:4])}{', ...' if len(places) > 4 else ''}" if count else ""


def _sum(values: Any) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _counts(found: Sequence[Gap]) -> dict[str, int]:
    return {severity: sum(gap.severity == severity for gap in found) for severity in reversed(SEVERITIES)}
