"""Steps of a plan as dbt invocations, with their checks."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backfill.base.dbt import RED, environment, invoke_with_progress, variables
from backfill.base.errors import WarehouseInUse
from backfill.base.verdicts import Finding, open_checks, open_findings
from backfill.base.warehouse import SCHEDULE, Warehouse
from backfill.build.planning import Plan, Step, make_plan

#: What the models of a step need besides each other: views over raw, whose content of the range is recorded, and the
#: schedule. Two seconds, so steps within a range that has them do without.
PREPARATION = f"tag:staging int_players__lists {SCHEDULE}"


@dataclass
class Outcome:
    """What dbt invocations did.

    `failed` and `warned` hold (node, message), `broken` those of `failed` that are no checks: nothing after them can be
    built. `held` are units that audits keep from readers, `flagged` findings that are published. `prepared` are the
    ranges of steps that brought views and schedule with them.
    """

    passed: int = 0
    skipped: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    warned: list[tuple[str, str]] = field(default_factory=list)
    seconds_by_model: dict[str, float] = field(default_factory=dict)
    partitions: int = 0
    seconds: float = 0.0
    prepared: list[tuple[date, date]] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)
    held: list[Finding] = field(default_factory=list)
    flagged: list[Finding] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """TRUE when nothing failed and no unit is held."""
        return not self.failed and not self.held

    def add(self, results: Sequence[Any]) -> None:
        """Count the results of one invocation."""
        for result in results:
            name = result.node.name
            is_test = result.node.resource_type == "test"
            # a failed test does not stop a build: dbt says that it warns
            is_red = is_test and str(result.status) == "warn" and result.node.config.severity.lower() == "error"
            status = "fail" if is_red else str(result.status)
            self.passed += status in {"success", "pass"}
            self.skipped += status == "skipped"
            if status in RED:
                self.failed.append((name, _said(result)))
                if not is_test:
                    self.broken.append((name, _said(result)))
            elif status == "warn" and (name, _said(result)) not in self.warned:
                self.warned.append((name, _said(result)))
            if result.node.resource_type == "model":
                self.seconds_by_model[name] = self.seconds_by_model.get(name, 0.0) + result.execution_time


def build_everything(
    warehouse: Warehouse, start: date, end: date, outcome: Outcome, *, note: str | None = None, gates: bool = True
) -> None:
    """Plain `dbt build` of a range: every model with its audit and its checks."""
    arguments = ["build", "--exclude-resource-type", "unit_test"]
    if not gates:
        arguments.append("test")
    _invoke(warehouse, arguments, start, end, outcome, note=note)
    if not gates:
        check(warehouse, start, end, outcome, note=note)


def build_step(
    warehouse: Warehouse,
    step: Step,
    outcome: Outcome,
    *,
    note: str | None = None,
    gates: bool = True,
    title: str = "",
) -> None:
    """Build the models of a step over its range, with the checks that concern nothing but them and what is before."""
    arguments = ["build", "--indirect-selection", "buildable", "--exclude-resource-type", "unit_test"]
    if not gates:
        arguments.append("test")
    is_prepared = any(start <= step.start and step.end <= end for start, end in outcome.prepared)
    arguments += ["--select", *([] if is_prepared else PREPARATION.split()), *step.models]
    with variables({"NBA_AUDIT_ONLY": "1"} if step.audits_only else {}):
        _invoke(warehouse, arguments, step.start, step.end, outcome, note=note, title=title)
    outcome.prepared.append((step.start, step.end))
    outcome.partitions += step.partitions


def build_stale(
    warehouse: Warehouse, plan: Plan, window: tuple[date, date] | None, outcome: Outcome, *, note: str
) -> Iterator[tuple[Step, Plan]]:
    """Build the first step of a plan, plan again, and so on until nothing is stale or a model failed.

    Yields each step that was built, and the plan after it: what reads a partition that turned out the same is no longer
    in it.
    """
    number = 0
    while not plan.is_empty and not outcome.broken:
        number += 1
        step, before = plan.steps[0], len(plan.partitions)
        if plan.is_everything:
            build_everything(warehouse, step.start, step.end, outcome, note=note)
            outcome.partitions += step.partitions
        else:
            build_step(warehouse, step, outcome, note=note, title=f"round {number}")
        plan = make_plan(warehouse, window)
        if not outcome.broken and len(plan.partitions) >= before:
            said = (note, f"{before} partitions were stale before the last step and are after it")
            outcome.failed.append(said)
            outcome.broken.append(said)
        yield step, plan


def check(warehouse: Warehouse, start: date, end: date, outcome: Outcome, *, note: str | None = None) -> None:
    """Run every data test of a range."""
    _invoke(warehouse, ["test", "--select", "test_type:data"], start, end, outcome, note=note, title="checks")


def judge_again(
    warehouse: Warehouse, window: tuple[date, date] | None, outcome: Outcome, *, note: str | None = None
) -> None:
    """Run the failed checks that stand over their own dates again: what passes is closed, the rest fails again.

    And read which findings of audits stand: they are closed by an audit of the same partition only.
    """
    spans: dict[tuple[date, date], list[str]] = {}
    said = {name for name, _ in outcome.failed}
    for check in open_checks(warehouse, window):
        if check.name not in said:
            spans.setdefault((check.first, check.last), []).append(check.name)
    for (start, end), names in spans.items():
        _invoke(warehouse, ["test", "--select", *names], start, end, outcome, note=note, title="failed before")
    # a check that a build reported of rows which its audit holds back is no failed check: the unit is told
    stand = {check.name for check in open_checks(warehouse, window)}
    outcome.failed = [one for one in outcome.failed if one[0] in stand or one in outcome.broken]
    found = open_findings(warehouse, window)
    outcome.held = [finding for finding in found if finding.is_held]
    outcome.flagged = [finding for finding in found if not finding.is_held]


def build_plan(
    warehouse: Warehouse, plan: Plan, outcome: Outcome, *, note: str | None = None, gates: bool = True
) -> None:
    """All steps of a plan in order, stopped by a model that fails; then every check of the range they touched."""
    if plan.is_everything:
        (step,) = plan.steps
        build_everything(warehouse, step.start, step.end, outcome, note=note, gates=gates)
        outcome.partitions += step.partitions
        return
    for number, step in enumerate(plan.steps, 1):
        title = f"step {number} of {len(plan.steps)}" if len(plan.steps) > 1 else ""
        build_step(warehouse, step, outcome, note=note, gates=gates, title=title)
        if outcome.broken and gates:
            return
    first, last = min(step.start for step in plan.steps), max(step.end for step in plan.steps)
    check(warehouse, first, last, outcome, note=note)


def _invoke(
    warehouse: Warehouse,
    arguments: list[str],
    start: date,
    end: date,
    outcome: Outcome,
    *,
    note: str | None,
    title: str = "",
) -> None:
    began = time.monotonic()
    deadline = began + warehouse.wait_seconds
    with environment((start.isoformat(), end.isoformat()), warehouse.path, note, NBA_RUN_SUMMARY="backfill"):
        while True:
            warehouse.wait()
            try:
                results = invoke_with_progress(arguments, warehouse.target, title)
                break
            except WarehouseInUse:
                # another process was quicker between the look and the start
                if time.monotonic() > deadline:
                    raise
    outcome.add(results)
    outcome.seconds += time.monotonic() - began


def _said(result: Any) -> str:
    """What a node has to say: for a data test how many rows it found, where they are kept and where its query is."""
    if result.status in {"warn", "fail"}:
        kept = f" in {result.node.schema}.{result.node.alias}" if result.node.config.store_failures else ""
        return f"{result.failures:,} rows{kept}, found by {result.node.original_file_path}"
    return result.message or ""
