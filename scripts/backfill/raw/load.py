"""Load a directory of raw files into schema nba_raw of a DuckDB warehouse: all files or, if one is bad, none.

Every file is read into a temporary table and checked against the contract before the warehouse is touched.
A file replaces a slice: the season or the date it is named after, otherwise exactly the dates its rows carry.
"""

import csv
import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

import duckdb

from backfill.base.errors import BackfillError
from backfill.base.project import WAREHOUSE_VARIABLE, open_warehouse
from backfill.raw.contract import RAW_SCHEMA, Column, RawTable

Connection = duckdb.DuckDBPyConnection

# Parquet types that fit a contract type without loss. A column that holds only NULL fits every type.
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
PARQUET_TYPES = {
    "string": ("VARCHAR",),
    "int64": _INTEGERS,
    "float64": ("FLOAT", "DOUBLE", "DECIMAL", *_INTEGERS),
    "bool": ("BOOLEAN",),
    "date": ("DATE",),
    "timestamp": ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"),
}
# DuckDB casts more text than we accept: '1.5' to 2, '2021-1-5' to a date, and it drops the zone of a timestamp.
CSV_PATTERNS = {
    "int64": r"[+-]?\d+",
    "float64": r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?",
    "bool": r"(?i)true|false|t|f|1|0",
    "date": r"\d{4}-\d{2}-\d{2}",
    "timestamp": r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?UTC|Z|\+00(:?00)?)?",
}
CSV_EXPECTED = {
    "int64": "a whole number",
    "float64": "a number",
    "bool": "true or false",
    "date": "a date YYYY-MM-DD",
    "timestamp": "a UTC time YYYY-MM-DD HH:MM:SS",
}
CSV_OPTIONS = "header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"'"
IS_SIMULATED = "coalesce(starts_with(source_file_path, 'simulated:'), false)"


@dataclass(frozen=True)
class LoadedTable:
    """What was done to one raw table. `slices` are seasons or dates; `seconds` is the time spent on this table."""

    table: str
    files: int
    rows: int
    rows_replaced: int
    slices: list[str]
    ignored_columns: list[str]
    seconds: float


@dataclass(frozen=True)
class _Slice:
    """What a file replaces: all rows whose `expression` has one of `values`. `label` is the name the file gives it."""

    expression: str
    values: list[object]
    label: str | None = None

    @property
    def labels(self) -> list[str]:
        """The slices in words: the season or date the file is named after, or the values its rows carry."""
        return [self.label] if self.label else [str(value) for value in self.values]


@dataclass(frozen=True)
class _StagedFile:
    path: Path
    replaces: _Slice
    ignored_columns: list[str]


@dataclass(frozen=True)
class _StagedTable:
    table: RawTable
    files: list[_StagedFile]
    seconds: float

    @property
    def name(self) -> str:
        return _staged_name(self.table)


def load_directory(directory: Path, warehouse: Path, contract: dict[str, RawTable]) -> list[LoadedTable]:
    """Load all raw files of `directory` into the DuckDB file `warehouse`; return one entry per table that had a file.

    Every table of the contract exists afterwards, empty if it never had a file. Everything happens in one transaction.
    When two files of one directory claim overlapping slices, the rows of both are kept.
    Raises BackfillError, with the warehouse unchanged, for a file that breaks the contract, for a warehouse that is in
    use, and for real rows meant for a simulated warehouse or the other way round.
    """
    files = _find_files(directory, contract)
    is_new = not warehouse.exists()
    connection = open_warehouse(warehouse)
    try:
        with closing(connection):
            staged = [_stage_table(connection, contract[name], paths) for name, paths in files.items()]
            with _transaction(connection, warehouse):
                _create_tables(connection, warehouse, contract)
                _refuse_mixture(connection, warehouse, contract, staged)
                return [_replace_slices(connection, table) for table in staged]
    except BaseException:
        if is_new:
            warehouse.unlink(missing_ok=True)
        raise


# ---- finding files ----


def _find_files(directory: Path, contract: dict[str, RawTable]) -> dict[str, list[Path]]:
    """Return the data files of each table, in the order of the contract. Files named .* or _* are left alone."""
    found: dict[str, list[Path]] = {name: [] for name in contract}
    for path in sorted(directory.resolve().rglob("*")):
        if not path.is_file() or path.name.startswith((".", "_")):
            continue
        if path.suffix.lower() in (".parquet", ".csv"):
            found[_table_of(path, contract)].append(path)
        elif path.parent.name in contract:
            raise BackfillError(f"{path}: only .parquet and .csv files can be loaded")
    if not any(found.values()):
        raise BackfillError(f"no .parquet or .csv file in {directory}", "backfill raw load DIR with DIR/<table>/<file>")
    return {name: paths for name, paths in found.items() if paths}


