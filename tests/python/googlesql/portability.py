"""What GoogleSQL's analyser accepts and still goes wrong: BigQuery refuses it later, or DuckDB means something else.

Works on the compiled BigQuery text, parsed by sqlglot.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

# sqlglot announces through logging what it does not parse in detail
logging.getLogger("sqlglot").setLevel(logging.ERROR)

OUTER_JOIN = "BigQuery runs an outer join only on an equality of both sides: {sql}"
LEAST_GREATEST = (
    "DuckDB skips NULL arguments, BigQuery returns NULL; coalesce them or test them in the CASE around: {sql}"
)
CONCAT = "DuckDB skips NULL arguments, BigQuery returns NULL; write ||: {sql}"


@dataclass(frozen=True)
class Complaint:
    """One place that will not do. `line` counts from 1; None when unknown."""

    message: str
    line: int | None = None


def complaints(sql: str) -> list[Complaint]:
    """Everything in one statement that both engines do not take the same way."""
    try:
        statement = sqlglot.parse_one(sql, dialect="bigquery")
    except SqlglotError as error:
        return [Complaint(f"sqlglot: {str(error).splitlines()[0]}")]
    return [*_outer_joins(statement), *_functions_that_differ(statement)]


def _outer_joins(statement: exp.Expression) -> Iterator[Complaint]:
    for join in statement.find_all(exp.Join):
        condition = join.args.get("on")
        if join.side and condition and not any(_joins_on(part, join.alias_or_name) for part in _conjuncts(condition)):
            yield _complaint(OUTER_JOIN, join)


def _conjuncts(condition: exp.Expression) -> Iterator[exp.Expression]:
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        yield from _conjuncts(condition.left)
        yield from _conjuncts(condition.right)
    else:
        yield condition


def _joins_on(condition: exp.Expression, joined: str) -> bool:
    """TRUE for an equality with columns of the joined table on one side and none of them on the other."""
    if not isinstance(condition, exp.EQ):
        return False
    sides = [{column.table for column in side.find_all(exp.Column)} for side in (condition.left, condition.right)]
    return all(sides) and {joined} in sides and any(joined not in side for side in sides)


def _functions_that_differ(statement: exp.Expression) -> Iterator[Complaint]:
    for call in statement.find_all(exp.Greatest, exp.Least):
        arguments = [call.this, *call.expressions]
        if not all(_never_null(argument) for argument in arguments) and not _tested_around(call):
            yield _complaint(LEAST_GREATEST, call)
    for call in statement.find_all(exp.Concat):
        yield _complaint(CONCAT, call)


def _never_null(expression: exp.Expression) -> bool:
    """TRUE when the text alone shows that the value is not NULL."""
    if isinstance(expression, exp.Coalesce):
        return any(_never_null(part) for part in [expression.this, *expression.expressions])
    if isinstance(expression, exp.Binary | exp.Paren | exp.Neg | exp.Cast) and not isinstance(expression, exp.Div):
        return all(_never_null(part) for part in expression.iter_expressions() if not isinstance(part, exp.DataType))
    return isinstance(expression, exp.Literal | exp.Count | exp.CountIf)


def _tested_around(call: exp.Expression) -> bool:
    """TRUE in the result of a CASE branch that tests something for NULL."""
    branch = call.find_ancestor(exp.If)
    while branch is not None:
        if any(isinstance(test.expression, exp.Null) for test in branch.this.find_all(exp.Is)):
            return True
        branch = branch.find_ancestor(exp.If)
    return False


def _complaint(message: str, node: exp.Expression) -> Complaint:
    line = next((part.meta["line"] for part in node.walk() if "line" in part.meta), None)
    sql = node.sql(dialect="bigquery")
    return Complaint(message.format(sql=sql if len(sql) <= 160 else f"{sql[:157]}..."), line)
