"""Load a directory of raw files into schema nba_raw of a DuckDB warehouse: all files or, if one is bad, none.

Every file is read into a temporary table and checked against the contract before the warehouse is touched.
A file replaces a slice: the season or the date it is named after, otherwise exactly the dates its rows carry.
"""

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from backfill.base.errors import BackfillError
from backfill.base.project import WAREHOUSE_VARIABLE, open_warehouse
from backfill.contract import RAW_SCHEMA, RawTable
from backfill.raw.files import Notes, cause, find_files, read_file

Connection = duckdb.DuckDBPyConnection

#: A file may take away so much of what is loaded, rows and share of its slice, before it has to be meant.
FEW_ROWS, FEW_SHARE = 2, 0.01
HISTORY = "nba_orchestration.raw_loads"
HISTORY_COLUMNS = {
    "raw_table": "VARCHAR",
    "slice": "VARCHAR",
    "file_name": "VARCHAR",
    "rows_loaded": "BIGINT",
    "rows_replaced": "BIGINT",
    "rows_removed": "BIGINT",
    "digest": "VARCHAR",
    "loaded_at": "TIMESTAMP",
    "command": "VARCHAR",
}
IS_SIMULATED = "coalesce(starts_with(source_file_path, 'simulated:'), false)"


@dataclass(frozen=True)
class LoadedTable:
    """What was done to one raw table. `slices` are seasons or dates; `seconds` is the time spent on this table.

    Of the rows that were there, `rows_replaced` were in the slices and `rows_removed` have no successor there. `notes`
    tell what was accepted in another form, and words that no model knows.
    """

    table: str
    files: int
    rows: int
    rows_replaced: int
    rows_removed: int
    slices: list[str]
    ignored_columns: list[str]
    notes: list[str]
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
    number: int
    replaces: _Slice
    notes: Notes


@dataclass(frozen=True)
class _StagedTable:
    table: RawTable
    files: list[_StagedFile]
    seconds: float

    @property
    def name(self) -> str:
        return _staged_name(self.table)


@dataclass
class _Lost:
    """What a load takes away: rows without a successor, their dates that have none left, and their games."""

    rows: int = 0
    of: int = 0
    dates: list[date] = field(default_factory=list)
    games: int | None = None

    @property
    def is_much(self) -> bool:
        """TRUE for more than a correction takes away."""
        return self.rows > max(FEW_ROWS, FEW_SHARE * self.of)

    def __str__(self) -> str:
        said = f"{self.rows:,} of {self.of:,} rows"
        if self.games:
            said += f", {self.games:,} games"
        if self.dates:
            first, last = min(self.dates), max(self.dates)
            said += f", every row of {len(self.dates):,} dates" + (
                f" from {first} to {last}" if first < last else f" ({first})"
            )
        return said


class _TakenBack(Exception):
    """A dry run has reached its end: closing the connection takes everything back."""


def load_directory(
    directory: Path,
    warehouse: Path,
    contract: dict[str, RawTable],
    *,
    replace: bool = False,
    by_unit: bool = False,
    dry_run: bool = False,
    command: str = "raw load",
) -> list[LoadedTable]:
    """Load all raw files of `directory` into the DuckDB file `warehouse`; return one entry per table that had a file.

    Every table of the contract exists afterwards, empty if it never had a file. Everything happens in one transaction.
    When two files of one directory claim overlapping slices, the rows of both are kept. With `by_unit` a file replaces
    the units of its rows (a game, a snapshot: `unit` of the contract) and no others of their dates. A `dry_run` does
    and checks all of it and takes it back. What was loaded, when and by which `command` stays in
    nba_orchestration.raw_loads.
    Raises BackfillError, with the warehouse unchanged, for a file that breaks the contract, for a warehouse that is in
    use, for real rows meant for a simulated warehouse or the other way round, and, unless `replace`, for files that
    would take away more than a few of the rows that are loaded.
    """
    files = find_files(directory, contract)
    is_new = not warehouse.exists()
    connection = open_warehouse(warehouse)
    try:
        with closing(connection):
            staged = [_stage_table(connection, contract[name], paths, by_unit) for name, paths in files.items()]
            with _transaction(connection, warehouse):
                _create_tables(connection, warehouse, contract)
                _refuse_mixture(connection, warehouse, contract, staged)
                lost = {table.table.name: _lost(connection, table) for table in staged}
                if not replace:
                    _refuse_losses(lost)
                loaded = [_replace_slices(connection, table, lost[table.table.name], command) for table in staged]
                if dry_run:
                    raise _TakenBack
                return loaded
    except _TakenBack:
        if is_new:
            warehouse.unlink(missing_ok=True)
        return loaded
    except BaseException:
        if is_new:
            warehouse.unlink(missing_ok=True)
        raise


