"""What a build would cost on BigQuery: bytes per node, from compiled SQL, column widths and row counts per date.

BigQuery's on-demand rule: of every table, the columns that a statement names, in the partitions that its literals
leave; a table that is named twice is read once. The hooks that write the ledger are counted with what they fingerprint;
the ledger itself counts with the minimum of each statement only, and clustering not at all. `plan` shows the estimate,
`run` calls `refuse_above`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb

from backfill.base.errors import BackfillError
from backfill.cost.scans import Bounds, Catalog, Relation, Scan, scans

MIB = 2**20
#: Each table of a statement is billed as at least this much, rounded up to whole MiB (BigQuery, on-demand pricing).
MINIMUM_BILLED = 10 * MIB
#: US dollars for 2**40 bytes on demand in the US; other regions differ.
DOLLARS_PER_TIB = 6.25
#: Bytes of a value where nothing was measured; text is 2 bytes plus its UTF-8 length.
TYPICAL_WIDTHS = {"string": 14.0, "numeric": 16.0, "bool": 1.0, "array": 250.0}
TYPICAL_WIDTH = 8.0
#: Rows per game of a table of which nothing is built yet; player tables have 22 to 40, zones and names up to 180.
UNBUILT_ROWS_PER_GAME = 60

#: What the hook of an incremental model reads besides what it fingerprints.
LEDGER = ("nba_orchestration.partition_ledger", "nba_orchestration.source_ledger")

#: Rows without a date count for this key.
UNDATED = None
Rows = dict[date | None, int]


@dataclass
class Statistics:
    """Rows per table and date, and mean bytes per value; tables are 'schema.name'."""

    rows: dict[str, Rows] = field(default_factory=dict)
    widths: dict[str, dict[str, float]] = field(default_factory=dict)

    def rows_within(self, table: str, bounds: Bounds) -> int:
        """Rows of a table on the dates of `bounds`; rows without a date count always."""
        return sum(
            count
            for day, count in self.rows.get(table, {}).items()
            if day is UNDATED or ((bounds.first or day) <= day <= (bounds.last or day))
        )

    def expecting(self, games: Mapping[date, int]) -> Statistics:
        """The same with the rows that a build of dates with so many games will make: a table's own mean per game.

        A table that has no rows yet is taken to get UNBUILT_ROWS_PER_GAME.
        """
        rows = {}
        for table in {*self.widths, *self.rows}:
            counts = self.rows.get(table, {})
            known = {day: counts[day] for day in counts if games.get(day)}
            played = sum(games[day] for day in known)
            if UNDATED in counts:
                rows[table] = counts
                continue
            per_game = sum(known.values()) / played if played else UNBUILT_ROWS_PER_GAME
            rows[table] = counts | {day: round(per_game * count) for day, count in games.items() if day not in counts}
        return Statistics(rows, self.widths)

    def width(self, table: str, columns: Iterable[str]) -> float:
        """Mean bytes of the named columns of one row."""
        known = self.widths.get(table, {})
        return sum(known.get(column, TYPICAL_WIDTH) for column in columns)


@dataclass(frozen=True)
class NodeReads:
    """What one node reads. `replaces` is the table whose requested partitions its MERGE rewrites; `hook` is what the
    statement reads that then writes the ledger, besides those partitions."""

    unique_id: str
    name: str
    resource_type: str
    reads: list[Scan]
    replaces: Relation | None = None
    hook: list[Scan] = field(default_factory=list)


@dataclass(frozen=True)
class NodeCost:
    """Estimate for one node: bytes scanned, and what is billed for them, per table ('schema.name')."""

    unique_id: str
    name: str
    resource_type: str
    scanned: Mapping[str, int]
    billed: int

    @property
    def bytes(self) -> int:
        """Bytes scanned."""
        return sum(self.scanned.values())


@dataclass(frozen=True)
class Estimate:
    """Estimate for a build of the range for which the SQL was compiled."""

    nodes: tuple[NodeCost, ...]

    @property
    def bytes(self) -> int:
        """Bytes scanned by all nodes."""
        return sum(node.bytes for node in self.nodes)

    @property
    def billed(self) -> int:
        """Bytes billed for all nodes, with the minimum for each table of each statement."""
        return sum(node.billed for node in self.nodes)

    @property
    def dollars(self) -> float:
        """US dollars on demand in the US."""
        return dollars(self.billed)

    def dearest(self, count: int) -> list[NodeCost]:
        """The nodes that scan most, dearest first."""
        return sorted(self.nodes, key=lambda node: node.bytes, reverse=True)[:count]


def estimate(
    manifest: Mapping[str, Any], statistics: Statistics, start: date, end: date, *, tests: bool = True
) -> Estimate:
    """Estimate a build of every model, and of every data test unless `tests` is off, for the dates `start` to `end`.

    `manifest` is compiled for BigQuery for these dates. Incremental models are counted as rebuilt: the query into a
    scratch table, then the MERGE of the range. Views and seeds scan nothing. Raises BackfillError when a node is not
    compiled or does not parse.
    """
    return price(read_build(manifest, tests=tests), statistics, start, end)


def read_build(manifest: Mapping[str, Any], *, tests: bool = True) -> list[NodeReads]:
    """What each node of a build reads, from SQL alone: the slow half of an estimate, about twenty seconds."""
    catalog = Catalog.of(manifest)
    build = []
    for node, made in _building_nodes(manifest, catalog, tests):
        read = scans(node["compiled_code"], catalog)
        hook = list(_fingerprinted(node, read, manifest, catalog)) if made else []
        build.append(NodeReads(node["unique_id"], node["name"], node["resource_type"], read, made, hook))
    return build + list(_view_hooks(build, manifest, catalog))


def price(build: Iterable[NodeReads], statistics: Statistics, start: date, end: date) -> Estimate:
    """Bytes for what `read_build` found, with the rows that the tables have and the dates `start` to `end` replaced."""
    costs = []
    for node in build:
        statements = [_scanned(node.reads, statistics)]
        if node.replaces:
            # the MERGE reads the scratch table and the partitions that it replaces: twice the rows of the range
            rows = statistics.rows_within(node.replaces.name, Bounds(start, end))
            size = int(statistics.width(node.replaces.name, node.replaces.columns) * rows)
            statements.append({node.replaces.name: size, f"{node.replaces.name} (scratch)": size})
            statements.append({**_scanned(node.hook, statistics), node.replaces.name: size} | dict.fromkeys(LEDGER, 0))
        scanned: dict[str, int] = {}
        for table, size in (item for tables in statements for item in tables.items()):
            scanned[table] = scanned.get(table, 0) + size
        billed = sum(_billed(tables) for tables in statements)
        costs.append(NodeCost(node.unique_id, node.name, node.resource_type, scanned, billed))
    return Estimate(tuple(costs))


def refuse_above(found: Estimate, limit: int) -> None:
    """Raise BackfillError, naming the dearest nodes, when more than `limit` bytes would be billed."""
    if found.billed <= limit:
        return
    dearest = ", ".join(f"{node.name} {shown(node.billed)}" for node in found.dearest(3))
    raise BackfillError(
        f"BigQuery would bill about {shown(found.billed)}, more than the limit of {shown(limit)}; dearest: {dearest}",
        "the same with a shorter range, or raise the limit",
    )


def dollars(billed: float) -> float:
    """US dollars for billed bytes, on demand in the US."""
    return billed / 2**40 * DOLLARS_PER_TIB


def shown(size: float) -> str:
    """A number of bytes for people: '12.3 MiB'."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":
            return f"{size:,.1f} {unit}" if unit != "B" else f"{size:,.0f} B"
        size /= 1024
    raise AssertionError


