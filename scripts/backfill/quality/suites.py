"""Great Expectations suites from the contract. A suite looks at one kind of batch; each starts with its row count."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

import great_expectations.expectations as gxe
from great_expectations.expectations.row_conditions import Column, Condition

from backfill.quality.batches import Calendar, Span, countable, drifting, steady
from backfill.quality.contract import ERROR, WARNING, Table, Where

FILL_DROP_POINTS = 20  # story 12: a larger drop against the trailing 30 game dates is an error
MEAN_DEVIATIONS = 10  # and a mean this many standard deviations away deserves a look
ROWS_PER_ENTITY_PCT = 60  # half of the players of a game gone is far below any real game
SUSPECT_ZEROS_PCT = 5  # zero_is_suspect: true now and then, not in one row of twenty
LINE_SHARE_PCT = 10  # story 22: a real line takes many values
LINE_COUNT = 200  # fewer lines may well share one value
BUDGET_DATES = 10  # a share is judged over many dates; over fewer it only warns
BASELINE_SHARE = 0.5  # fewer than half of the distinct values of healthy data
#: Columns that hold betting lines, and how many lines some rows hold: a total is one line, on every row of its game.
LINES = {
    "points_line": "count(*)",
    "opening_line": "count(*)",
    "current_points_line": "count(*)",
    "opening_points_line": "count(*)",
    "game_total": "count(distinct game_id)",
    "opening_total": "count(distinct game_id)",
}
SEVERITY = {ERROR: "critical", WARNING: "warning"}


def rows_suite(table: Table, calendar: Calendar, expected: dict[date, int], found: int) -> Iterator[gxe.Expectation]:
    """Expectations about the rows of the range. An empty batch gets the row count alone: the others would be idle."""
    mark = _Marker(table, "rows")
    total = sum(expected.values())
    exact = bool(table.expected_entities) and not table.is_raw
    # raw may hold more rows than entities, a published table has exactly one of each
    yield mark.make(
        gxe.ExpectTableRowCountToBeBetween,
        "row count from the schedule",
        min_value=total if exact else max(total, 1),
        max_value=total if exact else None,
    )
    if not found:
        return
    yield (
        mark.make(gxe.ExpectCompoundColumnsToBeUnique, "unique grain", column_list=list(table.grain))
        if len(table.grain) > 1
        else mark.make(gxe.ExpectColumnValuesToBeUnique, "unique grain", column=table.grain[0])
    )
    yield from _filled(table, calendar, mark)
    for column, bounds in table.ranges.items():
        yield mark.make(
            gxe.ExpectColumnValuesToBeBetween,
            "range",
            bounds.severity,
            column=column,
            min_value=bounds.low,
            max_value=bounds.high,
            **_condition(bounds.where),
        )
    for column, policy in table.zero_policy.items():
        if policy == "never_zero":
            yield mark.make(gxe.ExpectColumnValuesToNotBeInSet, "never zero", column=column, value_set=[0])
        elif policy == "zero_is_suspect":
            yield mark.make(
                gxe.ExpectColumnValuesToNotBeInSet,
                "zeros are rare",
                WARNING,
                column=column,
                value_set=[0],
                mostly=1 - SUSPECT_ZEROS_PCT / 100,
            )
    for column, values in table.accepted.items():
        yield mark.make(gxe.ExpectColumnValuesToBeInSet, "accepted values", column=column, value_set=list(values))
    for column in sorted(LINES.keys() & set(table.columns)):
        yield mark.make(
            gxe.UnexpectedRowsExpectation,
            "lines differ",
            about=column,
            description=f"no value of {column} is on more than {LINE_SHARE_PCT} % of the lines",
            unexpected_rows_query=(
                f"select lines.{column}, lines.equal_lines, lines.all_lines from ("
                f"select {column}, {LINES[column]} as equal_lines, sum({LINES[column]}) over () as all_lines"
                f" from {{batch}} where {column} is not null group by {column}) as lines"
                f" where lines.all_lines >= {LINE_COUNT}"
                f" and 100 * lines.equal_lines > {LINE_SHARE_PCT} * lines.all_lines"
            ),
        )


def _filled(table: Table, calendar: Calendar, mark: _Marker) -> Iterator[gxe.Expectation]:
    """Keys, critical columns and budgets. What is not critical may be empty during the bootstrap days."""
    for column in table.columns:
        budget = table.null_budget.get(column)
        required = column in table.critical or (column in table.grain and not table.is_raw)
        if budget is None and not required:
            continue
        allowed = budget.max_pct if budget else 0.0
        severity = budget.severity if budget else ERROR
        if allowed and len(calendar.requested) < BUDGET_DATES:
            severity = WARNING
        condition = _condition(budget.where if budget else None)
        if not condition and not table.is_raw and not required:
            condition = {"row_condition": Column("after_bootstrap") == 1}
        yield mark.make(
            gxe.ExpectColumnValuesToNotBeNull, "filled", severity, column=column, mostly=1 - allowed / 100, **condition
        )


def days_suite(table: Table, found: int) -> Iterator[gxe.Expectation]:
    """Expectations about every game date: who is missing, and how the date differs from the 30 before it."""
    mark = _Marker(table, "days")
    if table.expected_entities:
        yield mark.make(
            gxe.ExpectColumnValuesToBeBetween,
            "expected entities per date",
            column="missing",
            min_value=None if table.is_raw else 0,
            max_value=0,
        )
    if not found:
        return
    if table.entity and table.entity != ("game_date",):
        yield mark.make(
            gxe.ExpectColumnValuesToBeBetween,
            "rows per entity against the trailing 30 dates",
            column="rows_per_entity_pct",
            min_value=ROWS_PER_ENTITY_PCT,
        )
    for column in drifting(table):
        budget = table.null_budget.get(column)
        if budget:
            yield mark.make(
                gxe.ExpectColumnValuesToBeBetween,
                "fill rate against the trailing 30 dates",
                budget.severity,
                about=column,
                column=f"fill__{column}",
                min_value=-FILL_DROP_POINTS,
            )
        if column in steady(table):
            yield mark.make(
                gxe.ExpectColumnValuesToBeBetween,
                "mean against the trailing 30 dates",
                WARNING,
                about=column,
                column=f"mean__{column}",
                min_value=-MEAN_DEVIATIONS,
                max_value=MEAN_DEVIATIONS,
            )


def spans_suite(table: Table, spans: list[Span], baseline: dict[str, int]) -> Iterator[gxe.Expectation]:
    """Expectations about spans of 30 game dates: numbers vary, and columns have about as many values as ever."""
    mark = _Marker(table, "spans")
    yield mark.make(
        gxe.ExpectTableRowCountToBeBetween, "spans from the schedule", min_value=len(spans), max_value=len(spans)
    )
    for column in table.must_vary:
        yield mark.make(gxe.ExpectColumnValuesToBeBetween, "varies", column=column, min_value=2)
    for column in countable(table):
        usual = baseline.get(column, 0)
        if usual > 1 and column not in table.may_be_constant:
            yield mark.make(
                gxe.ExpectColumnValuesToBeBetween,
                "distinct values against the baseline",
                column=column,
                min_value=max(2, math.ceil(BASELINE_SHARE * usual)),
                row_condition=Column("is_whole") == 1,
            )


def bands_suite() -> Iterator[gxe.Expectation]:
    """Expectations about the share of players without a shot-zone row, by season week (operations 1.15)."""
    meta = {"table": "shot_zone_failure_rates", "batch": "weeks", "severity": ERROR, "column": "share_without_row_pct"}
    for kind, larger, smaller in (
        ("failures below the upper bound", "high_pct", "share_without_row_pct"),
        ("failures above the lower bound", "share_without_row_pct", "low_pct"),
    ):
        yield gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=larger, column_B=smaller, or_equal=True, severity="critical", meta={**meta, "kind": kind}
        )


class _Marker:
    """Gives every expectation its kind, column and severity; a table that may only warn has no errors."""

    def __init__(self, table: Table, batch: str) -> None:
        self.table, self.batch = table, batch

    def make(
        self, expectation: type[gxe.Expectation], kind: str, severity: str = ERROR, about: str = "", **arguments: Any
    ) -> gxe.Expectation:
        severity = WARNING if self.table.severity == WARNING else severity
        column = about or arguments.get("column") or ", ".join(arguments.get("column_list", []))
        meta = {"table": self.table.name, "batch": self.batch, "kind": kind, "column": column, "severity": severity}
        return expectation(severity=SEVERITY[severity], meta=meta, **arguments)


def _condition(where: Where | None) -> dict[str, Condition]:
    """The condition as an argument of an expectation."""
    if where is None:
        return {}
    of, value = Column(where.column), where.value
    if where.operator == "=":
        return {"row_condition": of == value}
    compare = {">=": of.__ge__, "<=": of.__le__, ">": of.__gt__, "<": of.__lt__}
    return {"row_condition": compare[where.operator](value)}
