"""Which columns and dates of which tables a BigQuery statement reads: what it costs, and whether it prunes partitions.

Works on compiled SQL alone. A bound counts only where BigQuery prunes by it: a comparison of the partition column
itself with date literals, reached through plain columns of subqueries, CTEs and views, past windows that are
partitioned by the column and groups that contain it. Equality with another bounded column bounds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope
from sqlglot.schema import MappingSchema

from backfill.base.errors import BackfillError

DIALECT = "bigquery"
#: What dbt-bigquery appends to the name of a table that it fills before a MERGE.
SCRATCH = "__dbt_tmp"


@dataclass(frozen=True)
class Bounds:
    """First and last date that are read, inclusive; None is open."""

    first: date | None = None
    last: date | None = None

    @property
    def closed(self) -> bool:
        """TRUE when both ends are literals."""
        return self.first is not None and self.last is not None

    def narrowed(self, other: Bounds) -> Bounds:
        """Both conditions at once."""
        firsts = [day for day in (self.first, other.first) if day]
        lasts = [day for day in (self.last, other.last) if day]
        return Bounds(max(firsts, default=None), min(lasts, default=None))

    def __str__(self) -> str:
        return f"{self.first or '...'} to {self.last or '...'}"


EVERYTHING = Bounds()


@dataclass(frozen=True)
class Relation:
    """A table, or a view with its SQL. `partition_column` is None for tables without partitions."""

    name: str
    columns: tuple[str, ...]
    partition_column: str | None = None
    sql: str | None = None


@dataclass(frozen=True)
class Scan:
    """One read of a stored table. `named` is the relation that the statement itself names: the table or a view."""

    table: str
    named: str
    columns: frozenset[str]
    bounds: Bounds
    partitioned: bool

    @property
    def prunes(self) -> bool:
        """FALSE for a partitioned table of which not both ends of the dates are literals."""
        return self.bounds.closed or not self.partitioned


@dataclass
class Catalog:
    """Relations by 'dataset.name', from a compiled manifest."""

    relations: dict[str, Relation] = field(default_factory=dict)

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Catalog:
        """Every source, seed and model of a manifest compiled for BigQuery.

        Raises BackfillError for a model that was not compiled or whose columns cannot be resolved.
        """
        catalog = cls()
        for source in manifest["sources"].values():
            partition = source["config"]["meta"].get("partition_by")
            catalog._add(Relation(_name_of(source), tuple(source["columns"]), partition))
        nodes = manifest["nodes"].values()
        for seed in (node for node in nodes if node["resource_type"] == "seed"):
            catalog._add(Relation(_name_of(seed), tuple(seed["config"]["column_types"] or seed["columns"])))
        for model in _in_dag_order([node for node in nodes if node["resource_type"] == "model"]):
            if model["config"]["materialized"] == "ephemeral":
                continue  # compiled into what reads it
            if not model.get("compiled_code"):
                raise BackfillError(f"{model['name']} is not compiled", "dbt compile --target bigquery")
            partition = model["config"].get("partition_by") or {}
            is_view = model["config"]["materialized"] == "view"
            catalog._add(
                Relation(
                    _name_of(model),
                    catalog._output_columns(model),
                    partition.get("field"),
                    model["compiled_code"] if is_view else None,
                )
            )
        return catalog

    def find(self, table: exp.Table) -> Relation | None:
        """The relation that a table reference means; a table that dbt fills before a MERGE has no partitions."""
        name = f"{table.db}.{table.name}"
        if SCRATCH in name and name not in self.relations:
            base = self.relations.get(name.split(SCRATCH)[0])
            return Relation(name, base.columns) if base else None
        return self.relations.get(name)

    def qualified(self, query: exp.Expr) -> exp.Expr:
        """A copy of the query in which stars are written out and every column says its table."""
        known = {}
        for table in query.find_all(exp.Table):
            relation = self.find(table)
            if relation and table.db:
                tables = known.setdefault(table.catalog, {}).setdefault(table.db, {})
                tables[table.name] = dict.fromkeys(relation.columns, "STRING")
        schema = MappingSchema(known, dialect=DIALECT) if known else None
        return qualify(query.copy(), schema=schema, dialect=DIALECT, validate_qualify_columns=False)

    @cached_property
    def _views(self) -> dict[str, Scope]:
        return {}

    def scope_of(self, view: Relation) -> Scope:
        """The resolved query of a view."""
        if view.name not in self._views:
            self._views[view.name] = build_scope(self.qualified(sqlglot.parse_one(view.sql, dialect=DIALECT)))
        return self._views[view.name]

    def _add(self, relation: Relation) -> None:
        self.relations[relation.name] = relation

    def _output_columns(self, model: Mapping[str, Any]) -> tuple[str, ...]:
        if model["config"].get("contract", {}).get("enforced"):  # dbt builds it with these or not at all
            return tuple(model["columns"])
        try:
            query = self.qualified(sqlglot.parse_one(model["compiled_code"], dialect=DIALECT))
        except SqlglotError as error:
            raise BackfillError(f"{model['name']}: {error}") from error
        return tuple(query.named_selects)


def scans(sql: str, catalog: Catalog) -> list[Scan]:
    """Every read of a stored table in one statement: a query, CREATE ... AS, INSERT or MERGE; none in other kinds.

    A table that is read in several places is there several times. Raises BackfillError when the text does not parse.
    """
    try:
        statements = sqlglot.parse(sql, dialect=DIALECT)
    except SqlglotError as error:
        raise BackfillError(f"BigQuery's grammar of sqlglot: {error}") from error
    return [scan for statement in statements if statement is not None for scan in _scans_of(statement, catalog)]


def _scans_of(statement: exp.Expr, catalog: Catalog) -> Iterator[Scan]:
    if isinstance(statement, exp.Create) and statement.args.get("kind") == "VIEW":
        return
    if isinstance(statement, exp.Merge):
        yield from _target_of_merge(statement, catalog)
        statement = statement.args["using"]
    elif isinstance(statement, exp.Create | exp.Insert):
        statement = statement.expression
    statement = statement.unnest() if isinstance(statement, exp.Subquery) else statement
    if isinstance(statement, exp.Query):
        scope = build_scope(catalog.qualified(statement))
        yield from _Reader(catalog).read(scope, frozenset(scope.expression.named_selects), {}, None)


def _target_of_merge(merge: exp.Merge, catalog: Catalog) -> Iterator[Scan]:
    """The partitions that a MERGE rewrites: every WHEN clause that touches stored rows must bound them."""
    relation = catalog.find(merge.this)
    if relation is None:
        return
    bounds = []
    for when in merge.args["whens"].expressions:
        if when.args.get("matched") or when.args.get("source"):
            conditions = _literal_bounds(_conjuncts(when.args.get("condition")))
            bounds.append(conditions.get((merge.this.alias_or_name, relation.partition_column), EVERYTHING))
    yield Scan(
        relation.name,
        relation.name,
        frozenset(relation.columns),
        _hull(bounds) if bounds else EVERYTHING,
        relation.partition_column is not None,
    )


def _hull(bounds: list[Bounds]) -> Bounds:
    firsts, lasts = [b.first for b in bounds], [b.last for b in bounds]
    return Bounds(None if None in firsts else min(firsts), None if None in lasts else max(lasts))


class _Reader:
    """Walks a resolved query from its result to the stored tables."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._seen: set[tuple] = set()

    def read(
        self, scope: Scope, wanted: frozenset[str], bounds: Mapping[str, Bounds], named: str | None
    ) -> Iterator[Scan]:
        """The reads of one query of which only the columns `wanted` are used, within `bounds` of output columns."""
        key = (id(scope), wanted, frozenset(bounds.items()), named)
        if key in self._seen:
            return
        self._seen.add(key)
        if isinstance(scope.expression, exp.SetOperation):
            yield from self._read_branches(scope, wanted, bounds, named)
        elif isinstance(scope.expression, exp.Select):
            yield from self._read_select(scope, wanted, bounds, named)

    def _read_branches(
        self, scope: Scope, wanted: frozenset[str], bounds: Mapping[str, Bounds], named: str | None
    ) -> Iterator[Scan]:
        names = scope.expression.named_selects
        if scope.expression.args.get("limit"):
            bounds = {}
        for branch in scope.set_operation_scopes:
            # by position: only the first branch gives the names
            own = dict(zip(names, branch.expression.named_selects, strict=True))
            columns = frozenset(own[name] for name in (wanted if not scope.expression.args.get("distinct") else names))
            yield from self.read(branch, columns, {own[name]: span for name, span in bounds.items()}, named)

    def _read_select(
        self, scope: Scope, wanted: frozenset[str], bounds: Mapping[str, Bounds], named: str | None
    ) -> Iterator[Scan]:
        select = scope.expression
        used = list(_used_parts(select, wanted))
        limits = _select_bounds(select)
        for source, column, span in _pushed_down(select, bounds):
            limits[source, column] = limits.get((source, column), EVERYTHING).narrowed(span)
        columns: dict[str, set[str]] = {}
        for part in used:
            for column in part.find_all(exp.Column):
                columns.setdefault(column.table, set()).add(column.name)
        for alias, (_, source) in scope.selected_sources.items():
            needed = frozenset(columns.get(alias, ()))
            spans = {column: span for (table, column), span in limits.items() if table == alias}
            if isinstance(source, Scope):
                yield from self.read(source, needed & _outputs(source), _only(spans, _outputs(source)), named)
            elif isinstance(source, exp.Table):
                yield from self._read_table(source, needed, spans, named)
        for subquery in scope.subquery_scopes:
            yield from self.read(subquery, frozenset(subquery.expression.named_selects), {}, named)

    def _read_table(
        self, table: exp.Table, needed: frozenset[str], spans: Mapping[str, Bounds], named: str | None
    ) -> Iterator[Scan]:
        relation = self._catalog.find(table)
        if relation is None:
            return
        if relation.sql is not None:
            scope = self._catalog.scope_of(relation)
            yield from self.read(scope, needed & _outputs(scope), _only(spans, _outputs(scope)), named or relation.name)
            return
        key = relation.partition_column
        span = spans.get(key, EVERYTHING) if key else EVERYTHING
        yield Scan(relation.name, named or relation.name, needed, span, key is not None)