# ---- statistics ----


def measure(connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> Statistics:
    """Rows per date and mean widths of every table that the manifest names, in a DuckDB warehouse.

    A width is what BigQuery would store: 8 bytes a number, clock or date, 16 a NUMERIC, 2 plus the UTF-8 length a text,
    nothing for NULL. Tables that are not built yet have no rows.
    """
    columns: dict[str, dict[str, str]] = {}
    for schema, table, column, kind in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() and not internal order by all"
    ).fetchall():
        columns.setdefault(f"{schema}.{table}", {})[column] = kind
    statistics = Statistics()
    for name in _stored_tables(manifest):
        if name not in columns:
            continue
        widths = {column: _width_sql(column, kind) for column, kind in columns[name].items()}
        means = connection.execute(f"select {', '.join(widths.values())} from {name}").fetchone()
        statistics.widths[name] = {column: mean or 0.0 for column, mean in zip(widths, means, strict=True)}
        day = "game_date" if "game_date" in columns[name] else "cast(null as date)"
        statistics.rows[name] = dict(
            connection.execute(f"select {day} as day, count(*) from {name} group by day").fetchall()
        )
    return statistics


def typical(manifest: Mapping[str, Any], rows: Mapping[str, Rows]) -> Statistics:
    """Statistics from row counts alone, with typical widths by declared type: for a warehouse that is on BigQuery."""
    statistics = Statistics(rows={table: dict(counts) for table, counts in rows.items()})
    for node in [*manifest["sources"].values(), *manifest["nodes"].values()]:
        name = _name_of(node)
        statistics.widths[name] = {
            column["name"]: _typical_width(column["data_type"])
            for column in node["columns"].values()
            if column.get("data_type")
        }
    return statistics


def _typical_width(data_type: str) -> float:
    kind = data_type.lower().split("(")[0].split("<")[0].strip()
    return TYPICAL_WIDTHS.get(kind, TYPICAL_WIDTH)


def _width_sql(column: str, kind: str) -> str:
    """DuckDB expression: mean bytes of a column's values, 0 for NULL."""
    cell = f'"{column}"'
    if kind.endswith("[]"):
        item = "strlen(item) + 2" if kind == "VARCHAR[]" else "8"
        size = f"list_sum(list_transform({cell}, item -> {item}))"
    elif kind == "VARCHAR":
        size = f"strlen({cell}) + 2"
    else:
        bytes_each = 16 if kind.startswith("DECIMAL") else 1 if kind == "BOOLEAN" else 8
        size = f"case when {cell} is not null then {bytes_each} end"
    return f"cast(avg(coalesce({size}, 0)) as double)"


