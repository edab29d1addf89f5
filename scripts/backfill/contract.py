"""The raw contract: which tables and columns nba_raw has, as declared in models/staging/*/_*__sources.yml."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from backfill.base.errors import BackfillError

RAW_SCHEMA = "nba_raw"
SQL_TYPES = {
    "string": "VARCHAR",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "bool": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


@dataclass(frozen=True)
class Column:
    """One declared column. `data_type` is a key of SQL_TYPES. An optional one may be left out.

    `format` is one of values.FORMATS, or None: any text. `clock` of a timestamp is utc or eastern. `words` are those
    that the models know; others are kept and told. `made_from` is the column that an empty value is made from.
    """

    name: str
    data_type: str
    optional: bool = False
    format: str | None = None
    clock: str | None = None
    words: tuple[str, ...] = ()
    made_from: str | None = None

    @property
    def sql_type(self) -> str:
        """The type in DuckDB."""
        return SQL_TYPES[self.data_type]


@dataclass(frozen=True)
class RawTable:
    """One declared table of nba_raw. `partition_by` is None for tables without a game date (the registry).

    `unit` names the columns of what is imported, and replaced, as a whole: a game, a snapshot of a market.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partition_by: str | None
    unit: tuple[str, ...]

    @property
    def slice_column(self) -> str:
        """The column whose values say what a file replaces: the game date, or the season where there is none."""
        return self.partition_by or "season"

    def has(self, column: str) -> bool:
        """Is a column of this name declared?"""
        return any(declared.name == column for declared in self.columns)


def load_contract(root: Path) -> dict[str, RawTable]:
    """Read the contract of the project in `root`: raw tables by name.

    Raises BackfillError, naming the file, for a file that is not YAML or declares a table this loader cannot hold.
    """
    contract: dict[str, RawTable] = {}
    for path in sorted(root.glob("models/staging/*/_*__sources.yml")):
        for table in _tables_of(path):
            if table.name in contract:
                raise BackfillError(f"{path}: table {table.name} is declared twice")
            contract[table.name] = table
    if not contract:
        raise BackfillError(f"no raw tables are declared in {root}/models/staging/*/_*__sources.yml")
    return contract


def _tables_of(path: Path) -> list[RawTable]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [_table(table) for source in document["sources"] for table in source["tables"]]
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise BackfillError(f"{path} is not a valid raw contract: {error!r}") from error


def _table(declared: dict[str, Any]) -> RawTable:
    meta = declared["config"]["meta"]
    columns = tuple(_column(column) for column in declared["columns"])
    unit = tuple(meta.get("unit", ()))
    table = RawTable(declared["name"], columns, tuple(meta["key"]), meta.get("partition_by"), unit)
    for name in (*table.key, *table.unit, table.slice_column, "source_file_path"):
        if not table.has(name):
            raise ValueError(f"{table.name}: column {name} is needed by the key or the loader, but is not declared")
    if not table.unit:
        raise ValueError(f"{table.name}: meta.unit, the columns of what an import replaces as a whole, is not declared")
    return table


def _column(declared: dict[str, Any]) -> Column:
    data_type = declared["data_type"]
    if data_type not in SQL_TYPES:
        raise ValueError(f"column {declared['name']}: data_type {data_type} is not one of {', '.join(SQL_TYPES)}")
    meta = declared.get("config", {}).get("meta", {})
    clock = meta.get("clock", "utc") if data_type == "timestamp" else None
    return Column(
        declared["name"],
        data_type,
        bool(meta.get("optional", False)),
        meta.get("format"),
        clock,
        tuple(str(word) for word in meta.get("words", ())),
        meta.get("made_from"),
    )
