"""Mutants of one model: compiled SQL in, named small faults out.

A mutant is named by where it is and what it changes, so that its name outlives changes elsewhere. It changes every
identical copy inside one column, because macros write an argument more than once (a rounded quotient has its
denominator twice). Left alone: the requested dates (macros/window, tests of the range contract) and the sign of a
rounded quotient (test_cross_db_macros).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from zlib import crc32

import sqlglot
from sqlglot import exp

#: An operator's changes at one node: what is written there now and instead; None is no change.
Changes = Iterator[tuple[str, str, exp.Expression]]

ZONES = ("paint", "mid_range", "three_pt")
ZONE_WORDS = ("paint", "mid_range", "perimeter")
FLIPPED = {exp.LT: exp.LTE, exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT}
AGGREGATES = {exp.Sum: exp.Avg, exp.Avg: exp.Sum}
CONDITIONS = (exp.Where, exp.Having, exp.Qualify, exp.Join, exp.If)


@dataclass(frozen=True)
class Mutant:
    """One fault: the operator that made it, the CTE, the column or clause in it, and the text before and after."""

    model: str
    operator: str
    cte: str
    place: str
    before: str
    after: str

    @property
    def name(self) -> str:
        """What the list of equivalent mutants calls it."""
        return f"{self.model}.{self.cte}.{self.place} | {self.operator} | {self.before} -> {self.after}"


@dataclass
class Tree:
    """A parsed query and the mutants that can be made of it."""

    ctes: dict[str, exp.Expression]
    #: The text of each CTE, and of what follows them; a mutant changes one of them.
    texts: dict[str, str]
    last: str
    edits: dict[Mutant, list[tuple[exp.Expression, exp.Expression]]] = field(default_factory=dict)

    @classmethod
    def of(cls, model: str, sql: str) -> Tree:
        """Parse a model's compiled SQL. CTEs of inputs (dbt's fixtures and ephemeral models) are not mutated."""
        query = sqlglot.parse_one(sql, read="duckdb")
        known = {column.name for column in query.find_all(exp.Column)}
        ctes = {cte.alias: cte.this for cte in query.args["with_"].expressions}
        query.set("with_", None)
        tree = cls(ctes, {name: _sql(cte) for name, cte in ctes.items()}, _sql(query))
        for name, cte in ctes.items():
            if name.startswith("__dbt__cte__"):
                continue
            for place, node, operator, before, after, new in _changes(cte):
                if operator == "zone" and isinstance(new, exp.Column) and new.name not in known:
                    continue
                mutant = Mutant(model, operator, name, place, _shown(before), _shown(after))
                tree.edits.setdefault(mutant, []).append((node, new))
        return tree

    def sql(self, mutant: Mutant | None = None) -> str:
        """The query, with a mutant in it."""
        texts = self.texts | ({mutant.cte: self._mutated(mutant)} if mutant else {})
        return f"with {', '.join(f'{name} as ({text})' for name, text in texts.items())} {self.last}"

    def _mutated(self, mutant: Mutant) -> str:
        done = []
        for node, new in self.edits[mutant]:
            stand_in = new.copy()
            if isinstance(node.parent, exp.Select) and node.arg_key == "expressions" and isinstance(node, exp.Column):
                stand_in = exp.alias_(stand_in, node.name)
            node.replace(stand_in)
            done.append((stand_in, node))
        text = _sql(self.ctes[mutant.cte])
        for stand_in, node in done:
            stand_in.replace(node)
        return text


def _sql(query: exp.Expression) -> str:
    return query.sql(dialect="duckdb")


def _changes(cte: exp.Expression) -> Iterator[tuple[str, exp.Expression, str, str, str, exp.Expression]]:
    """Every change of every operator, with its place and node."""
    for place, root in _places(cte):
        for node in root.walk(prune=_is_requested_dates):
            if not _is_requested_dates(node) and not _is_sign_of_quotient(node):
                for operator, change in OPERATORS.items():
                    for before, after, new in change(node):
                        yield place, node, operator, before, after, new


def _places(query: exp.Expression) -> Iterator[tuple[str, exp.Expression]]:
    """The parts of a SELECT by name: its columns, then its clauses."""
    for column in query.expressions:
        yield column.alias_or_name or column.sql(), column
    for join in query.args.get("joins") or []:
        yield f"join {join.this.alias_or_name}", join
    for window in query.args.get("windows") or []:
        yield f"window {window.name}", window
    for clause in ("where", "having", "qualify"):
        if query.args.get(clause):
            yield clause, query.args[clause]


def _is_requested_dates(node: exp.Expression) -> bool:
    """TRUE for what in_window() writes."""
    return isinstance(node, exp.Between) and isinstance(node.args["low"], exp.Cast)


def _is_sign_of_quotient(node: exp.Expression) -> bool:
    """TRUE in the condition of the rounding macro's `case when x < 0 then -1`."""
    branch = node.find_ancestor(exp.If)
    return bool(
        branch
        and isinstance(branch.args.get("true"), exp.Neg)
        and branch.args["true"].this.sql() == "1"
        and isinstance(branch.this, exp.LT)
        and (node is branch.this or node.parent is branch.this)
    )


def _shown(text: str) -> str:
    """A long text cut in the middle; what was cut stays in the name as a checksum."""
    return text if len(text) <= 90 else f"{text[:40]} ..{crc32(text.encode()):08x}.. {text[-40:]}"