def _stored_tables(manifest: Mapping[str, Any]) -> list[str]:
    stored = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "seed" or node["config"].get("materialized") in ("table", "incremental")
    ]
    return [
        f"{node['schema']}.{node.get('alias') or node['identifier']}"
        for node in [*manifest["sources"].values(), *stored]
    ]


# ---- one node ----


def _building_nodes(
    manifest: Mapping[str, Any], catalog: Catalog, tests: bool
) -> Iterator[tuple[Mapping[str, Any], Relation | None]]:
    """Nodes for which dbt sends queries that scan, each with the table that a MERGE of it replaces."""
    for node in manifest["nodes"].values():
        materialized = node["config"].get("materialized")
        if node["resource_type"] == "model" and materialized in ("table", "incremental"):
            replaced = catalog.relations[_name_of(node)]
            yield node, replaced if materialized == "incremental" else None
        elif tests and node["resource_type"] == "test" and node.get("compiled_code"):
            yield node, None


def _fingerprinted(
    node: Mapping[str, Any], read: Iterable[Scan], manifest: Mapping[str, Any], catalog: Catalog
) -> Iterator[Scan]:
    """Every column of those inputs of a model that the ledger does not follow: seeds, the registry, the schedule."""
    for parent in _inputs(node, manifest):
        if _recorded_relation(parent, manifest) or parent["config"].get("materialized") == "incremental":
            continue
        name = _name_of(parent)
        spans = [scan.bounds for scan in read if scan.named == name and scan.bounds.closed]
        dates = f" where game_date {_between(spans)}" if spans else ""
        yield from scans(_everything_of(name) + dates, catalog)


def _view_hooks(build: Iterable[NodeReads], manifest: Mapping[str, Any], catalog: Catalog) -> Iterator[NodeReads]:
    """What the hooks of views read: what they record, every column, on all dates that any model reads."""
    views: dict[str, list[Bounds]] = {}
    for node in build:
        for scan in node.reads if node.replaces else ():
            if scan.bounds.closed:
                views.setdefault(scan.named, []).append(scan.bounds)
    for parent in manifest["nodes"].values():
        source = _recorded_relation(parent, manifest)
        if source and _name_of(parent) in views:
            name = _name_of(source)
            read = scans(f"{_everything_of(name)} where game_date {_between(views[_name_of(parent)])}", catalog)
            yield NodeReads(f"operation.{parent['name']}", f"ledger of {name}", "operation", read)


def _inputs(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The parents that meta.reads names, ephemeral ones replaced by theirs; content-addressed ones are none."""
    by_name = {parent["name"]: parent for parent in manifest["nodes"].values() if parent["resource_type"] != "test"}
    for name, window in node["config"]["meta"].get("reads", {}).items():
        if window == "content_addressed":
            continue
        if by_name[name]["config"].get("materialized") == "ephemeral":
            yield from _inputs(by_name[name], manifest)
        else:
            yield by_name[name]


def _recorded_relation(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Whose rows the ledger records for a view, by date; None for others (macros/ledger/edges.sql)."""
    if node["resource_type"] == "model" and node["config"].get("meta", {}).get("recorded_by_date"):
        return node
    parents = node.get("depends_on", {}).get("nodes", [])
    if "staging" not in node.get("tags", []) or len(parents) != 1:
        return None
    source = manifest["sources"].get(parents[0])
    return source if source and "game_date" in source["columns"] else None


def _everything_of(name: str) -> str:
    schema, table = name.split(".")
    return f"select * from `project`.`{schema}`.`{table}`"


def _between(spans: list[Bounds]) -> str:
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    return f"between cast('{first}' as date) and cast('{last}' as date)"


def _name_of(node: Mapping[str, Any]) -> str:
    return f"{node['schema']}.{node.get('alias') or node['identifier']}"


def _scanned(reads: Iterable[Scan], statistics: Statistics) -> dict[str, int]:
    """Bytes per table of one statement: its columns together, on all dates that any of its reads needs."""
    together: dict[str, tuple[set[str], list[Bounds]]] = {}
    for scan in reads:
        columns, spans = together.setdefault(scan.table, (set(), []))
        columns |= scan.columns
        spans.append(scan.bounds)
    return {
        table: int(statistics.width(table, columns) * _rows_in_any(statistics.rows.get(table, {}), spans))
        for table, (columns, spans) in together.items()
    }


def _rows_in_any(rows: Rows, spans: Iterable[Bounds]) -> int:
    spans = set(spans)
    return sum(
        count
        for day, count in rows.items()
        if day is UNDATED or any((span.first or day) <= day <= (span.last or day) for span in spans)
    )


def _billed(tables: Mapping[str, int]) -> int:
    """Bytes billed for one statement: whole MiB and the minimum for each table."""
    return sum(max(MINIMUM_BILLED, -(-size // MIB) * MIB) for size in tables.values())