def _table_of(path: Path, contract: dict[str, RawTable]) -> str:
    """Return the table of a file: the name of its folder, else its own name without the suffix."""
    for name in (path.parent.name, path.stem):
        if name in contract:
            return name
    nearest = get_close_matches(path.parent.name, contract, n=1) or get_close_matches(path.stem, contract, n=1)
    advice = f"did you mean {nearest[0]}?" if nearest else f"declared are {', '.join(contract)}"
    raise BackfillError(f"{path}: neither its folder nor its name is a raw table; {advice}")


# ---- reading and checking, before anything is written ----


def _staged_name(table: RawTable) -> str:
    return f"temp.staged_{table.name}"


def _stage_table(connection: Connection, table: RawTable, paths: list[Path]) -> _StagedTable:
    """Read the files of one table into a temporary table with the contract's columns and check them."""
    started = time.perf_counter()
    columns = ", ".join(f'"{column.name}" {column.sql_type}' for column in table.columns)
    connection.execute(f"create temp table staged_{table.name} (_file INTEGER, {columns})")
    files = [_stage_file(connection, table, number, path) for number, path in enumerate(paths)]
    if len(paths) > 1:
        _refuse_duplicated_file(connection, table, paths)
    return _StagedTable(table, files, time.perf_counter() - started)


def _stage_file(connection: Connection, table: RawTable, number: int, path: Path) -> _StagedFile:
    is_csv = path.suffix.lower() == ".csv"
    try:
        columns = _open_csv(connection, path) if is_csv else _open_parquet(connection, path)
        _refuse_missing_columns(path, table, columns)
        present = [column for column in table.columns if column.name in columns]
        for column in present:
            if is_csv:
                _refuse_bad_text(connection, path, column)
            else:
                _refuse_bad_type(connection, path, column, columns[column.name])
        names = ", ".join(f'"{column.name}"' for column in present)
        casts = ", ".join(f'cast("{column.name}" as {column.sql_type})' for column in present)
        target = f"{_staged_name(table)} (_file, {names})"
        connection.execute(f"insert into {target} select {number}, {casts} from temp.opened")
    except (duckdb.Error, OSError, UnicodeDecodeError, csv.Error) as error:
        raise BackfillError(f"{path} cannot be read: {_cause(error)}") from error
    _refuse_nulls(connection, path, table, number)
    replaces = _slice_of(connection, path, table, number)
    _refuse_rows_outside(connection, path, table, number, replaces)
    declared = {column.name for column in table.columns}
    return _StagedFile(path, replaces, [name for name in columns if name not in declared])


def _cause(error: Exception) -> str:
    """The message without DuckDB's error class in front and its advice on reader options behind."""
    message = re.sub(r"^[\w ]+ Error: ", "", str(error))
    return " ".join(re.split(r"\n\n|Possible (?:fixes|solutions)", message)[0].split())


def _open_parquet(connection: Connection, path: Path) -> dict[str, str]:
    """Make the file readable as temp.opened; return its columns and their types."""
    connection.execute("drop view if exists temp.opened; drop table if exists temp.opened_text")
    connection.execute(f"create temp view opened as from read_parquet({_literal(path)}, hive_partitioning = false)")
    return {row[0]: row[1] for row in connection.execute("describe temp.opened").fetchall()}


