"""Every table of both engines, compared cell by cell after the builds; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

#: Decimal places to which fractions of float64 columns must agree; sums may be added in another order.
FLOAT_PLACES = 9


@dataclass(frozen=True)
class Table:
    """A table to compare: its schema, the columns that identify a row, and those that differ between equal builds."""

    schema: str
    name: str
    key: tuple[str, ...]
    volatile: tuple[str, ...] = ()


@dataclass
class Comparison:
    """Rows per engine, rows that only one has, and per column the number of cells that differ with one example."""

    table: str
    rows_duckdb: int
    rows_bigquery: int
    unmatched_rows: int
    cells: int
    differing: dict[str, tuple[int, str]] = field(default_factory=dict)
    problem: str = ""

    @property
    def differing_cells(self) -> int:
        """Number of cells that differ in rows that both engines have."""
        return sum(count for count, _ in self.differing.values())

    @property
    def identical(self) -> bool:
        """TRUE when both tables hold the same columns, rows and cells."""
        return not (self.problem or self.unmatched_rows or self.differing)


def published_tables(manifest: Mapping[str, Any]) -> list[Table]:
    """Every table that a model makes and that has a grain: Phases 3 and 4 and the pieces below them."""
    return sorted(
        (
            Table(
                node["schema"],
                node["alias"],
                tuple(node["config"]["meta"]["grain"]),
                tuple(node["config"]["meta"].get("volatile_columns", ())),
            )
            for node in manifest["nodes"].values()
            if node["resource_type"] == "model"
            and node["config"]["materialized"] in ("table", "incremental")
            and node["config"]["meta"].get("grain")
        ),
        key=lambda table: (table.schema, table.name),
    )


def compare(duckdb_file: Path, bigquery_file: Path, tables: Iterable[Table]) -> list[Comparison]:
    """Compare each table of the two DuckDB files; the second is what the emulator wrote."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach '{duckdb_file}' as here (read_only)")
        connection.execute(f"attach '{bigquery_file}' as there (read_only)")
        return [_compare(connection, table) for table in tables]


def _compare(connection: duckdb.DuckDBPyConnection, table: Table) -> Comparison:
    columns = {engine: _columns(connection, engine, table) for engine in ("here", "there")}
    name = f"{table.schema}.{table.name}"
    if not all(columns.values()):
        return Comparison(name, 0, 0, 0, 0, problem=f"missing in {', '.join(e for e in columns if not columns[e])}")
    rows = {engine: _scalar(connection, f"select count(*) from {engine}.{name}") for engine in columns}
    result = Comparison(name, rows["here"], rows["there"], 0, rows["here"] * len(columns["here"]))
    if list(columns["here"]) != list(columns["there"]):
        result.problem = f"other columns: {sorted(set(columns['here']) ^ set(columns['there'])) or 'their order'}"
        return result
    for engine, types in columns.items():
        shown = ", ".join(f'{_comparable(column, kind)} as "{column}"' for column, kind in types.items())
        connection.execute(
            f"create or replace temp table {engine}_rows as select {shown}, true as _there from {engine}.{name}"
        )
    matched = "from here_rows as a full join there_rows as b on " + " and ".join(
        f'a."{column}" is not distinct from b."{column}"' for column in table.key
    )
    result.unmatched_rows = _scalar(connection, f"select count(*) {matched} where a._there is null or b._there is null")
    both = f"{matched} where a._there and b._there"
    differs = {
        column: f'a."{column}" is distinct from b."{column}"'
        for column in columns["here"]
        if column not in table.volatile
    }
    counts = connection.execute(
        f"select {', '.join(f'count(*) filter ({test})' for test in differs.values())} {both}"
    ).fetchone()
    for (column, test), count in zip(differs.items(), counts, strict=True):
        if count:
            keys = ", ".join(f'a."{key}"' for key in table.key)
            example = connection.execute(
                f'select {keys}, a."{column}", b."{column}" {both} and {test} limit 1'
            ).fetchone()
            result.differing[column] = (count, str(tuple(map(str, example))))
    return result


def _columns(connection: duckdb.DuckDBPyConnection, engine: str, table: Table) -> dict[str, str]:
    return dict(
        connection.execute(
            "select column_name, data_type from duckdb_columns() "
            "where database_name = $engine and schema_name = $schema and table_name = $name order by column_index",
            {"engine": engine, "schema": table.schema, "name": table.name},
        ).fetchall()
    )


def _comparable(column: str, kind: str) -> str:
    """The cell as text in one form for both engines' types; the emulator has one NUMERIC and clocks with a zone."""
    cell = f'"{column}"'
    if kind.endswith("[]"):
        return f"list_transform({cell}, item -> {_as_text('item', kind.removesuffix('[]'))})::varchar"
    return _as_text(cell, kind)


def _as_text(cell: str, kind: str) -> str:
    if kind.startswith("DECIMAL"):
        return f"cast({cell} as decimal(38, 9))::varchar"
    if kind == "DOUBLE":
        return f"round({cell}, {FLOAT_PLACES})::varchar"
    if kind.startswith("TIMESTAMP"):
        return f"cast({cell} as timestamp)::varchar"
    return f"{cell}::varchar"


def _scalar(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return connection.execute(sql).fetchone()[0]
