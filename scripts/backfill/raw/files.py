"""Raw files: which there are, and their values as the contract has them, checked before the warehouse is touched.

A file is read as it is, then each column is converted (values.py). What loses nothing is accepted and noted; the rest
is refused in one sentence with file, line or row, what was found and what was expected.
"""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

import duckdb

from backfill.base.errors import BackfillError
from backfill.contract import Column, RawTable
from backfill.raw.values import Conversion, conversion, expected

Connection = duckdb.DuckDBPyConnection
SUFFIXES = (".parquet", ".csv")
CSV_OPTIONS = "header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', null_padding = false"
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
#: The first bytes of what people save under a name that ends in .csv.
SIGNATURES = {
    b"\xff\xfe": "text in UTF-16 (Excel calls it Unicode text)",
    b"\xfe\xff": "text in UTF-16 (Excel calls it Unicode text)",
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\x1f\x8b": "compressed by gzip",
    b"PAR1": "parquet",
    b"{": "JSON",
    b"[": "JSON",
}
AS_UTF_8 = "save it as UTF-8"


@dataclass
class Notes:
    """What was accepted in another form, and words that no model knows: (column, what) -> values."""

    forms: dict[tuple[str, str], int] = field(default_factory=dict)
    words: dict[tuple[str, str], int] = field(default_factory=dict)
    undeclared: list[str] = field(default_factory=list)


# ---- finding files ----


def files_below(folder: Path) -> list[Path]:
    """All files below a folder, also behind links to folders, in order of their paths; a circle of links is left."""
    found: list[Path] = []
    seen: set[str] = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        found += [Path(place, name) for name in names]
    return sorted(found)


def find_files(directory: Path, contract: dict[str, RawTable]) -> dict[str, list[Path]]:
    """Return the data files of each table, in the order of the contract.

    Files and folders named .* or _* are left alone. Raises BackfillError for a data file of no table.
    """
    found: dict[str, list[Path]] = {name: [] for name in contract}
    root = directory.resolve()
    for path in files_below(root):
        inside = path.relative_to(root).parts
        if not path.is_file() or any(part.startswith((".", "_")) for part in inside):
            continue
        if path.suffix.lower() in SUFFIXES:
            found[_table_of(path, inside, contract)].append(path)
        elif path.parent.name in contract:
            raise BackfillError(f"{path}: only .parquet and .csv files can be loaded", _way_in(path))
    if not any(found.values()):
        raise BackfillError(f"no .parquet or .csv file in {directory}", "backfill raw load DIR with DIR/<table>/<file>")
    return {name: paths for name, paths in found.items() if paths}


def _way_in(path: Path) -> str | None:
    if path.suffix.lower() in (".gz", ".zip", ".xz", ".7z", ".tar"):
        return f"unpack it, and load what is in it: {path.name} is compressed"
    if path.suffix.lower() in (".xlsx", ".xls"):
        return "save each sheet as CSV UTF-8 (comma delimited)"
    return None


def _table_of(path: Path, inside: tuple[str, ...], contract: dict[str, RawTable]) -> str:
    """Return the table of a file: the name of its folder, else its own name without the suffix."""
    for name in (path.parent.name, path.stem):
        if name in contract:
            return name
    if "=" in path.parent.name:
        table = next((part for part in inside if part in contract), "<table>")
        raise BackfillError(
            f"{path}: a folder named {path.parent.name} is a partition of a dataset, which is not read",
            f"move the file to {table}/ and name it after its season or date: {table}/2023-24.parquet",
        )
    nearest = get_close_matches(path.parent.name, contract, n=1) or get_close_matches(path.stem, contract, n=1)
    advice = f"did you mean {nearest[0]}?" if nearest else f"declared are {', '.join(contract)}"
    raise BackfillError(f"{path}: neither its folder nor its name is a raw table; {advice}")


# ---- reading one file ----


def read_file(connection: Connection, path: Path, table: RawTable, into: str, number: int) -> Notes:
    """Add the rows of a file, as the contract has them, to the temporary table `into`, with its number as _file.

    Raises BackfillError for a file that cannot be read or breaks the contract.
    """
    is_csv = path.suffix.lower() == ".csv"
    notes = Notes()
    try:
        found = _open_csv(connection, path) if is_csv else _open_parquet(connection, path)
        columns = _matched(path, table, found)
        notes.undeclared = [name for name in found if name not in columns.values()]
        _refuse_missing_columns(path, table, columns, found, is_csv)
        conversions = {}
        for column in table.columns:
            if column.name in columns:
                how = conversion(column, found[columns[column.name]])
                if how is None:
                    _refuse_type(connection, path, column, found[columns[column.name]])
                else:
                    conversions[column.name] = how
        _refuse_bad_values(connection, path, table, conversions, is_csv)
        _note_forms(connection, conversions, notes)
        made = {
            column.name: conversion(_as_lookup(column), "VARCHAR")
            for column in table.columns
            if column.made_from in conversions
        }
        values = _values(table, conversions, made)
        names = ", ".join(f'"{name}"' for name in values)
        connection.execute(
            f"insert into {into} (_file, {names}) select {number}, {', '.join(values.values())} from temp.opened"
        )
        _note_words(connection, table, into, number, notes)
    except (duckdb.Error, OSError, UnicodeDecodeError, csv.Error) as error:
        raise BackfillError(f"{path} cannot be read: {cause(error)}") from error
    return notes