def _open_csv(connection: Connection, path: Path) -> dict[str, str]:
    """Read the file as text, empty values as NULL, into temp.opened; return its columns."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file), [])
    folded = [name.casefold() for name in header]
    if not header or "" in folded or len(set(folded)) < len(folded):
        raise BackfillError(f"{path}: the first line must name every column, each once; found {header}")
    connection.execute("drop view if exists temp.opened; drop table if exists temp.opened_text")
    columns = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in header)
    source = f"read_csv({_literal(path)}, columns = {{{columns}}}, {CSV_OPTIONS})"
    connection.execute(f"create temp table opened_text as from {source}")
    connection.execute("create temp view opened as from temp.opened_text")
    return dict.fromkeys(header, "VARCHAR")


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _refuse_missing_columns(path: Path, table: RawTable, found: dict[str, str]) -> None:
    missing = [column for column in table.columns if not column.optional and column.name not in found]
    if missing:
        wanted = ", ".join(f"{column.name} ({column.data_type})" for column in missing)
        raise BackfillError(f"{path}: required column {wanted} is missing; found {', '.join(found)}")


def _refuse_bad_type(connection: Connection, path: Path, column: Column, found: str) -> None:
    if found.split("(")[0] in PARQUET_TYPES[column.data_type]:
        return
    first = connection.execute(
        f'select "{column.name}" from temp.opened where "{column.name}" is not null limit 1'
    ).fetchone()
    if first:
        message = f"{path}: column {column.name}: expected {column.data_type}, found {found} (first value {first[0]!r})"
        raise BackfillError(message)


def _refuse_bad_text(connection: Connection, path: Path, column: Column) -> None:
    if column.data_type == "string":
        return
    bad = connection.execute(
        f'select rowid, "{column.name}" from temp.opened_text where "{column.name}" is not null and not ('
        f'regexp_full_match("{column.name}", $pattern) and try_cast("{column.name}" as {column.sql_type}) is not null'
        ") order by rowid limit 1",
        {"pattern": CSV_PATTERNS[column.data_type]},
    ).fetchone()
    if bad:
        expected = f"{column.data_type}, {CSV_EXPECTED[column.data_type]}"
        raise BackfillError(
            f"{path}: column {column.name}: expected {expected}; found {bad[1]!r} in line {_line_of(path, bad[0])}"
        )


def _line_of(path: Path, row: int) -> int:
    """Return the line of the CSV file in which its data row `row` (from 0) ends; a quoted value may span lines."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        next(islice((record for record in reader if record), row + 1, None))
        return reader.line_num


def _refuse_nulls(connection: Connection, path: Path, table: RawTable, number: int) -> None:
    """Raise when the slice column, or a game id that is the first part of the key, is NULL."""
    needed = {table.slice_column}
    if table.key[0] == "game_id":
        needed.add("game_id")
    for name in sorted(needed):
        nulls, rows = connection.execute(
            f'select count(*) filter ("{name}" is null), count(*) from {_staged_name(table)} where _file = {number}'
        ).fetchone()
        if nulls:
            raise BackfillError(f"{path}: column {name}: expected a value in every row; {nulls:,} of {rows:,} are NULL")


def _slice_of(connection: Connection, path: Path, table: RawTable, number: int) -> _Slice:
    """Return what the file replaces, from its name if that is a season or a date, else from its rows."""
    season = re.fullmatch(r"(\d{4})-(\d{2})", path.stem)
    if season and (int(season[1]) + 1) % 100 == int(season[2]):
        if table.partition_by is None:
            return _Slice(table.slice_column, [path.stem], path.stem)
        return _Slice(_season_expression(table), [int(season[1])], path.stem)
    if table.partition_by and re.fullmatch(r"\d{4}-\d{2}-\d{2}", path.stem):
        return _Slice(table.partition_by, [_date_of(path)], path.stem)
    carried = f"select distinct {table.slice_column} from {_staged_name(table)} where _file = {number} order by 1"
    return _Slice(table.slice_column, [row[0] for row in connection.execute(carried).fetchall()])


def _season_expression(table: RawTable) -> str:
    """First calendar year of a row's season: its season_year, else by its date, 1 August to 31 July."""
    by_date = f"year({table.partition_by}) - cast(month({table.partition_by}) < 8 as integer)"
    return f"coalesce(season_year, {by_date})" if table.has("season_year") else by_date


def _date_of(path: Path) -> date:
    try:
        return date.fromisoformat(path.stem)
    except ValueError as error:
        raise BackfillError(f"{path}: the file is named after a date that does not exist") from error


def _refuse_rows_outside(connection: Connection, path: Path, table: RawTable, number: int, replaces: _Slice) -> None:
    if replaces.label is None:
        return
    outside = connection.execute(
        f"select {table.slice_column}, {replaces.expression}, count(*) over () from {_staged_name(table)} "
        f"where _file = {number} and {replaces.expression} <> $wanted order by all limit 1",
        {"wanted": replaces.values[0]},
    ).fetchone()
    if outside:
        found = f"found {outside[0]}" + (f" of season {outside[1]}" if isinstance(outside[1], int) else "")
        raise BackfillError(
            f"{path}: column {table.slice_column}: expected only rows of {replaces.label}, {found}; "
            f"{outside[2]:,} row(s) are outside"
        )


