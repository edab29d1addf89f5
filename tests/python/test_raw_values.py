"""Raw values in every form in which people keep them: what loses nothing is the contract's value, the rest is refused.

The forms of each kind of column are crossed with the files they can come from: each variant is a file of its own.
"""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from backfill.base.errors import BackfillError
from backfill.contract import Column, RawTable
from backfill.raw.files import read_file

REFUSED = "refused"
COLUMNS = {
    "count": Column("value", "int64"),
    "measure": Column("value", "float64"),
    "flag": Column("value", "bool"),
    "day": Column("value", "date"),
    "utc": Column("value", "timestamp", clock="utc"),
    "eastern": Column("value", "timestamp", clock="eastern"),
    "nba_game_id": Column("value", "string", format="nba_game_id"),
    "lookup": Column("value", "string", format="lookup"),
    "text": Column("value", "string"),
}
#: kind of column -> text in a CSV file -> the value, None for NULL, or REFUSED
TEXTS: dict[str, dict[str, object]] = {
    "count": {
        **{"8": 8, "+8": 8, "-8": -8, "008": 8, " 8 ": 8, "8.0": 8, "8.": 8, "8.000": 8, "0": 0, "-0": 0},
        **dict.fromkeys(["", "NaN", "nan", "NULL", "None", "NA", "n/a", "NaT", "<NA>", " "]),
        **dict.fromkeys(
            ["8.5", "eight", "8,5", "1e3", "99999999999999999999", "1,000", "0x8", "8 9", "--8", "8-"], REFUSED
        ),
    },
    "measure": {
        **{"1.5": 1.5, ".5": 0.5, "5.": 5.0, "-3": -3.0, "1e2": 100.0, "2.5E-1": 0.25, " 7 ": 7.0, "0.0": 0.0},
        **dict.fromkeys(["", "NaN", "nan", "None", "null", "NA"]),
        **dict.fromkeys(["1,5", "inf", "-inf", "Infinity", "1.5.5", "x", "1_000", "$5", "50%"], REFUSED),
    },
    "flag": {
        **dict.fromkeys(["true", "True", "TRUE", "t", "T", "1", "1.0"], True),
        **dict.fromkeys(["false", "False", "f", "0", "0.0"], False),
        **dict.fromkeys(["", "NaN", "None", "NA"]),
        **dict.fromkeys(["yes", "no", "2", "Y", "wahr", "-1"], REFUSED),
    },
    "day": {
        **dict.fromkeys(
            ["2023-11-05", "2023-11-05 00:00:00", "2023-11-05T00:00", "2023-11-05 00:00:00.000"], date(2023, 11, 5)
        ),
        **dict.fromkeys(["", "NaT", "None", "nan"]),
        **dict.fromkeys(
            ["2023-11-5", "05/11/2023", "20231105", "2023-02-30", "2023-11-05 19:30:00", "45235", "Nov 5, 2023"],
            REFUSED,
        ),
    },
    "utc": {
        **dict.fromkeys(
            [
                *("2023-11-05 23:30:00", "2023-11-05T23:30", "2023-11-05T23:30:00Z", "2023-11-05 23:30:00 UTC"),
                *("2023-11-05 23:30:00+00", "2023-11-05T18:30:00-05:00", "2023-11-06 00:30:00+01:00"),
                *("2023-11-05 23:30:00.000", "2023-11-05T15:30-0800"),
            ],
            datetime(2023, 11, 5, 23, 30),
        ),
        **dict.fromkeys(["", "NaT", "None"]),
        **dict.fromkeys(
            ["2023-11-05", "23:30", "2023-11-05 25:00:00", "2023-11-05 23:30 EST", "1699227000", "soon"], REFUSED
        ),
    },
    "lookup": {
        "lebronjames": "lebronjames",
        "LeBron James": "lebronjames",
        "Luka Dončić": "lukadoncic",
        "Jaren Jackson Jr.": "jarenjacksonjr",
        "D'Angelo Russell": "dangelorussell",
        "Mikkel Østergaard": "mikkelostergaard",
        "": None,
        " ": None,
    },
    "text": {"LeBron James": "LeBron James", " padded ": " padded ", "nan": "nan", "007": "007", "": None},
    "nba_game_id": {
        **dict.fromkeys(["0022300001", "22300001", "22300001.0", " 0022300001 ", "0022300001.0"], "0022300001"),
        "42300405": "0042300405",
        "0012300001": "0012300001",
        "": None,
        **dict.fromkeys(
            ["2230001", "00223000011", "20231105_BOS_NYK", "x", "223e5", "-22300001", "0022300001a"], REFUSED
        ),
    },
}
#: the same for the Eastern clock, on both sides of the change of clocks on 2023-11-05 and 2023-03-12
INSTANTS = [
    "2023-10-24 23:30:00",
    "2023-11-05 05:30:00",
    "2023-11-05 06:30:00",
    "2023-11-05 07:30:00",
    "2023-12-25 17:00:00",
]
INSTANTS += [
    "2023-03-12 06:30:00",
    "2023-03-12 07:30:00",
    "2024-06-18 00:30:00",
    "2023-11-06 04:00:00",
    "2024-01-01 00:00:00",
]
ZONES = ["UTC", "America/New_York", "America/Los_Angeles", "Europe/Madrid", "Asia/Tokyo"]
#: kind -> DuckDB type of a parquet column -> SQL of the value -> the value
TYPED: dict[str, dict[str, dict[str, object]]] = {
    "count": {
        **{
            kind: {"8": 8, "null": None}
            for kind in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "UINTEGER", "HUGEINT")
        },
        "DOUBLE": {"8": 8, "-8": -8, "'nan'": None, "null": None, "8.5": REFUSED, "'inf'": REFUSED, "1e300": REFUSED},
        "FLOAT": {"8": 8, "'nan'": None, "0.5": REFUSED},
        "DECIMAL(9, 2)": {"8": 8, "8.25": REFUSED},
        "VARCHAR": {"'8'": 8, "'8.0'": 8, "''": None, "'x'": REFUSED},
        "BOOLEAN": {"true": REFUSED, "null": None},
        "DATE": {"'2023-11-05'": REFUSED},
    },
    "measure": {
        "DOUBLE": {"1.5": 1.5, "'nan'": None, "'inf'": REFUSED, "'-inf'": REFUSED},
        "FLOAT": {"1.5": 1.5, "'nan'": None},
        "DECIMAL(9, 2)": {"1.25": 1.25},
        "BIGINT": {"7": 7.0},
        "VARCHAR": {"'1.5'": 1.5, "'NaN'": None, "'x'": REFUSED},
        "BOOLEAN": {"true": REFUSED},
    },
    "flag": {
        "BOOLEAN": {"true": True, "false": False, "null": None},
        "BIGINT": {"1": REFUSED},
        "VARCHAR": {"'True'": True},
    },
    "day": {
        "DATE": {"'2023-11-05'": date(2023, 11, 5), "null": None},
        **{
            kind: {"'2023-11-05'": date(2023, 11, 5), "'2023-11-05 19:30'": REFUSED, "null": None}
            for kind in ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
        },
        "VARCHAR": {"'2023-11-05'": date(2023, 11, 5), "'5 Nov'": REFUSED},
        "BIGINT": {"20231105": REFUSED},
    },
    "utc": {
        **{
            kind: {"'2023-11-05 23:30'": datetime(2023, 11, 5, 23, 30)}
            for kind in ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
        },
        "DATE": {"'2023-11-05'": REFUSED},
        "BIGINT": {"1699227000": REFUSED},
    },
    "eastern": {"TIMESTAMP": {"'2023-11-05 19:30'": datetime(2023, 11, 5, 19, 30)}, "DATE": {"'2023-11-05'": REFUSED}},
    "nba_game_id": {
        "BIGINT": {"22300001": "0022300001", "42300405": "0042300405", "null": None, "223": REFUSED},
        "INTEGER": {"22300001": "0022300001"},
        "DOUBLE": {"22300001": "0022300001", "'nan'": None, "22300001.5": REFUSED},
        "VARCHAR": {"'0022300001'": "0022300001", "'22300001'": "0022300001", "'y'": REFUSED},
        "BOOLEAN": {"true": REFUSED},
    },
    "lookup": {"VARCHAR": {"'Nikola Jokić'": "nikolajokic", "null": None}, "BIGINT": {"203999": REFUSED}},
    "text": {"VARCHAR": {"'x'": "x", "null": None}, "BIGINT": {"1": REFUSED}},
}