def _as_lookup(column: Column) -> Column:
    return Column(column.made_from or "", "string", format="lookup")


def _values(table: RawTable, conversions: dict[str, Conversion], made: dict[str, Conversion | None]) -> dict[str, str]:
    """Column -> its value in SQL; a missing or empty value of a column that is made from another is made."""
    values = {}
    for column in table.columns:
        own = conversions[column.name].value if column.name in conversions else None
        source = made.get(column.name)
        parts = [part for part in (own, source.value if source else None) if part]
        if parts:
            values[column.name] = f"cast(coalesce({', '.join(parts)}) as {column.sql_type})"
    return values


def cause(error: Exception) -> str:
    """The message without DuckDB's error class in front and its advice on reader options behind."""
    message = re.sub(r"^[\w ]+ Error: ", "", str(error))
    return " ".join(re.split(r"\n\n|Possible (?:fixes|solutions)", message)[0].split())


def _open_parquet(connection: Connection, path: Path) -> dict[str, str]:
    """Make the file readable as temp.opened; return its columns and their types."""
    connection.execute("drop view if exists temp.opened; drop table if exists temp.opened_text")
    source = f"read_parquet({_literal(path)}, hive_partitioning = false, file_row_number = true)"
    found = {row[0]: row[1] for row in connection.execute(f"describe from {source}").fetchall()}
    found.pop("file_row_number")
    columns = ", ".join(f'"{name}" as "{name.strip()}"' for name in found)
    connection.execute(f"create temp view opened as select {columns}, file_row_number as _row from {source}")
    return {name.strip(): kind for name, kind in found.items()}


def _open_csv(connection: Connection, path: Path) -> dict[str, str]:
    """Read the file as text, empty values as NULL, into temp.opened; return its columns."""
    header = _header(path)
    connection.execute("drop view if exists temp.opened; drop table if exists temp.opened_text")
    columns = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in header)
    source = f"read_csv({_literal(path)}, columns = {{{columns}}}, {CSV_OPTIONS})"
    try:
        connection.execute(f"create temp table opened_text as from {source}")
    except duckdb.Error as error:
        raise _unreadable_csv(path, header, error) from error
    connection.execute("create temp view opened as select *, rowid as _row from temp.opened_text")
    return dict.fromkeys(header, "VARCHAR")


def _header(path: Path) -> list[str]:
    """Names of the columns. Raises BackfillError, saying what the file is, for one that is no CSV in UTF-8."""
    with path.open("rb") as file:
        start = file.read(4)
    for signature, kind in SIGNATURES.items():
        if start.startswith(signature):
            advice = AS_UTF_8 if "UTF-16" in kind else "save it as CSV with commas, in UTF-8"
            raise BackfillError(f"{path} is {kind}, not a CSV file in UTF-8", advice)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
            while file.read(1 << 20):  # the rest is read to know where it is no UTF-8
                pass
    except UnicodeDecodeError as error:
        line, value = _undecodable(path)
        raise BackfillError(
            f"{path}: line {line} is not UTF-8: {value!r} looks like Latin-1 or Windows-1252", AS_UTF_8
        ) from error
    if len(header) == 1:
        for separator, kind in SEPARATORS.items():
            if separator in header[0]:
                raise BackfillError(f"{path} has {kind} between its columns, not commas", "save it with commas")
    names = [name.strip() for name in header]
    folded = [name.casefold() for name in names]
    if names and not names[0] and "" not in folded[1:]:
        raise BackfillError(
            f"{path}: the first column has no name; it looks like the index of a data frame",
            "write the file without it: to_csv(path, index=False)",
        )
    if not names or "" in folded or len(set(folded)) < len(folded):
        raise BackfillError(f"{path}: the first line must name every column, each once; found {names}")
    return names