def _outputs(scope: Scope) -> frozenset[str]:
    return frozenset(scope.expression.named_selects) if isinstance(scope.expression, exp.Query) else frozenset()


def _only(spans: Mapping[str, Bounds], names: frozenset[str]) -> dict[str, Bounds]:
    return {name: span for name, span in spans.items() if name in names}


def _used_parts(select: exp.Select, wanted: frozenset[str]) -> Iterator[exp.Expr]:
    """Everything of a SELECT that makes it read a column: the wanted results and all clauses, but not what it reads."""
    for projection in select.expressions:
        if projection.alias_or_name in wanted or select.args.get("distinct"):
            yield projection
    for clause in ("where", "group", "having", "qualify", "order", "windows"):
        part = select.args.get(clause)
        yield from part if isinstance(part, list) else [part] if part else []
    for join in select.args.get("joins") or []:
        yield from (join.args[part] for part in ("on",) if join.args.get(part))
        if isinstance(join.this, exp.Unnest | exp.Lateral):
            yield join.this


def _select_bounds(select: exp.Select) -> dict[tuple[str, str], Bounds]:
    """Literal bounds of source columns in WHERE, and in ON as far as it restricts what the join reads."""
    found = _literal_bounds(_conjuncts(select.args["where"].this)) if select.args.get("where") else {}
    for join in select.args.get("joins") or []:
        for (table, column), span in _literal_bounds(_conjuncts(join.args.get("on"))).items():
            if not join.side or (join.side == "LEFT" and table == join.alias_or_name):
                found[table, column] = found.get((table, column), EVERYTHING).narrowed(span)
    return found