# ---- reading and checking, before anything is written ----


def _staged_name(table: RawTable) -> str:
    return f"temp.staged_{table.name}"


def _stage_table(connection: Connection, table: RawTable, paths: list[Path], by_unit: bool) -> _StagedTable:
    """Read the files of one table into a temporary table with the contract's columns and check them."""
    started = time.perf_counter()
    columns = ", ".join(f'"{column.name}" {column.sql_type}' for column in table.columns)
    connection.execute(f"create temp table staged_{table.name} (_file INTEGER, {columns})")
    files = [_stage_file(connection, table, number, path, by_unit) for number, path in enumerate(paths)]
    if len(paths) > 1:
        _refuse_duplicated_file(connection, table, paths)
    return _StagedTable(table, files, time.perf_counter() - started)


def _stage_file(connection: Connection, table: RawTable, number: int, path: Path, by_unit: bool) -> _StagedFile:
    notes = read_file(connection, path, table, _staged_name(table), number)
    _refuse_nulls(connection, path, table, number)
    if by_unit:
        return _StagedFile(path, number, _carried(connection, table, number, _unit_expression(table)), notes)
    replaces = _slice_of(connection, path, table, number)
    _refuse_rows_outside(connection, path, table, number, replaces)
    return _StagedFile(path, number, replaces, notes)


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
    return _carried(connection, table, number, table.slice_column)


def _carried(connection: Connection, table: RawTable, number: int, expression: str) -> _Slice:
    """What the rows of a file carry themselves."""
    carried = f"select distinct {expression} from {_staged_name(table)} where _file = {number} order by 1"
    return _Slice(expression, [row[0] for row in connection.execute(carried).fetchall()])


def _unit_expression(table: RawTable) -> str:
    """A text that is the same for all rows of one unit: a game, a snapshot of a market."""
    parts = ", ".join(f"coalesce(cast(\"{name}\" as varchar), '')" for name in table.unit)
    return f"concat_ws(' ', {parts})"


def _season_expression(table: RawTable) -> str:
    """First calendar year of a row's season: its season_year, else by its date, 1 August to 31 July.

    So preseason counts as of the season that it is before. 2019-20 went on into the next October.
    """
    day = table.partition_by
    by_date = (
        f"year({day}) - cast(month({day}) < 8 or {day} between date '2020-08-01' and date '2020-10-11' as integer)"
    )
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


# ---- what a load takes away ----


def _lost(connection: Connection, staged: _StagedTable) -> _Lost:
    """Rows of the slices, as they are loaded now, whose key no row of the files has."""
    table, target = staged.table, _raw_name(staged.table.name)
    lost = _Lost()
    here = [file.replaces for file in staged.files if file.replaces.values]
    if not here:
        return lost
    values = {f"v{number}": replaces.values for number, replaces in enumerate(here)}
    inside = " or ".join(
        f"{replaces.expression} in (select unnest($v{number}))" for number, replaces in enumerate(here)
    )
    key = ", ".join(f'"{name}"' for name in table.key)
    day = table.partition_by
    gone = f"select {key} from old except select {key} from {staged.name}"
    same_key = " and ".join(f'old."{name}" is not distinct from gone."{name}"' for name in table.key)
    games = "count(distinct old.game_id)" if table.has("game_id") else "null"
    counted = connection.execute(
        f"with old as (select * from {target} where {inside}), gone as ({gone}) "
        f"select (select count(*) from old), count(*), {games} from old inner join gone on {same_key}",
        values,
    ).fetchone()
    lost.of, lost.rows, lost.games = counted or (0, 0, None)
    if lost.rows and day:
        lost.dates = [
            row[0]
            for row in connection.execute(
                f"select {day} from {target} where {inside} except select {day} from {staged.name} order by 1", values
            ).fetchall()
        ]
    return lost