def _refuse_duplicated_file(connection: Connection, table: RawTable, paths: list[Path]) -> None:
    """Raise when two files hold the same record. A game may be in two files with two dates: it was postponed."""
    columns = list(dict.fromkeys([*table.key, table.slice_column]))
    names = ", ".join(f'"{name}"' for name in columns)
    shared = connection.execute(
        f"select min(_file), max(_file), count(*) over (), {names} from {_staged_name(table)} "
        f"group by {names} having min(_file) < max(_file) order by all limit 1"
    ).fetchone()
    if shared:
        key = ", ".join(f"{name} = {value}" for name, value in zip(columns, shared[3:], strict=True))
        raise BackfillError(
            f"{paths[shared[0]]} and {paths[shared[1]]} hold the same {shared[2]:,} record(s) of {table.name}, "
            f"first {key}; one of the files is a duplicate"
        )


def _refuse_mixture(
    connection: Connection, warehouse: Path, contract: dict[str, RawTable], staged: list[_StagedTable]
) -> None:
    """Raise when simulated and real rows would meet in one warehouse."""
    incoming = {kind for table in staged for kind in _kinds(connection, table.name)}
    if len(incoming) > 1:
        raise BackfillError("the directory holds simulated and real rows; load them into two warehouses")
    existing = {kind for name in contract for kind in _kinds(connection, _raw_name(name))}
    if existing - incoming and incoming:
        (is_simulated,) = incoming
        old, new = ("real", "simulated") if is_simulated else ("simulated", "real")
        raise BackfillError(
            f"warehouse {warehouse} holds {old} rows, so {new} rows are refused: one warehouse never mixes the two",
            f"the same command with --warehouse warehouse/{new}.duckdb, or set {WAREHOUSE_VARIABLE}",
        )


def _kinds(connection: Connection, relation: str) -> set[bool]:
    """Return which kinds of rows there are: True simulated, False real."""
    return {row[0] for row in connection.execute(f"select distinct {IS_SIMULATED} from {relation}").fetchall()}


# ---- writing, in one transaction ----


@contextmanager
def _transaction(connection: Connection, warehouse: Path) -> Iterator[None]:
    """Commit at the end; without that, closing the connection takes everything back."""
    connection.begin()
    try:
        yield
        connection.commit()
    except duckdb.Error as error:
        message = f"warehouse {warehouse} could not be written, nothing was changed: {_cause(error)}"
        raise BackfillError(message) from error


def _raw_name(name: str) -> str:
    return f"{RAW_SCHEMA}.{name}"


def _existing_columns(connection: Connection) -> dict[str, list[tuple[str, str]]]:
    """Return name and type of the columns of every table in nba_raw."""
    rows = connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() and schema_name = $schema order by table_name, column_index",
        {"schema": RAW_SCHEMA},
    ).fetchall()
    existing: dict[str, list[tuple[str, str]]] = {}
    for table, column, data_type in rows:
        existing.setdefault(table, []).append((column, data_type))
    return existing


def _create_tables(connection: Connection, warehouse: Path, contract: dict[str, RawTable]) -> None:
    """Create the declared tables that are missing; raise when one exists with other columns than declared."""
    connection.execute(f"create schema if not exists {RAW_SCHEMA}")
    existing = _existing_columns(connection)
    for table in contract.values():
        declared = [(column.name, column.sql_type) for column in table.columns]
        if existing.get(table.name, declared) != declared:
            changed = sorted({name for name, _ in set(declared) ^ set(existing[table.name])}) or ["their order"]
            raise BackfillError(
                f"{_raw_name(table.name)} in {warehouse} has other columns than declared: {', '.join(changed)}",
                "load all raw files into a new warehouse with --warehouse",
            )
        columns = ", ".join(f'"{name}" {sql_type}' for name, sql_type in declared)
        connection.execute(f"create table if not exists {_raw_name(table.name)} ({columns})")


def _replace_slices(connection: Connection, staged: _StagedTable) -> LoadedTable:
    started = time.perf_counter()
    target = _raw_name(staged.table.name)
    replaced = sum(_delete(connection, target, file.replaces) for file in staged.files)
    columns = ", ".join(f'"{column.name}"' for column in staged.table.columns)
    (rows,) = connection.execute(f"insert into {target} ({columns}) select {columns} from {staged.name}").fetchone()
    return LoadedTable(
        table=staged.table.name,
        files=len(staged.files),
        rows=rows,
        rows_replaced=replaced,
        slices=sorted({label for file in staged.files for label in file.replaces.labels}),
        ignored_columns=sorted({name for file in staged.files for name in file.ignored_columns}),
        seconds=round(staged.seconds + time.perf_counter() - started, 3),
    )


def _delete(connection: Connection, target: str, replaces: _Slice) -> int:
    """Delete the slice; return the number of rows that were in it."""
    statement = f"delete from {target} where {replaces.expression} in (select unnest($values))"
    return connection.execute(statement, {"values": replaces.values}).fetchone()[0] if replaces.values else 0
