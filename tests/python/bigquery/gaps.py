"""What crucible 0.1.0a2 does otherwise than BigQuery and this project needs; each is one entry of docs/bigquery.md.

The functions change the syntax tree that the emulator is about to translate, never the models. `fill_gaps` installs
them into the running process.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import sqlglot
from sqlglot import exp


def normalize_nfd(node: exp.Expr) -> exp.Expr:
    """NORMALIZE(text, NFD) is not there. DuckDB's strip_accents is, once only a-z of the result is kept, the same."""
    if isinstance(node, exp.Normalize):
        return exp.Anonymous(this="strip_accents", expressions=[node.this])
    return node


def clock_in_a_zone_of_a_column(node: exp.Expr) -> exp.Expr:
    """DATETIME(instant, zone): a zone that is no literal is taken for a TIME."""
    if isinstance(node, exp.Datetime):
        zone = node.args.get("expression")
        if zone is not None and not isinstance(zone, exp.Time | exp.Cast):
            return exp.cast(exp.AtTimeZone(this=exp.paren(node.this), zone=zone), "TIMESTAMP")
    return node


def numeric_with_scale(node: exp.Expr) -> exp.Expr:
    """A result of type NUMERIC(p, s) is refused. Cast on: the same rounding, and a type the emulator can name."""
    if isinstance(node, exp.Cast) and not node.meta.get("rounded"):
        target = node.to
        if target.this == exp.DType.DECIMAL and target.expressions:
            inner = node.copy()
            inner.meta["rounded"] = True
            return type(node)(this=inner, to=exp.DataType.build("NUMERIC", dialect="bigquery"))
    return node


def without_filter_requirement(node: exp.Expr) -> exp.Expr:
    """OPTIONS(require_partition_filter = true) is refused. Statements are held against it by `bounds` instead."""
    if isinstance(node, exp.Property) and node.name.lower() == "require_partition_filter":
        return exp.Property(this=exp.to_identifier("description"), value=exp.Literal.string("filter required"))
    return node


def row_fingerprint(node: exp.Expr) -> exp.Expr:
    """FARM_FINGERPRINT is not there. Another hash serves: fingerprints are compared within one warehouse only."""
    if isinstance(node, exp.FarmFingerprint):
        hashed = exp.Anonymous(this="hash", expressions=node.expressions)
        # 63 of the 64 bits: the signed integer that BigQuery gives
        return exp.cast(exp.Anonymous(this="fmod", expressions=[hashed, exp.Literal.number(2**63 - 1)]), "BIGINT")
    return node


def bignumeric(node: exp.Expr) -> exp.Expr:
    """BIGNUMERIC is refused. NUMERIC holds the sum of 10**10 64-bit hashes."""
    if isinstance(node, exp.DataType) and node.this == exp.DType.BIGDECIMAL:
        return exp.DataType.build("NUMERIC", dialect="bigquery")
    return node


GAPS: tuple[Callable[[exp.Expr], exp.Expr], ...] = (
    normalize_nfd,
    clock_in_a_zone_of_a_column,
    numeric_with_scale,
    without_filter_requirement,
    row_fingerprint,
    bignumeric,
)


def fill_gaps() -> None:
    """Let every statement that the emulator parses pass through GAPS."""
    from crucible.dialects.bigquery import ddl, generator, statements

    # nobody looks at a tree after its text is made: the copy is a fifth of the emulator's time
    generator._DIALECT.generate = partial(generator._DIALECT.generate, copy=False)
    statements.sqlglot = ddl.sqlglot = _Sqlglot()
    statements._plan = _with_updates(statements._plan, statements.run_sql)


def _with_updates(plan: Callable[..., Any], run_sql: Callable[..., Any]) -> Callable[..., Any]:
    """UPDATE is refused. The ledger's is simple enough to mean the same on DuckDB as it stands."""

    def planned(tree: exp.Expr, ctx: Any) -> Any:
        if isinstance(tree, exp.Update):
            return run_sql(tree.sql(dialect="duckdb"), "UPDATE", ctx, returns_rows=False)
        return plan(tree, ctx)

    return planned


class _Sqlglot:
    """Stands in for the module sqlglot inside the emulator."""

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlglot, name)

    @staticmethod
    def parse(*arguments: Any, **options: Any) -> list[exp.Expr | None]:
        return [tree and _filled(tree) for tree in sqlglot.parse(*arguments, **options)]

    @staticmethod
    def parse_one(*arguments: Any, **options: Any) -> exp.Expr:
        return _filled(sqlglot.parse_one(*arguments, **options))


def _filled(tree: exp.Expr) -> exp.Expr:
    return tree.transform(_through_all, copy=False)


def _through_all(node: exp.Expr) -> exp.Expr:
    for gap in GAPS:
        node = gap(node)
    return node