def _refuse_losses(lost: dict[str, _Lost]) -> None:
    much = {name: what for name, what in lost.items() if what.is_much}
    if much:
        said = "; ".join(f"{name}: {what}" for name, what in much.items())
        raise BackfillError(
            f"these files would take away what is loaded and not in them: {said}. Nothing was changed",
            "the same command with --replace, if they are meant to go; else load the whole season, or name the files "
            "otherwise: a file without a season or date in its name replaces the dates of its rows",
        )


# ---- writing, in one transaction ----


@contextmanager
def _transaction(connection: Connection, warehouse: Path) -> Iterator[None]:
    """Commit at the end; without that, closing the connection takes everything back."""
    connection.begin()
    try:
        yield
        connection.commit()
    except duckdb.Error as error:
        message = f"warehouse {warehouse} could not be written, nothing was changed: {cause(error)}"
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


def _replace_slices(connection: Connection, staged: _StagedTable, lost: _Lost, command: str) -> LoadedTable:
    started = time.perf_counter()
    target = _raw_name(staged.table.name)
    replaced = {file.number: _delete(connection, target, file.replaces) for file in staged.files}
    columns = ", ".join(f'"{column.name}"' for column in staged.table.columns)
    (rows,) = connection.execute(f"insert into {target} ({columns}) select {columns} from {staged.name}").fetchone()
    _record(connection, staged, replaced, lost, command)
    return LoadedTable(
        table=staged.table.name,
        files=len(staged.files),
        rows=rows,
        rows_replaced=sum(replaced.values()),
        rows_removed=lost.rows,
        slices=sorted({label for file in staged.files for label in file.replaces.labels}),
        ignored_columns=sorted({name for file in staged.files for name in file.notes.undeclared}),
        notes=_told(staged),
        seconds=round(staged.seconds + time.perf_counter() - started, 3),
    )


def _delete(connection: Connection, target: str, replaces: _Slice) -> int:
    """Delete the slice; return the number of rows that were in it."""
    statement = f"delete from {target} where {replaces.expression} in (select unnest($values))"
    return connection.execute(statement, {"values": replaces.values}).fetchone()[0] if replaces.values else 0


def _told(staged: _StagedTable) -> list[str]:
    """What was accepted in another form, and words that no model knows, with counts over all files."""
    forms: dict[tuple[str, str], int] = {}
    words: dict[tuple[str, str], int] = {}
    for file in staged.files:
        for found, total in ((file.notes.forms, forms), (file.notes.words, words)):
            for key, count in found.items():
                total[key] = total.get(key, 0) + count
    return [f"{column}: {count:,} {called}" for (column, called), count in forms.items()] + [
        f"{column}: {count:,} rows say '{word}', which no model knows" for (column, word), count in words.items()
    ]


def _record(connection: Connection, staged: _StagedTable, replaced: dict[int, int], lost: _Lost, command: str) -> None:
    """One row a file in the load history; what was removed is known for the table and stands with its first file."""
    columns = ", ".join(f"{name} {kind}" for name, kind in HISTORY_COLUMNS.items())
    connection.execute("create schema if not exists nba_orchestration")
    connection.execute(f"create table if not exists {HISTORY} ({columns})")
    now = datetime.now(UTC).replace(tzinfo=None)
    for file in staged.files:
        (rows,) = connection.execute(f"select count(*) from {staged.name} where _file = {file.number}").fetchone()
        connection.execute(
            f"insert into {HISTORY} ({', '.join(HISTORY_COLUMNS)}) values ({', '.join('?' * len(HISTORY_COLUMNS))})",
            [
                staged.table.name,
                ", ".join(file.replaces.labels[:3]) + (" ..." if len(file.replaces.labels) > 3 else ""),
                file.path.name,
                rows,
                replaced[file.number],
                lost.rows if file.number == 0 else 0,
                hashlib.file_digest(file.path.open("rb"), "sha256").hexdigest(),
                now,
                command,
            ],
        )