def _pushed_down(select: exp.Select, bounds: Mapping[str, Bounds]) -> Iterator[tuple[str, str, Bounds]]:
    """Bounds of result columns that hold for a column of a source as well."""
    if not bounds or select.args.get("limit"):
        return
    windows = list(_windows(select))
    group = select.args.get("group")
    for projection in select.expressions:
        column = projection.unalias()
        if projection.alias_or_name not in bounds or not isinstance(column, exp.Column):
            continue
        if group and column not in _group_keys(select, group):
            continue
        if all(column in window for window in windows):
            yield column.table, column.name, bounds[projection.alias_or_name]


def _windows(select: exp.Select) -> Iterator[list[exp.Expr]]:
    """PARTITION BY of every window in a SELECT; a named one by its definition."""
    definitions = {
        window.this.name: window.args.get("partition_by") or [] for window in select.args.get("windows") or []
    }
    parts = [*select.expressions, *(select.args[part] for part in ("qualify", "order") if select.args.get(part))]
    for part in parts:
        for window in part.find_all(exp.Window):
            named = window.args.get("alias")
            keys = window.args.get("partition_by")
            yield keys or (definitions.get(named.name, []) if named else [])


def _group_keys(select: exp.Select, group: exp.Group) -> list[exp.Expr]:
    """The expressions of GROUP BY; a number or an alias stands for the result column."""
    results = {projection.alias_or_name: projection.unalias() for projection in select.expressions}
    keys: list[exp.Expr] = []
    for key in group.expressions:
        if isinstance(key, exp.Literal) and key.is_int:
            keys.append(select.expressions[int(key.this) - 1].unalias())
        elif isinstance(key, exp.Column) and not key.table:
            keys.append(results.get(key.name, key))
        else:
            keys.append(key)
    return keys


