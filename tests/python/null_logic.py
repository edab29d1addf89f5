"""Where an unknown value takes the branch of a known one: CASE and WHERE over what a LEFT JOIN can make NULL.

`case when games < 5 then null else 0 end` is 0 for a player without a row in `games`: NULL < 5 is not true.
Looks at compiled SQL. A column can be NULL when it comes from the right side of a LEFT JOIN of this model, directly or
through its CTEs; what a column of another table may be is the business of that table's contract.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp

#: A value of these is never NULL, whatever is put in.
NEVER_NULL = (exp.Count, exp.CountIf, exp.Is, exp.Exists, exp.Literal, exp.Boolean, exp.RowNumber, exp.CurrentTimestamp)
OPTIONAL_SIDES = {"LEFT": ("joined",), "RIGHT": ("from",), "FULL": ("joined", "from")}


@dataclass(frozen=True)
class Swallowed:
    """An expression that gives a known answer for an unknown input: the CTE, the column or clause, the input."""

    cte: str
    place: str
    unknown: str

    def __str__(self) -> str:
        return f"{self.cte}.{self.place} <- {self.unknown}"


@dataclass
class Scope:
    """One SELECT: which of its tables may have no row, and which columns of CTEs may be NULL."""

    optional: set[str] = field(default_factory=set)
    sources: dict[str, str] = field(default_factory=dict)
    #: CTE -> column -> the joined rows that it comes from, as 'CTE.alias'
    nullable: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    cte: str = ""

    def rows_behind(self, column: exp.Column) -> set[str]:
        """The rows of LEFT JOINs without which this column is NULL; none when it always has a row."""
        rows: set[str] = set()
        for name in [column.table] if column.table else list(self.sources):
            if name in self.optional:
                rows.add(f"{self.cte}.{name}")
            rows |= self.nullable.get(self.sources.get(name, ""), {}).get(column.name, set())
        return rows

    def is_unknown(self, column: exp.Column) -> bool:
        """TRUE when a LEFT JOIN can leave this column NULL."""
        return bool(self.rows_behind(column))

    def can_be_null(self, node: exp.Expression | None) -> bool:
        """TRUE when the expression is NULL for some missing row."""
        if node is None or isinstance(node, (exp.Null, *NEVER_NULL)):
            return False  # NULL as the model itself writes it is an answer
        if isinstance(node, exp.Column):
            return self.is_unknown(node)
        if isinstance(node, exp.Coalesce):
            return all(self.can_be_null(part) for part in (node.this, *node.expressions))
        if isinstance(node, exp.Case):
            results = [branch.args["true"] for branch in node.args["ifs"]]
            return any(self.can_be_null(part) for part in (*results, node.args.get("default")))
        if isinstance(node, exp.Window):
            return self.can_be_null(node.this)
        return any(self.can_be_null(part) for part in node.iter_expressions())


def swallowed(sql: str, dialect: str = "duckdb") -> list[Swallowed]:
    """Every place of a query where NULL of a missing row is taken for an answer."""
    query = sqlglot.parse_one(sql, read=dialect)
    nullable: dict[str, dict[str, set[str]]] = {}
    found: list[Swallowed] = []
    for cte in query.find_all(exp.CTE):
        columns: dict[str, set[str]] = {}
        for select in _selects(cte.this):
            scope = _scope(select, nullable, cte.alias)
            found += [Swallowed(cte.alias, place, unknown) for place, unknown in _swallowed_in(select, scope)]
            for name, rows in _nullable_columns(select, scope).items():
                columns.setdefault(name, set()).update(rows)
        nullable[cte.alias] = columns
    return list(dict.fromkeys(found))


def _selects(node: exp.Expression) -> Iterator[exp.Select]:
    if isinstance(node, exp.SetOperation):
        yield from _selects(node.left)
        yield from _selects(node.right)
    elif isinstance(node, exp.Subquery):
        yield from _selects(node.this)
    elif isinstance(node, exp.Select):
        yield node


def _scope(select: exp.Select, nullable: dict[str, dict[str, set[str]]], cte: str) -> Scope:
    scope = Scope(nullable=nullable, cte=cte)
    first = select.args.get("from_") or select.args.get("from")
    tables = [(first.this, "from", "")] if first else []
    tables += [(join.this, "joined", (join.side or "").upper()) for join in select.args.get("joins") or []]
    for table, _, side in tables:
        name = table.alias_or_name
        scope.sources[name] = _cte_behind(table)
        if "joined" in OPTIONAL_SIDES.get(side, ()):
            scope.optional.add(name)
        if "from" in OPTIONAL_SIDES.get(side, ()):
            scope.optional |= set(scope.sources) - {name}
    return scope


def _cte_behind(table: exp.Expression) -> str:
    return table.name if isinstance(table, exp.Table) and not table.db else ""


def _nullable_columns(select: exp.Select, scope: Scope) -> dict[str, set[str]]:
    columns: dict[str, set[str]] = {}
    for projection in select.expressions:
        if isinstance(projection, exp.Star) or isinstance(projection.this, exp.Star):
            names = (
                [projection.table] if isinstance(projection, exp.Column) and projection.table else list(scope.sources)
            )
            for name in names:
                columns |= scope.nullable.get(scope.sources.get(name, ""), {})
        elif scope.can_be_null(projection.unalias()):
            rows = [scope.rows_behind(column) for column in projection.find_all(exp.Column)]
            columns[projection.alias_or_name] = set().union(*rows)
    return columns


def _swallowed_in(select: exp.Select, scope: Scope) -> Iterator[tuple[str, str]]:
    for projection in select.expressions:
        for case in projection.find_all(exp.Case):
            known = _rows(_answered_around(case, projection), scope)
            for unknown in _unknowns_of(case, scope, known):
                yield projection.alias_or_name, unknown
    for clause in ("where", "having", "qualify"):
        condition = select.args.get(clause)
        if condition is not None:
            guarded = _rows(_guarded(condition.this), scope)
            for column in _strict_columns(condition.this):
                if scope.is_unknown(column) and not scope.rows_behind(column) <= guarded:
                    yield clause, column.sql()


def _rows(columns: Iterable[exp.Column], scope: Scope) -> set[str]:
    return set().union(*(scope.rows_behind(column) for column in columns))


def _answered_around(case: exp.Expression, projection: exp.Expression) -> Iterator[exp.Column]:
    """Columns whose NULL makes NULL of what the CASE stands in, or keeps it from being reached."""
    node = case
    while node is not projection:
        parent = node.parent
        if isinstance(parent, exp.If) and node.arg_key == "true":
            outer = parent.parent
            asked = outer.this if isinstance(outer, exp.Case) and outer.this is not None else parent.this
            yield from _strict_columns(asked)
            yield from _guarded(asked)
        elif isinstance(parent, exp.Case) and node.arg_key == "default":
            for branch in parent.args["ifs"]:
                yield from _guarded(branch.this)
        elif not isinstance(parent, (exp.Coalesce, exp.If, exp.Case)):
            for part in parent.iter_expressions():
                if part is not node:
                    yield from _strict_columns(part)
        node = parent


def _unknowns_of(case: exp.Case, scope: Scope, known: set[str]) -> Iterator[str]:
    default = case.args.get("default")
    if default is None or isinstance(default, exp.Null):
        return
    known = known | _rows(_strict_columns(default), scope)
    for branch in case.args["ifs"]:
        condition = branch.this if case.this is None else case.this
        known |= _rows(_guarded(condition), scope)
        for column in _strict_columns(condition):
            if scope.is_unknown(column) and not scope.rows_behind(column) <= known:
                yield column.sql()


def _guarded(condition: exp.Expression) -> Iterator[exp.Column]:
    """Columns that the condition asks about being NULL."""
    for test in condition.find_all(exp.Is):
        if isinstance(test.expression, exp.Null) and isinstance(test.this, exp.Column):
            yield test.this


def _strict_columns(node: exp.Expression) -> Iterator[exp.Column]:
    """Columns outside COALESCE, IS NULL, CASE and counts: their NULL is the NULL of the whole."""
    if isinstance(node, exp.Column):
        yield node
    elif not isinstance(node, (exp.Coalesce, exp.Is, exp.Case, exp.Count, exp.CountIf, exp.Subquery)):
        for part in node.iter_expressions():
            yield from _strict_columns(part)