def csv_variants() -> Iterator[tuple[str, str, object]]:
    for kind, forms in TEXTS.items():
        for text, value in forms.items():
            yield kind, text, value
    for instant, zone in product(INSTANTS, ZONES):
        moment = datetime.fromisoformat(instant).replace(tzinfo=ZoneInfo("UTC"))
        clock = moment.astimezone(ZoneInfo("America/New_York")).replace(tzinfo=None)
        yield "eastern", moment.astimezone(ZoneInfo(zone)).isoformat(), clock
        yield "eastern", moment.astimezone(ZoneInfo(zone)).isoformat(" "), clock


def parquet_variants() -> Iterator[tuple[str, str, str, object]]:
    for kind, types in TYPED.items():
        for sql_type, forms in types.items():
            for sql, value in forms.items():
                yield kind, sql_type, sql, value
    for instant, kind in product(INSTANTS, ("eastern", "utc")):
        moment = datetime.fromisoformat(instant).replace(tzinfo=ZoneInfo("UTC"))
        zone = "America/New_York" if kind == "eastern" else "UTC"
        yield kind, "TIMESTAMPTZ", f"'{instant}+00'", moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def read(connection: duckdb.DuckDBPyConnection, path: Path, column: Column) -> list[object]:
    """What the rows of a one-column file become, or the message that refuses it."""
    table = RawTable("made_up", (Column("place", "int64"), column), ("place",), None, ("place",))
    connection.execute(f"create or replace temp table staged (_file integer, place bigint, value {column.sql_type})")
    try:
        read_file(connection, path, table, "temp.staged", 0)
    except BackfillError as error:
        return [REFUSED, str(error).splitlines()[0]]
    return [value for (value,) in connection.execute("select value from temp.staged order by place").fetchall()]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


