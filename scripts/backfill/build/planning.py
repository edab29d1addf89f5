"""From stale partitions to work: which models to build over which dates, in which order."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from backfill.base.errors import BackfillError
from backfill.base.phases import BUILT
from backfill.base.verdicts import Finding, open_findings
from backfill.base.warehouse import Warehouse

#: More separate ranges than this become one, over partitions that need nothing, too: an invocation takes longer than a
#: month of one model, and reads the season so far once more.
MOST_RANGES = 3

STALE = "select * from {{ ref('stale_partitions') }}"
KNOWN = """
    select partitions.model, partitions.build_order, partitions.phase, partitions.game_date, attempts.row_count
    from {{ ref('known_partitions') }} as partitions
    left join {{ ref('latest_attempts') }} as attempts
        on partitions.model = attempts.model and partitions.game_date = attempts.game_date
"""
DURATIONS = """
    select model, first_game_date, last_game_date, seconds from {{ source('ledger', 'model_runs') }}
    where status = 'success' and last_game_date >= cast('1970-01-01' as date)
    qualify row_number() over (partition by model order by finished_at desc) = 1
"""


@dataclass(frozen=True)
class Partition:
    """A model on a date that has to be built: the reason, and where the reason begins ('DATE parent')."""

    model: str
    game_date: date
    phase: str | None
    reason: str
    cause: str
    is_circuit_open: bool = False
    is_blocked: bool = False
    error: str | None = None


@dataclass
class Step:
    """One dbt invocation: these models over this range. Rows, seconds and `bytes`, which are those that BigQuery would
    bill, are estimates; None when nothing is known."""

    models: list[str]
    start: date
    end: date
    partitions: int
    rows: int | None = None
    seconds: float | None = None
    bytes: int | None = None
    #: nothing is built: what is built is judged again
    audits_only: bool = False


@dataclass
class Plan:
    """What has to be built. `left_alone` failed too often (open circuit breaker), `waiting` read what is left alone."""

    partitions: list[Partition]
    left_alone: list[Partition]
    steps: list[Step]
    known_models: list[str] = field(default_factory=list)
    #: BigQuery only: billed for all steps and for the checks after them
    bytes: int | None = None
    waiting: list[Partition] = field(default_factory=list)
    #: of the partitions, those that were built before or have later dates that were: not just the next dates in line
    gaps: int = 0
    #: units that audits keep from readers, on dates of which nothing is to be built
    held: list[Finding] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """TRUE when nothing is missing or stale."""
        return not self.partitions

    @property
    def is_everything(self) -> bool:
        """TRUE when one step builds every model: then plain dbt build, with its gates, is the plan."""
        return (
            len(self.steps) == 1
            and not self.steps[0].audits_only
            and set(self.steps[0].models) == set(self.known_models)
        )


def make_plan(
    warehouse: Warehouse,
    window: tuple[date, date] | None = None,
    *,
    models: Iterable[str] | None = None,
    phases: Iterable[str] | None = None,
    rebuild: bool = False,
    chunk: str | None = None,
) -> Plan:
    """Read what is stale and lay it out in steps.

    `window` limits to its dates, `models` and `phases` to some models with the intermediate ones they need;
    `rebuild` takes every scheduled partition of the window, stale or not. Raises BackfillError for unknown names.
    """
    warehouse.refresh()
    known = warehouse.rows(KNOWN)
    order = dict(sorted({row["model"]: row["build_order"] for row in known}.items(), key=lambda item: item[1]))
    wanted = _wanted(order, {row["model"]: row["phase"] for row in known}, models, phases)
    stale = {(row["model"], row["game_date"]): row for row in warehouse.rows(STALE)}
    if rebuild:
        for row in known:
            missing = {"reason": "REQUESTED", "cause": f"{row['game_date']} {row['model']}"}
            here = (row["model"], row["game_date"])
            if here not in stale or stale[here]["reason"] == "CHECK_CHANGED":  # asked to build, not to judge
                stale[here] = {**row, **missing}
    inside = [
        _partition(row)
        for (model, day), row in sorted(stale.items(), key=lambda item: (order.get(item[0][0], 0), item[0][1]))
        if model in wanted and (window is None or window[0] <= day <= window[1])
    ]
    left_alone = [partition for partition in inside if partition.is_circuit_open]
    waiting = [partition for partition in inside if partition.is_blocked and not partition.is_circuit_open]
    ready = [partition for partition in inside if not partition.is_circuit_open and not partition.is_blocked]
    steps = steps_of([one for one in ready if one.reason != "CHECK_CHANGED"], order, known, chunk)
    for step in steps_of([one for one in ready if one.reason == "CHECK_CHANGED"], order, known, chunk):
        steps.append(replace(step, audits_only=True))
    plan = Plan(ready, left_alone, steps, list(order), waiting=waiting, gaps=_gaps(ready, known))
    due = {(partition.model, partition.game_date) for partition in ready}
    plan.held = [one for one in open_findings(warehouse, window, held=True) if (one.model, one.game_date) not in due]
    _estimate(plan.steps, known, warehouse.rows(DURATIONS) if plan.steps else [])
    return plan


def steps_of(
    partitions: Sequence[Partition], order: Mapping[str, int], known: Sequence[Mapping[str, Any]], chunk: str | None
) -> list[Step]:
    """Models with the same date ranges share a step, unless one of them waits for a model of another step.

    Windows never look ahead: build order within a date range, and ranges in time order, is all that dependencies ask.
    """
    if not partitions:
        return []
    dates = sorted({row["game_date"] for row in known} | {partition.game_date for partition in partitions})
    wanted: dict[str, set[date]] = defaultdict(set)
    for partition in partitions:
        wanted[partition.model].add(partition.game_date)
    first, last = min(map(min, wanted.values())), max(map(max, wanted.values()))
    due = {(row["model"], row["game_date"]) for row in known}
    ranges = {
        model: _ranges(
            [day for day in dates if day in wanted[model] or (first <= day <= last and (model, day) not in due)],
            dates,
            wanted[model],
        )
        for model in wanted
    }
    groups: list[tuple[list[str], list[tuple[date, date]]]] = []
    for model in sorted(ranges, key=lambda name: order[name]):
        if groups and groups[-1][1] == ranges[model]:
            groups[-1][0].append(model)
        else:
            groups.append(([model], ranges[model]))
    groups = _joined(groups)
    steps = [
        Step(models, start, end, sum(start <= day <= end for model in models for day in wanted[model]))
        for models, spans in groups
        for start, end in spans
    ]
    return _chunked(steps, wanted) if chunk == "month" else steps


def _joined(
    groups: list[tuple[list[str], list[tuple[date, date]]]],
) -> list[tuple[list[str], list[tuple[date, date]]]]:
    """Put later groups into an earlier one of the same ranges when no group between them reaches into those ranges.

    Build order is one of many topological orders; two runs of the same ranges with another range between them are as
    good as one when what is between has no dates up to theirs.
    """
    joined: list[tuple[list[str], list[tuple[date, date]]]] = []
    for models, spans in groups:
        for index in range(len(joined) - 1, -1, -1):
            if joined[index][1] == spans:
                joined[index][0].extend(models)
                break
            if joined[index][1][0][0] <= spans[-1][1]:
                joined.append((models, spans))
                break
        else:
            joined.append((models, spans))
    return joined


def _ranges(days: Sequence[date], dates: Sequence[date], wanted: set[date]) -> list[tuple[date, date]]:
    """Runs of consecutive scheduled dates, without ends that nobody wanted; one range when there are too many."""
    runs: list[list[date]] = []
    for day in days:
        if runs and dates[bisect_left(dates, day) - 1] == runs[-1][-1]:
            runs[-1].append(day)
        else:
            runs.append([day])
    spans = [(run[0], run[-1]) for run in runs if wanted.intersection(run)]
    return spans if len(spans) <= MOST_RANGES else [(spans[0][0], spans[-1][1])]


def _chunked(steps: list[Step], wanted: Mapping[str, set[date]]) -> list[Step]:
    """The same work month by month: every step of one month before any step of the next."""
    pieces = []
    for step in steps:
        for month in sorted({day.replace(day=1) for model in step.models for day in wanted[model]}):
            days = [
                day
                for model in step.models
                for day in wanted[model]
                if step.start <= day <= step.end and day.replace(day=1) == month
            ]
            if days:
                pieces.append((month, Step(step.models, min(days), max(days), len(days))))
    return [step for _, step in sorted(pieces, key=lambda piece: piece[0])]


def _wanted(
    order: Mapping[str, int],
    phase_of: Mapping[str, str | None],
    models: Iterable[str] | None,
    phases: Iterable[str] | None,
) -> set[str]:
    names = set(models or [])
    unknown = names - set(order)
    if unknown:
        raise BackfillError(f"no model is called {', '.join(sorted(unknown))}", "dbt ls --resource-type model")
    if phases is not None:
        asked = set(phases)
        if asked == set(BUILT):
            return set(order)
        names |= {name for name, phase in phase_of.items() if phase in asked}
        # what a phase needs of its own: intermediate tables of predictions for 5 and 5b, all others for 3
        for name in order:
            if name.startswith("int_predictions__"):
                names |= {name} if asked & {"5", "5b"} else set()
            elif name.startswith("int_"):
                names |= {name} if "3" in asked else set()
    return names or set(order)


def _gaps(partitions: Sequence[Partition], known: Sequence[Mapping[str, Any]]) -> int:
    built_until: dict[str, date] = {}
    for row in known:
        if row["row_count"] is not None:
            built_until[row["model"]] = max(row["game_date"], built_until.get(row["model"], row["game_date"]))
    return sum(
        partition.reason != "NEVER_RAN" or partition.game_date < built_until.get(partition.model, partition.game_date)
        for partition in partitions
        if partition.reason != "REQUESTED"
    )


def _partition(row: Mapping[str, Any]) -> Partition:
    return Partition(
        row["model"],
        row["game_date"],
        row.get("phase"),
        row["reason"],
        row["cause"],
        bool(row.get("is_circuit_open")),
        bool(row.get("is_blocked")),
        row.get("last_error"),
    )


def _estimate(
    steps: Sequence[Step], known: Sequence[Mapping[str, Any]], durations: Sequence[Mapping[str, Any]]
) -> None:
    """Rows as the partitions held last; seconds from the last build of each model: a fixed part, then per date."""
    rows: dict[str, dict[date, int]] = defaultdict(dict)
    for row in known:
        if row["row_count"] is not None:
            rows[row["model"]][row["game_date"]] = row["row_count"]
    last = {row["model"]: row for row in durations}
    fixed = min((float(row["seconds"]) for row in durations), default=0.0)
    for step in steps:
        held = [rows[model].get(day) for model in step.models for day in rows[model] if step.start <= day <= step.end]
        step.rows = sum(count for count in held if count is not None) if held else None
        if all(model in last for model in step.models):
            step.seconds = 0.0
            for model in step.models:
                built = sum(
                    last[model]["first_game_date"] <= day <= last[model]["last_game_date"] for day in rows[model]
                )
                dates = sum(step.start <= day <= step.end for day in rows[model])
                per_date = max(float(last[model]["seconds"]) - fixed, 0.0) / max(built, 1)
                step.seconds += fixed + per_date * dates
            step.seconds = round(step.seconds, 1)