def _text(node: exp.Expression) -> str:
    return re.sub(r"\s+", " ", _sql(node)).replace('"', "")


def _replaced(node: exp.Expression, new: exp.Expression) -> tuple[str, str, exp.Expression]:
    return _text(node), _text(new), new


def comparison(node: exp.Expression) -> Changes:
    """`<` to `<=`, `>` to `>=`, and back."""
    if type(node) in FLIPPED:
        yield _replaced(node, FLIPPED[type(node)](this=node.this.copy(), expression=node.expression.copy()))


def bound(node: exp.Expression) -> Changes:
    """A whole number that something is compared with, a window's rows or an interval's days: one less, one more."""
    if isinstance(node, (*FLIPPED, exp.EQ)):
        keys = [key for key in ("this", "expression") if _is_whole_number(node.args[key])]
    elif isinstance(node, exp.WindowSpec):
        keys = [key for key in ("start", "end") if _is_whole_number(node.args.get(key))]
    elif isinstance(node, exp.Interval):
        keys = ["this"] if _is_whole_number(node.this) else []
    else:
        keys = []
    for key in keys:
        for step in (-1, 1):
            new = node.copy()
            number = int(node.args[key].this)
            quoted = node.args[key].is_string
            new.set(key, exp.Literal(this=str(number + step), is_string=quoted))
            if number + step >= 0:
                yield _replaced(node, new)


def join(node: exp.Expression) -> Changes:
    """Left to inner, inner to left."""
    if isinstance(node, exp.Join) and node.args.get("on"):
        new = node.copy()
        new.set("side", None if node.side else "left")
        new.set("kind", "inner" if node.side else None)
        yield f"{node.side or 'inner'} join".lower(), f"{new.side or 'inner'} join".lower(), new


def predicate(node: exp.Expression) -> Changes:
    """One condition of a filter, a join or a CASE dropped."""
    whole = node
    while isinstance(whole.parent, (exp.And, exp.Paren)):
        whole = whole.parent
    holder = whole.parent
    if isinstance(node, (exp.And, exp.Paren, exp.Boolean)) or not isinstance(holder, CONDITIONS):
        return
    if whole.arg_key == ("on" if isinstance(holder, exp.Join) else "this") and not _is_simple_case(holder):
        yield _text(node), "dropped", exp.true()


def coalesce(node: exp.Expression) -> Changes:
    """The default of a coalesce dropped, or another one."""
    if not isinstance(node, exp.Coalesce) or len(node.expressions) != 1:
        return
    default = node.expressions[0]
    yield _text(node), "no default", node.this.copy()
    if isinstance(default, exp.Literal):
        text = default.is_string
        other = exp.Literal(this=f"{default.this}x" if text else str(Decimal(default.this) + 1), is_string=text)
    elif isinstance(default, exp.Boolean):
        other = exp.Boolean(this=not default.this)
    else:
        return
    yield _replaced(node, exp.Coalesce(this=node.this.copy(), expressions=[other], is_nvl=node.args.get("is_nvl")))


def zone(node: exp.Expression) -> Changes:
    """Another shot zone, or UTC for the time zone of a venue."""
    if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
        for here, other in zip(ZONES, (*ZONES[1:], ZONES[0]), strict=True):
            if here in node.name:
                name = node.name.replace(here, other, 1)
                yield _replaced(node, exp.column(name, table=node.table or None))
        if isinstance(node.parent, (exp.AtTimeZone, exp.Anonymous, exp.ConvertTimezone)) and "time_zone" in node.name:
            yield _replaced(node, exp.Literal.string("UTC"))
    if isinstance(node, exp.Literal) and node.is_string and node.this in ZONE_WORDS:
        yield _replaced(node, exp.Literal.string(ZONE_WORDS[(ZONE_WORDS.index(node.this) + 1) % 3]))


def aggregate(node: exp.Expression) -> Changes:
    """sum to avg, and back; count of a column to count of rows."""
    if type(node) in AGGREGATES:
        yield _replaced(node, AGGREGATES[type(node)](this=node.this.copy()))
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Column):
        yield _replaced(node, exp.Count(this=exp.Star(), big_int=True))


def partition(node: exp.Expression) -> Changes:
    """One column of a PARTITION BY dropped."""
    if isinstance(node.parent, exp.Window) and node.arg_key == "partition_by":
        yield f"partition by {_text(node)}", "dropped", exp.Literal.number(1)


def order(node: exp.Expression) -> Changes:
    """The first column of a window's ORDER BY the other way round."""
    if isinstance(node, exp.Ordered) and node.find_ancestor(exp.Window) and node.index == 0:
        new = node.copy()
        new.set("desc", not node.args.get("desc"))
        yield _replaced(node, new)


OPERATORS: dict[str, Callable[[exp.Expression], Changes]] = {
    "bound": bound,
    "comparison": comparison,
    "join": join,
    "predicate": predicate,
    "coalesce": coalesce,
    "zone": zone,
    "aggregate": aggregate,
    "partition": partition,
    "order": order,
}


def _is_whole_number(node: object) -> bool:
    return isinstance(node, exp.Literal) and re.fullmatch(r"\d+", node.this) is not None


def _is_simple_case(branch: exp.Expression) -> bool:
    """TRUE for a branch of `case x when value`, which has a value instead of a condition."""
    return isinstance(branch, exp.If) and isinstance(branch.parent, exp.Case) and branch.parent.this is not None