def test_text_in_every_form(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """A sound row stands before each value: it is kept, and the line that is named is the other one."""
    wrong, count = [], 0
    for number, (kind, text, value) in enumerate(csv_variants()):
        path = tmp_path / f"{number}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["place", "value"], [1, ""], [2, text]])
        found = read(connection, path, COLUMNS[kind])
        sound = (
            found == [None, value] if value != REFUSED else found[0] == REFUSED and f"{path}: column" in str(found[1])
        )
        if value == REFUSED and sound:
            sound = "in line 3" in str(found[1]) and repr(text) in str(found[1]) and "expected" in str(found[1])
        if not sound:
            wrong.append((kind, text, value, found))
        count += 1
    assert wrong == []
    assert count > 200


def test_types_in_every_form(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    wrong, count = [], 0
    for number, (kind, sql_type, sql, value) in enumerate(parquet_variants()):
        path = tmp_path / f"{number}.parquet"
        rows = f"select 1 as place, cast(null as {sql_type}) as value union all select 2, cast({sql} as {sql_type})"
        connection.execute(f"copy (select * from ({rows}) order by place) to '{path}' (format parquet)")
        found = read(connection, path, COLUMNS[kind])
        sound = found == [None, value] if value != REFUSED else found[0] == REFUSED and "row 2" in str(found[1])
        if not sound:
            wrong.append((kind, sql_type, sql, value, found))
        count += 1
    assert wrong == []
    assert count > 100


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"place;value\n1;2\n", "has semicolons between its columns, not commas"),
        (b"place\tvalue\n1\t2\n", "has tabs between its columns, not commas"),
        ("place,value\n1,2\n".encode("utf-16"), "is text in UTF-16"),
        ("place,value\n1,2\n2,Dončić\n".encode("cp1250"), "line 3 is not UTF-8"),
        (b"place,value\n1,2\n,\n\n3,4,5\n", "line 5 has 3 values, the first line names 2 columns"),
        (b",place,value\n0,1,2\n", "looks like the index of a data frame"),
        (b"place,place\n1,2\n", "must name every column, each once"),
        (b'{"place": 1}', "is JSON, not a CSV file"),
        (b"\x1f\x8b\x08\x00", "is compressed by gzip"),
        (b"PK\x03\x04\x00", "is a zip archive or an Excel workbook"),
    ],
)
def test_a_file_that_is_no_csv_says_what_it_is(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    found = read(connection, path, COLUMNS["count"])
    assert found[0] == REFUSED and said in str(found[1]) and str(path) in str(found[1])


@pytest.mark.parametrize("header", ["PLACE,VALUE", " place , value ", "\ufeffplace,value", "Place,Value,extra"])
def test_headers_differ_in_case_and_blanks_only(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, header: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{header}\n1,8{',x' if 'extra' in header else ''}\n", encoding="utf-8")
    assert read(connection, path, COLUMNS["count"]) == [8]