def _conjuncts(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    if condition is None:
        return
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        yield from _conjuncts(condition.left)
        yield from _conjuncts(condition.right)
    else:
        yield condition


def _literal_bounds(conditions: Iterator[exp.Expr]) -> dict[tuple[str, str], Bounds]:
    """(table, column) -> the dates to which the conditions restrict it by literals."""
    found: dict[tuple[str, str], Bounds] = {}
    for condition in conditions:
        column, span = _bound(condition)
        if column is not None:
            key = (column.table, column.name)
            found[key] = found.get(key, EVERYTHING).narrowed(span)
    return found


def _bound(condition: exp.Expr) -> tuple[exp.Column | None, Bounds]:
    column = condition.this.unnest() if isinstance(condition.this, exp.Expr) else None
    if not isinstance(column, exp.Column):
        return None, EVERYTHING
    if isinstance(condition, exp.Between):
        return column, Bounds(_day(condition.args["low"]), _day(condition.args["high"]))
    if isinstance(condition, exp.In) and condition.expressions:
        days = [_day(item) for item in condition.expressions]
        return (None, EVERYTHING) if None in days else (column, Bounds(min(days), max(days)))
    if not isinstance(condition, exp.EQ | exp.GTE | exp.GT | exp.LTE | exp.LT):
        return None, EVERYTHING
    day = _day(condition.expression)
    if day is None:
        return None, EVERYTHING
    # an open end is counted as if it were closed: one day more than is read, never one less
    first = day if isinstance(condition, exp.EQ | exp.GTE | exp.GT) else None
    last = day if isinstance(condition, exp.EQ | exp.LTE | exp.LT) else None
    return column, Bounds(first, last)


def _day(value: exp.Expr) -> date | None:
    """The date of a date literal; None for anything that is computed."""
    value = value.unnest()
    if isinstance(value, exp.Cast) and value.to.this == exp.DType.DATE:
        value = value.this.unnest()
    if isinstance(value, exp.Literal) and value.is_string:
        try:
            return date.fromisoformat(value.this)
        except ValueError:
            return None
    return None


def _name_of(node: Mapping[str, Any]) -> str:
    return f"{node['schema']}.{node.get('alias') or node['identifier']}"


def _in_dag_order(models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_id = {model["unique_id"]: model for model in models}
    order = TopologicalSorter({key: model["depends_on"]["nodes"] for key, model in by_id.items()}).static_order()
    return [by_id[key] for key in order if key in by_id]