def _undecodable(path: Path) -> tuple[int, str]:
    """The first line that is not UTF-8, and the value on it, read as Windows-1252."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                text = line.decode("cp1252", errors="replace").strip()
                place = len(line[: error.start].decode("utf-8", errors="ignore"))
                start = text.rfind(",", 0, place) + 1
                return number, text[start:].split(",")[0].strip('"')
    return 1, ""


def _unreadable_csv(path: Path, header: list[str], error: duckdb.Error) -> BackfillError:
    """The row that DuckDB stumbled over, in a sentence."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        for row in reader:
            if row and len(row) != len(header):
                kind = "is empty" if not any(row) else f"has {len(row)} values"
                return BackfillError(
                    f"{path}: line {reader.line_num} {kind}, the first line names {len(header)} columns",
                    "remove the row, or quote the value that holds a comma",
                )
    return BackfillError(f"{path} cannot be read: {cause(error)}")


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _matched(path: Path, table: RawTable, found: dict[str, str]) -> dict[str, str]:
    """Declared column -> the column of the file: the same name, else the same in another case or with blanks around."""
    folded: dict[str, str] = {}
    for name in found:
        folded.setdefault(name.strip().casefold(), name)
    return {
        column.name: column.name if column.name in found else folded[column.name.casefold()]
        for column in table.columns
        if column.name in found or column.name.casefold() in folded
    }


def _refuse_missing_columns(
    path: Path, table: RawTable, columns: dict[str, str], found: dict[str, str], is_csv: bool
) -> None:
    missing = [
        column
        for column in table.columns
        if column.name not in columns
        and (not column.optional or (column.made_from and column.made_from not in columns))
    ]
    if not missing:
        return
    if len(missing) > 5:
        raise BackfillError(
            f"{path}: {len(missing)} of {len(table.columns)} columns of {table.name} are missing, among them "
            f"{', '.join(column.name for column in missing[:3])}; found {', '.join(list(found)[:5])}",
            "compare the file with models/staging/*/_*__sources.yml, which names the columns of each table",
        )
    wanted = ", ".join(f"{column.name} ({column.data_type})" for column in missing)
    raise BackfillError(f"{path}: required column {wanted} is missing; found {', '.join(found)}")


def _refuse_type(connection: Connection, path: Path, column: Column, found: str) -> None:
    """A column of a type that holds none of the contract's values; one that is all NULL fits every type."""
    first = connection.execute(
        f'select "{column.name}", _row from temp.opened where "{column.name}" is not null limit 1'
    ).fetchone()
    if first:
        raise BackfillError(
            f"{path}: column {column.name}: expected {column.data_type}, {expected(column)}; found {found} "
            f"(first value {first[0]!r} in row {first[1] + 1:,})"
        )


def _refuse_bad_values(
    connection: Connection, path: Path, table: RawTable, conversions: dict[str, Conversion], is_csv: bool
) -> None:
    """Raise for the first column with a value that is not one of the contract's, in any form."""
    checked = [column for column in table.columns if column.name in conversions]
    bad = {name: f"not ({how.nothing}) and ({how.value}) is null" for name, how in conversions.items()}
    if not bad:
        return
    counts = connection.execute(
        f"select {', '.join(f'count(*) filter ({condition})' for condition in bad.values())} from temp.opened"
    ).fetchone()
    failing = [name for name, count in zip(bad, counts or (), strict=True) if count]
    if not failing:
        return
    name = failing[0]
    column = next(column for column in checked if column.name == name)
    count = dict(zip(bad, counts or (), strict=True))[name]
    row = connection.execute(
        f'select _row, "{name}" from temp.opened where {bad[name]} order by _row limit 1'
    ).fetchone()
    assert row is not None
    place = f"line {line_of(path, row[0])}" if is_csv else f"row {row[0] + 1:,}"
    more = f"; {count:,} values are not" if count > 1 else ""
    value = row[1] if isinstance(row[1], str) else str(row[1])
    raise BackfillError(
        f"{path}: column {name}: expected {column.data_type}, {expected(column)}; found {value!r} in {place}{more}"
    )


def line_of(path: Path, row: int) -> int:
    """Return the line of the CSV file in which its data row `row` (from 0) ends; a quoted value may span lines."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        next(islice((record for record in reader if record), row + 1, None))
        return reader.line_num


def _note_forms(connection: Connection, conversions: dict[str, Conversion], notes: Notes) -> None:
    asked = {name: how for name, how in conversions.items() if how.other_form != "false"}
    if not asked:
        return
    counted = ", ".join(
        f'count(*) filter (where {how.other_form} and "{name}" is not null)' for name, how in asked.items()
    )
    counts = connection.execute(f"select {counted} from temp.opened").fetchone() or ()
    for (name, how), count in zip(asked.items(), counts, strict=True):
        if count:
            notes.forms[name, how.called] = count


def _note_words(connection: Connection, table: RawTable, into: str, number: int, notes: Notes) -> None:
    for column in table.columns:
        if column.words:
            known = ", ".join(_literal(word.lower()) for word in column.words)
            text = f'lower(cast("{column.name}" as varchar))'
            for word, count in connection.execute(
                f'select cast("{column.name}" as varchar), count(*) from {into} where _file = {number} '
                f"and {text} not in ({known}) group by 1 order by 2 desc, 1"
            ).fetchall():
                notes.words[column.name, word] = count
