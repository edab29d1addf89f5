"""Every macro of macros/cross_db, names, betting and basketball gives the same value on both engines.

A case is a macro call on input columns, rows of inputs, and what must come out. dbt renders all calls once for each
engine. DuckDB computes the one text, the reference implementation of GoogleSQL the other; values and types must agree
with the case and so with each other.
"""

from __future__ import annotations

import ast
import hashlib
import math
import re
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from googlesql import GoogleSQL, GoogleSQLError, run_dbt

ROOT = Path(__file__).resolve().parents[2]
MACRO_DIRECTORIES = ("cross_db", "names", "betting", "basketball")
ENGINES = {"duckdb": "duckdb", "bigquery": "bigquery_local"}

#: DuckDB's types as GoogleSQL calls them. HUGEINT is missing on purpose: no macro may leak one.
GOOGLESQL_NAMES = {
    "BIGINT": "INT64",
    "INTEGER": "INT64",
    "DOUBLE": "FLOAT64",
    "DECIMAL": "NUMERIC",
    "VARCHAR": "STRING",
    "VARCHAR[]": "ARRAY<STRING>",
    "BOOLEAN": "BOOL",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP",
}
SCALAR = "select {call} as result from inputs order by row_number"
GROUPED = "select {call} as result from inputs group by team order by team"
WINDOW = (
    "select {call} as result from inputs"
    " window last_two as (order by row_number rows between 1 preceding and current row) order by row_number"
)


@dataclass(frozen=True)
class Case:
    """`call` on rows with the columns of `inputs` gives `expected`, of the GoogleSQL type `returns`."""

    name: str
    call: str
    inputs: dict[str, str]
    rows: Sequence[tuple[Any, ...]]
    expected: Sequence[Any]
    returns: str
    query: str = field(default=SCALAR, kw_only=True)


def scalar(name: str, call: str, inputs: dict[str, str], returns: str, rows: Sequence[tuple[Any, ...]]) -> Case:
    """A case with one result a row: each row holds the inputs and then what must come out."""
    return Case(name, call, inputs, [row[:-1] for row in rows], [row[-1] for row in rows], returns)


def day(text: str) -> date:
    return date.fromisoformat(text)


def clock(text: str) -> datetime:
    return datetime.fromisoformat(text)


def miles(lat_1: float, lon_1: float, lat_2: float, lon_2: float) -> float:
    """Haversine as written in the decisions, an independent implementation."""
    lat_1, lon_1, lat_2, lon_2 = (math.radians(degrees) for degrees in (lat_1, lon_1, lat_2, lon_2))
    chord = math.sin((lat_2 - lat_1) / 2) ** 2 + math.cos(lat_1) * math.cos(lat_2) * math.sin((lon_2 - lon_1) / 2) ** 2
    return 2 * 3959 * math.asin(math.sqrt(chord))


LOS_ANGELES, BOSTON, PARIS = (34.043, -118.2673), (42.3662, -71.0621), (48.8387, 2.3785)
PLACES = {"lat_1": "float64", "lon_1": "float64", "lat_2": "float64", "lon_2": "float64"}

AGGREGATES = [
    Case(
        "count_if",
        "{{ count_if('flag') }}",
        {"team": "int64", "flag": "bool"},
        [(1, True), (1, False), (1, None), (1, True), (2, None), (3, False)],
        [2, 0, 0],
        "INT64",
        query=GROUPED,
    ),
    Case(
        "any_true",
        "{{ any_true('flag') }}",
        {"team": "int64", "flag": "bool"},
        [(1, False), (1, None), (1, True), (2, None), (3, False), (3, None)],
        [True, None, False],
        "BOOL",
        query=GROUPED,
    ),
    Case(
        "sorted_list",
        "{{ sorted_list('name') }}",
        {"team": "int64", "name": "string"},
        [(1, "b"), (1, None), (1, "a"), (2, None)],
        ["a, b", None],
        "STRING",
        query=GROUPED,
    ),
]

ARITHMETIC = [
    scalar(
        "ratio to two decimals, half away from zero",
        "{{ ratio('n', 'd', 2) }}",
        {"n": "int64", "d": "int64"},
        "NUMERIC",
        [
            (1, 3, Decimal("0.33")),
            (2, 3, Decimal("0.67")),
            (1, 200, Decimal("0.01")),
            (-1, 200, Decimal("-0.01")),
            (3, 200, Decimal("0.02")),
            (-3, 200, Decimal("-0.02")),
            (201, 200, Decimal("1.01")),
            (199, 40000, Decimal("0.00")),
            (-1, 3, Decimal("-0.33")),
            (0, 7, Decimal("0.00")),
            (9_999, 1, Decimal("9999.00")),
            (-9_999, 1, Decimal("-9999.00")),
            (9_999_994_999_999, 1_000_000_000, Decimal("9999.99")),
            (5, 0, None),
            (0, 0, None),
            (None, 3, None),
            (3, None, None),
            (None, None, None),
        ],
    ),
    scalar(
        "ratio to thousandths of an expression",
        "{{ ratio('50 * points', '100 * attempts + 44 * free_throws', 3) }}",
        {"points": "int64", "attempts": "int64", "free_throws": "int64"},
        "NUMERIC",
        [
            (30, 20, 8, Decimal("0.638")),
            (1, 0, 1, Decimal("1.136")),
            (0, 0, 0, None),
            (None, 20, 8, None),
            (3, 1, 0, Decimal("1.500")),
        ],
    ),
    scalar(
        "ratio with a precision of its own",
        "{{ ratio('n', 'd', 2, 18) }}",
        {"n": "int64", "d": "int64"},
        "NUMERIC",
        [
            (4_000_000_000_000, 3, Decimal("1333333333333.33")),
            (-4_000_000_000_001, 3, Decimal("-1333333333333.67")),
            (10_000, 1, Decimal("10000.00")),
        ],
    ),
    scalar(
        "rounded_quotient",
        "{{ rounded_quotient('n', 'd') }}",
        {"n": "int64", "d": "int64"},
        "INT64",
        [
            (5, 2, 3),
            (-5, 2, -3),
            (4, 3, 1),
            (-4, 3, -1),
            (1, 2, 1),
            (-1, 2, -1),
            (0, 2, 0),
            (2_000_000_000_000_000_001, 2, 1_000_000_000_000_000_001),
            (1, 0, None),
            (None, 2, None),
            (1, None, None),
        ],
    ),
    scalar(
        "rounded_quotient of a sum, scaled",
        "{{ rounded_quotient('n - 1', 'd', 1) }}",
        {"n": "int64", "d": "int64"},
        "INT64",
        [(2, 3, 3), (0, 3, -3), (0, 4, -3), (1, 9, 0), (None, 3, None)],
    ),
    scalar(
        "integer_quotient",
        "{{ integer_quotient('a + 0', 'b') }}",
        {"a": "int64", "b": "int64"},
        "INT64",
        [
            (7, 2, 3),
            (6, 2, 3),
            (0, 5, 0),
            (59, 60, 0),
            (9_007_199_254_740_993, 1, 9_007_199_254_740_993),
            (7, 0, None),
            (None, 2, None),
            (7, None, None),
        ],
    ),
    scalar(
        "scaled of a decimal",
        "{{ scaled('x', 2) }}",
        {"x": "numeric(6, 2)"},
        "INT64",
        [
            (Decimal("12.34"), 1234),
            (Decimal("-0.05"), -5),
            (Decimal("0.00"), 0),
            (Decimal("9999.99"), 999999),
            (None, None),
        ],
    ),
    scalar(
        "scaled of a floating-point number",
        "{{ scaled('x', 1) }}",
        {"x": "float64"},
        "INT64",
        [(27.5, 275), (-3.25, -33), (3.25, 33), (0.05, 1), (None, None)],
    ),
    Case(
        "mean_of_decimals over a group",
        "{{ mean_of_decimals('x', 1, 2) }}",
        {"team": "int64", "x": "numeric(4, 1)"},
        [
            *((1, Decimal(x)) for x in ("1.5", "2.5", "2.6")),
            *((2, x) for x in (None, None)),
            *((3, x) for x in (Decimal("0.1"), None, Decimal("0.2"))),
            *((4, Decimal(x)) for x in ("-0.1", "0.0", "0.0", "0.0", "0.0", "0.0", "0.0", "0.0")),
            (5, Decimal("999.9")),
        ],
        [Decimal("2.20"), None, Decimal("0.15"), Decimal("-0.01"), Decimal("999.90")],
        "NUMERIC",
        query=GROUPED,
    ),
    Case(
        "mean_of_decimals over a window",
        "{{ mean_of_decimals('x', 2, 1, 'over last_two') }}",
        {"x": "numeric(6, 2)"},
        [(Decimal("100.05"),), (Decimal("100.06"),), (None,), (None,), (Decimal("-7.77"),)],
        [Decimal("100.1"), Decimal("100.1"), Decimal("100.1"), None, Decimal("-7.8")],
        "NUMERIC",
        query=WINDOW,
    ),
    scalar(
        "whole_miles",
        "{{ whole_miles('lat_1', 'lon_1', 'lat_2', 'lon_2') }}",
        PLACES,
        "INT64",
        [
            (*LOS_ANGELES, *BOSTON, round(miles(*LOS_ANGELES, *BOSTON))),
            (*BOSTON, *PARIS, round(miles(*BOSTON, *PARIS))),
            (*BOSTON, *BOSTON, 0),
            (None, -118.0, *BOSTON, None),
        ],
    ),
    scalar(
        "haversine_miles",
        "{{ haversine_miles('lat_1', 'lon_1', 'lat_2', 'lon_2') }}",
        PLACES,
        "FLOAT64",
        [
            (*LOS_ANGELES, *BOSTON, miles(*LOS_ANGELES, *BOSTON)),
            (*BOSTON, *PARIS, miles(*BOSTON, *PARIS)),
            (*PARIS, *LOS_ANGELES, miles(*PARIS, *LOS_ANGELES)),
            (*BOSTON, *BOSTON, 0.0),
            (None, -118.0, *BOSTON, None),
            (*BOSTON, 40.0, None, None),
        ],
    ),
]

ITEMS = {"a": "string", "b": "string", "c": "string"}
ARRAYS = [
    scalar(
        "text_array",
        "{{ text_array(['a', 'b', 'c']) }}",
        ITEMS,
        "ARRAY<STRING>",
        [
            ("x", "y", "z", ["x", "y", "z"]),
            ("z", None, "a", ["z", "a"]),
            (None, None, "same", ["same"]),
            ("same", "same", "", ["same", "same", ""]),
            (None, None, None, []),
        ],
    ),
    scalar(
        "text_array of conditions",
        """{{ text_array(["case when n is null then 'no_n' end", "case when n > 1 then 'large' end"]) }}""",
        {"n": "int64"},
        "ARRAY<STRING>",
        [(None, ["no_n"]), (2, ["large"]), (1, [])],
    ),
    scalar(
        "array_size",
        "{{ array_size(text_array(['a', 'b', 'c'])) }}",
        ITEMS,
        "INT64",
        [("x", "y", "z", 3), ("x", None, None, 1), (None, None, None, 0)],
    ),
    scalar(
        "item_at",
        "{{ item_at(text_array(['a', 'b', 'c']), 2) }}",
        ITEMS,
        "STRING",
        [("x", "y", "z", "y"), ("x", None, "z", "z"), ("x", None, None, None)],
    ),
    scalar(
        "no_texts and no_numbers",
        "{{ array_size(no_texts()) }} + {{ array_size(no_numbers()) }} + n",
        {"n": "int64"},
        "INT64",
        [(1, 1)],
    ),
    scalar(
        "items_of",
        "(select string_agg(item, '+' order by item) from {{ items_of(text_array(['a', 'b', 'c']), 'item') }})",
        ITEMS,
        "STRING",
        [("x", "y", "z", "x+y+z"), ("z", None, "a", "a+z"), (None, None, None, None)],
    ),
]

#: A fingerprint is a number of one engine only: what both must agree on is which contents have the same one.
SIDES = (
    "select (select {call} from (select name, points from inputs where side = 1) as content)"
    " = (select {call} from (select name, points from inputs where side = 2) as content) as result"
)


def fingerprints(name: str, equal: bool | None, one: Sequence[tuple], other: Sequence[tuple]) -> Case:
    """Whether two contents, rows of a name and points, have the same fingerprint; None when one has no rows."""
    rows = [(side, *row) for side, content in ((1, one), (2, other)) for row in content]
    columns = {"side": "int64", "name": "string", "points": "int64"}
    call = "{{ content_fingerprint('content') }}"
    return Case(f"content_fingerprint: {name}", call, columns, rows, [equal], "BOOL", query=SIDES)


FINGERPRINTS = [
    fingerprints("the order of rows does not matter", True, [("a", 1), ("b", 2)], [("b", 2), ("a", 1)]),
    fingerprints("equal content with NULLs", True, [(None, 1), ("b", None)], [("b", None), (None, 1)]),
    fingerprints("a doubled row", False, [("a", 1), ("b", 2)], [("a", 1), ("b", 2), ("b", 2)]),
    fingerprints("a row doubled twice is not gone", False, [("a", 1), ("b", 2), ("b", 2)], [("a", 1)]),
    fingerprints("values of other rows", False, [("a", 1), ("b", 2)], [("a", 2), ("b", 1)]),
    fingerprints("NULL is not the empty text", False, [(None, 1)], [("", 1)]),
    fingerprints("NULL is not 0", False, [("a", None)], [("a", 0)]),
    fingerprints("a row of NULLs is a row", False, [("a", 1)], [("a", 1), (None, None)]),
    fingerprints("no rows", None, [("a", 1)], []),
    Case(
        "fingerprint_of_partitions stays inside 64 bits; none is 0",
        "{{ fingerprint_of_partitions('print') }}",
        {"team": "int64", "print": "int64"},
        [(1, 5), (1, 7), (2, 2**63 - 26), (2, 3), (3, None), (4, -5), (4, 3), (5, 2**62), (5, 2**62), (5, 2**62)],
        [12, 2, 0, -2, 3 * 2**62 - (2**63 - 25)],
        "INT64",
        query=GROUPED,
    ),
    scalar(
        "digest",
        "{{ digest('text') }}",
        {"text": "string"},
        "STRING",
        [(text, hashlib.md5(text.encode()).hexdigest()) for text in ("", "a=1, b=2", "Jokić")] + [(None, None)],
    ),
    Case(
        "all_columns_except some",
        "{{ all_columns_except(['side', 'points']) }}",
        {"side": "int64", "name": "string", "points": "int64"},
        [(1, "a", 2), (1, "b", 3)],
        ["a", "b"],
        "STRING",
        query="select {call} from (select side, name, points from inputs) as content order by name",
    ),
    Case(
        "all_columns_except none",
        "{{ all_columns_except([]) }}",
        {"name": "string"},
        [("b",), ("a",)],
        ["a", "b"],
        "STRING",
        query="select {call} from (select name from inputs) as content order by name",
    ),
]

ZONED = {"instant": "timestamp", "zone": "string"}
DATES = [
    scalar(
        "days_between",
        "{{ days_between('earlier', 'later') }}",
        {"earlier": "date", "later": "date"},
        "INT64",
        [
            (day("2022-01-10"), day("2022-01-12"), 2),
            (day("2022-01-10"), day("2022-01-10"), 0),
            (day("2022-01-12"), day("2022-01-10"), -2),
            (day("2022-03-12"), day("2022-03-14"), 2),
            (day("2020-02-28"), day("2020-03-01"), 2),
            (day("2021-12-31"), day("2022-01-01"), 1),
            (None, day("2022-01-10"), None),
            (day("2022-01-10"), None, None),
        ],
    ),
    scalar(
        "days_before",
        "{{ days_before('d', 1) }}",
        {"d": "date"},
        "DATE",
        [
            (day("2022-03-01"), day("2022-02-28")),
            (day("2020-03-01"), day("2020-02-29")),
            (day("2022-01-01"), day("2021-12-31")),
            (None, None),
        ],
    ),
    scalar("days_before, none", "{{ days_before('d', 0) }}", {"d": "date"}, "DATE", [(day("2022-03-01"),) * 2]),
    scalar(
        "days_before, many",
        "{{ days_before('d', 400) }}",
        {"d": "date"},
        "DATE",
        [(day("2022-03-01"), day("2021-01-25"))],
    ),
    scalar(
        "day_number",
        "{{ day_number('d') }}",
        {"d": "date"},
        "INT64",
        [
            (day("1970-01-01"), 0),
            (day("1969-12-31"), -1),
            (day("2022-01-10"), (day("2022-01-10") - day("1970-01-01")).days),
            (None, None),
        ],
    ),
    scalar(
        "date_digits",
        "{{ date_digits('d') }}",
        {"d": "date"},
        "STRING",
        [(day("2021-10-19"), "20211019"), (day("2022-01-05"), "20220105"), (None, None)],
    ),
    scalar(
        "text_of",
        "{{ text_of('d') }} || ' ' || {{ text_of('n') }}",
        {"d": "date", "n": "int64"},
        "STRING",
        [(day("2021-10-19"), 15, "2021-10-19 15"), (None, 1, None)],
    ),
    scalar(
        "row_as_json",
        "(select {{ row_as_json('one') }} from (select n as players, t as team) as one)",
        {"n": "int64", "t": "string"},
        "STRING",
        [(5, "BOS", '{"players":5,"team":"BOS"}'), (None, None, '{"players":null,"team":null}')],
    ),
    scalar(
        "utc_now",
        "{{ utc_now() }} > cast('2026-01-01' as {{ dbt.type_timestamp() }})",
        {"d": "date"},
        "BOOL",
        [(day("2021-10-19"), True)],
    ),
    scalar(
        "eastern_to_utc",
        "{{ eastern_to_utc('stamp') }}",
        {"stamp": "timestamp"},
        "TIMESTAMP",
        [
            (clock("2022-01-10 19:30"), clock("2022-01-11 00:30")),
            (clock("2022-06-10 21:00"), clock("2022-06-11 01:00")),
            # the clock skips 02:00-02:59
            (clock("2022-03-13 01:59"), clock("2022-03-13 06:59")),
            (clock("2022-03-13 02:30"), clock("2022-03-13 07:30")),
            (clock("2022-03-13 03:00"), clock("2022-03-13 07:00")),
            (clock("2022-03-13 03:59"), clock("2022-03-13 07:59")),
            (clock("2022-03-13 04:00"), clock("2022-03-13 08:00")),
            # and shows 01:00-01:59 twice: the first time counts
            (clock("2022-11-06 00:59"), clock("2022-11-06 04:59")),
            (clock("2022-11-06 01:00"), clock("2022-11-06 05:00")),
            (clock("2022-11-06 01:59"), clock("2022-11-06 05:59")),
            (clock("2022-11-06 02:00"), clock("2022-11-06 07:00")),
            (clock("2022-11-06 02:59"), clock("2022-11-06 07:59")),
            (clock("2022-11-06 03:00"), clock("2022-11-06 08:00")),
            (clock("2022-12-31 22:30:15"), clock("2023-01-01 03:30:15")),
            (None, None),
        ],
    ),
    scalar(
        "local_clock",
        "{{ local_clock('instant', 'zone') }}",
        ZONED,
        "DATETIME",
        [
            (clock("2022-01-11 00:30"), "America/New_York", clock("2022-01-10 19:30")),
            (clock("2022-03-13 06:59"), "America/New_York", clock("2022-03-13 01:59")),
            (clock("2022-03-13 07:00"), "America/New_York", clock("2022-03-13 03:00")),
            (clock("2022-11-06 05:30"), "America/New_York", clock("2022-11-06 01:30")),
            (clock("2022-11-06 06:30"), "America/New_York", clock("2022-11-06 01:30")),
            (clock("2022-01-11 02:00"), "America/Phoenix", clock("2022-01-10 19:00")),
            (clock("2022-06-11 02:00"), "America/Phoenix", clock("2022-06-10 19:00")),
            (clock("2023-01-19 20:00"), "Europe/Paris", clock("2023-01-19 21:00")),
            (clock("2022-03-27 00:59"), "Europe/Paris", clock("2022-03-27 01:59")),
            (clock("2022-03-27 01:00"), "Europe/Paris", clock("2022-03-27 03:00")),
            (clock("2022-06-11 02:00"), "America/Mexico_City", clock("2022-06-10 21:00")),
            (clock("2023-06-11 02:00"), "America/Mexico_City", clock("2023-06-10 20:00")),
            (None, "America/New_York", None),
            (clock("2022-01-11 00:30"), None, None),
        ],
    ),
    scalar(
        "utc_offset_hours",
        "{{ utc_offset_hours('d', 'zone') }}",
        {"d": "date", "zone": "string"},
        "INT64",
        [
            (day("2022-01-10"), "America/New_York", -5),
            (day("2022-03-12"), "America/New_York", -5),
            (day("2022-03-13"), "America/New_York", -4),
            (day("2022-11-05"), "America/New_York", -4),
            (day("2022-11-06"), "America/New_York", -5),
            (day("2022-01-10"), "America/Los_Angeles", -8),
            (day("2022-06-10"), "America/Los_Angeles", -7),
            (day("2022-01-10"), "America/Phoenix", -7),
            (day("2022-06-10"), "America/Phoenix", -7),
            (day("2022-03-26"), "Europe/Paris", 1),
            (day("2022-03-27"), "Europe/Paris", 2),
            (day("2022-06-10"), "America/Mexico_City", -5),
            (day("2022-12-17"), "America/Mexico_City", -6),
            (day("2023-06-10"), "America/Mexico_City", -6),
            (day("2022-06-10"), "America/Toronto", -4),
            (None, "America/New_York", None),
            (day("2022-01-10"), None, None),
        ],
    ),
    scalar(
        "clock_at_hour",
        "{{ clock_at_hour('d', 'hour') }}",
        {"d": "date", "hour": "int64"},
        "TIMESTAMP",
        [
            (day("2022-01-10"), 17, clock("2022-01-10 17:00")),
            (day("2022-01-10"), 0, clock("2022-01-10 00:00")),
            (day("2022-03-13"), 2, clock("2022-03-13 02:00")),
            (day("2021-12-31"), 24, clock("2022-01-01 00:00")),
            (day("2022-01-10"), None, None),
            (None, 17, None),
        ],
    ),
    scalar(
        "clock_text",
        "{{ clock_text(local_clock('instant', 'zone')) }}",
        ZONED,
        "STRING",
        [
            (clock("2022-01-11 00:30"), "America/New_York", "7:30 PM"),
            (clock("2022-01-10 17:00"), "America/New_York", "12:00 PM"),
            (clock("2022-01-10 05:05"), "America/New_York", "12:05 AM"),
            (clock("2022-01-11 03:00"), "America/New_York", "10:00 PM"),
            (clock("2023-01-19 20:00"), "Europe/Paris", "9:00 PM"),
            (None, "Europe/Paris", None),
            (clock("2023-01-19 20:00"), None, None),
        ],
    ),
    scalar(
        "whole_years_between",
        "{{ whole_years_between('born', 'd') }}",
        {"born": "date", "d": "date"},
        "INT64",
        [
            (day("1984-12-30"), day("2022-12-29"), 37),
            (day("1984-12-30"), day("2022-12-30"), 38),
            (day("1984-12-30"), day("2022-12-31"), 38),
            (day("1984-12-30"), day("2023-01-01"), 38),
            (day("2000-02-29"), day("2022-02-28"), 21),
            (day("2000-02-29"), day("2022-03-01"), 22),
            (day("2000-02-29"), day("2024-02-29"), 24),
            (day("2003-01-10"), day("2022-01-10"), 19),
            (None, day("2022-01-10"), None),
            (day("2003-01-10"), None, None),
        ],
    ),
    scalar(
        "season_start",
        "{{ season_start('day') }}",
        {"day": "date"},
        "DATE",
        [
            (day("2021-10-19"), day("2021-10-12")),
            (day("2022-07-31"), day("2021-10-12")),
            (day("2020-10-11"), day("2019-10-12")),
            (day("2020-10-12"), day("2020-10-12")),
            (day("2023-10-11"), day("2022-10-12")),
            (day("2023-10-12"), day("2023-10-12")),
            (day("2022-01-01"), day("2021-10-12")),
            (day("2024-02-29"), day("2023-10-12")),
            (day("2020-12-31"), day("2020-10-12")),
            (None, None),
        ],
    ),
    scalar(
        "hours_since, utc_now and transaction_started_at",
        "{{ hours_since('earlier') }} - {{ hours_since('later') }} + {{ hours_since(utc_now()) }}"
        " + case when {{ transaction_started_at() }} <= {{ utc_now() }} then 0 end",
        {"earlier": "timestamp", "later": "timestamp"},
        "INT64",
        [
            (clock("2022-01-10 01:30:00"), clock("2022-01-10 03:30:00"), 2),
            (clock("2022-03-12 12:00:00"), clock("2022-03-13 12:00:00"), 24),
            (clock("2022-01-10 01:30:00"), None, None),
        ],
    ),
]

TEXT = [
    scalar(
        "text_literal",
        r"""{{ text_literal("it's  on\n'two' \\ lines") }}""",
        {"x": "string"},
        "STRING",
        [("", "it's on 'two' / lines")],
    ),
    scalar(
        "matches",
        "{{ matches('x', '^[0-9]+([.][0-9]+)?$') }}",
        {"x": "string"},
        "BOOL",
        [("36", True), ("36.5", True), ("36.", False), ("a36", False), ("", False), (None, None)],
    ),
    scalar(
        "matches anywhere",
        "{{ matches('x', 'layup|dunk|tip') }}",
        {"x": "string"},
        "BOOL",
        [("driving layup shot", True), ("tip", True), ("Layup", False), ("jump shot", False), (None, None)],
    ),
    scalar(
        "extract_group",
        "{{ extract_group('x', ':([0-9]*)$') }}",
        {"x": "string"},
        "STRING",
        [("34:12", "12"), ("34:", None), ("34", None), ("a:b:07", "07"), ("", None), (None, None)],
    ),
    scalar(
        "remove_matches",
        "{{ remove_matches('x', '[^a-z0-9]') }}",
        {"x": "string"},
        "STRING",
        [("a-b c'd.", "abcd"), ("é1", "1"), ("---", ""), ("", ""), (None, None)],
    ),
    scalar(
        "fold_accents, without what is not a letter",
        "{{ remove_matches(fold_accents('x'), '[^a-zA-Z]') }}",
        {"x": "string"},
        "STRING",
        [
            ("Dončić", "Doncic"),
            ("ÀÉÎÕÜÇÑ", "AEIOUCN"),
            ("Porziņģis", "Porzingis"),
            ("Jose\u0301", "Jose"),
            ("Ştefan", "Stefan"),
            ("", ""),
            (None, None),
        ],
    ),
]

TYPES = [
    scalar(
        "int64 of text",
        "{{ int64('x') }}",
        {"x": "string"},
        "INT64",
        [("12", 12), ("-7", -7), ("007", 7), (None, None)],
    ),
    scalar(
        "int64 of a whole floating-point number",
        "{{ int64('x') }}",
        {"x": "float64"},
        "INT64",
        [(12.0, 12), (-7.0, -7), (None, None)],
    ),
    scalar(
        "double", "{{ double('x') }}", {"x": "int64"}, "FLOAT64", [(3, 3.0), (-1, -1.0), (2**53, 2.0**53), (None, None)]
    ),
    scalar(
        "type_double",
        "cast(x as {{ type_double() }}) / 3",
        {"x": "int64"},
        "FLOAT64",
        [(1, 1 / 3), (-2, -2 / 3), (None, None)],
    ),
    scalar(
        "try_cast to a number",
        "{{ try_cast('x', type_double()) }}",
        {"x": "string"},
        "FLOAT64",
        [
            ("36.5", 36.5),
            ("-2", -2.0),
            ("1e3", 1000.0),
            (".5", 0.5),
            ("DNP", None),
            ("34:12", None),
            ("", None),
            (None, None),
        ],
    ),
    scalar(
        "try_cast to a date",
        "{{ try_cast('x', 'date') }}",
        {"x": "string"},
        "DATE",
        [("2022-01-10", day("2022-01-10")), ("2022-02-30", None), ("soon", None), ("", None), (None, None)],
    ),
]

PLAYER_NAMES = {
    "LeBron James": "lebronjames",
    "José Alvarado": "josealvarado",
    "Jose\u0301 Alvarado": "josealvarado",
    "Luka Dončić": "lukadoncic",
    "Nikola Jokić": "nikolajokic",
    "Nikola Vučević": "nikolavucevic",
    "Dario Šarić": "dariosaric",
    "Bojan Bogdanović": "bojanbogdanovic",
    "Vlatko Čančar": "vlatkocancar",
    "Kristaps Porziņģis": "kristapsporzingis",
    "Dāvis Bertāns": "davisbertans",
    "Jonas Valančiūnas": "jonasvalanciunas",
    "Dennis Schröder": "dennisschroder",
    "Théo Maledon": "theomaledon",
    "Alperen Şengün": "alperensengun",
    "Ömer Yurtseven": "omeryurtseven",
    "Ersan İlyasova": "ersanilyasova",
    "Hidayet Türkoğlu": "hidayetturkoglu",
    "Tomáš Satoranský": "tomassatoransky",
    "Juancho Hernangómez": "juanchohernangomez",
    "Raulzinho Neto Peñarroya": "raulzinhonetopenarroya",
    "Đorđe Gagić": "dordegagic",
    "Søren Łukasz": "sorenlukasz",
    "ŁØĐ": "lod",
    "Strauß": "strauss",
    "STRAUẞ": "strauss",
    "Æsir Œuvre": "aesiroeuvre",
    "Ðor Þorsson": "dorthorsson",
    "Altan I\u015f\u0131k": "altanisik",
    "De'Aaron Fox": "deaaronfox",
    "D\u2019Angelo Russell": "dangelorussell",
    "Day\\Ron Sharpe": "dayronsharpe",
    "P.J. Tucker": "pjtucker",
    "O.G. Anunoby": "oganunoby",
    "Karl-Anthony Towns": "karlanthonytowns",
    "LeBron James Jr.": "lebronjamesjr",
    "Robert Williams III": "robertwilliamsiii",
    "Gary Payton II": "garypaytonii",
    "Lonnie Walker IV": "lonniewalkeriv",
    "  Spaced\tOut\u00a0Name ": "spacedoutname",
    "Player 2Way": "player2way",
    "lebronjames": "lebronjames",
    "渡邊 雄太": None,
    " . ": None,
    "": None,
    None: None,
}
NAMES = [
    scalar(
        "normalize_player_name",
        "{{ normalize_player_name('name') }}",
        {"name": "string"},
        "STRING",
        list(PLAYER_NAMES.items()),
    ),
    scalar(
        "without_suffix",
        "{{ without_suffix('player_lookup') }}",
        {"player_lookup": "string"},
        "STRING",
        [
            ("lebronjamesjr", "lebronjames"),
            ("garypaytonii", "garypayton"),
            ("robertwilliamsiii", "robertwilliams"),
            ("lonniewalkeriv", "lonniewalker"),
            ("marcusmorrissr", "marcusmorris"),
            ("ivicazubac", "ivicazubac"),
            ("jrsmith", "jrsmith"),
            ("", ""),
            (None, None),
        ],
    ),
    scalar(
        "minutes_to_seconds",
        "{{ minutes_to_seconds('minutes') }}",
        {"minutes": "string"},
        "INT64",
        [
            ("34:12", 2052),
            ("34.000000:12", 2052),
            ("34.5:12", None),
            ("0:00", 0),
            ("00:00", 0),
            ("9:05", 545),
            ("240:00", 14400),
            ("36", 2160),
            ("00", 0),
            ("36.5", 2190),
            ("12.55", 753),
            ("0.0083", 0),
            ("PT34M12S", 2052),
            ("PT34M12.00S", 2052),
            ("PT00M00.00S", 0),
            ("PT5M3.50S", 304),
            ("PT5M3.49S", 303),
            ("PT34M", None),
            ("34:1", None),
            ("34:12:00", None),
            ("-5:00", None),
            ("-5", None),
            (" 34:12", None),
            ("36.", None),
            ("", None),
            ("-", None),
            ("DNP", None),
            (None, None),
        ],
    ),
    scalar(
        "team_code",
        "{{ team_code('code') }}",
        {"code": "string"},
        "STRING",
        [
            ("BOS", "BOS"),
            ("BRK", "BKN"),
            ("BKN", "BKN"),
            ("CHO", "CHA"),
            ("PHO", "PHX"),
            ("NY", "NYK"),
            ("GS", "GSW"),
            ("NO", "NOP"),
            ("SA", "SAS"),
            ("UTAH", "UTA"),
            ("bos", None),
            ("SEA", None),
            ("", None),
            (None, None),
        ],
    ),
    scalar(
        "canonical_game_id",
        "{{ canonical_game_id('d', 'away', 'home') }}",
        {"d": "date", "away": "string", "home": "string"},
        "STRING",
        [
            (day("2022-01-05"), "BRK", "PHO", "20220105_BKN_PHX"),
            (day("2022-01-05"), "BOS", "NYK", "20220105_BOS_NYK"),
            (day("2022-01-05"), "BOS", "EAST", None),
            (day("2022-01-05"), None, "NYK", None),
            (None, "BOS", "NYK", None),
        ],
    ),
]

EARLY, TIP, LATE = clock("2022-01-10 18:00"), clock("2022-01-11 00:30"), clock("2022-01-11 00:30:01")
BETTING = [
    scalar(
        "no_later_than_tip",
        "{{ no_later_than_tip('stamp', 'tip') }}",
        {"stamp": "timestamp", "tip": "timestamp"},
        "BOOL",
        [
            (EARLY, TIP, True),
            (TIP, TIP, True),
            (LATE, TIP, False),
            (None, TIP, True),
            (None, None, True),
            (EARLY, None, None),
        ],
    ),
    scalar(
        "no_later_than_tip with the source's own start",
        "{{ no_later_than_tip('stamp', 'tip', 'source_start') }}",
        {"stamp": "timestamp", "tip": "timestamp", "source_start": "timestamp"},
        "BOOL",
        [
            (LATE, TIP, LATE, False),
            (LATE, None, LATE, True),
            (LATE, None, TIP, False),
            (EARLY, None, None, None),
            (None, None, None, True),
        ],
    ),
    scalar(
        "implied_probability",
        "{{ implied_probability('price') }}",
        {"price": "int64"},
        "FLOAT64",
        [(-110, 110 / 210), (150, 0.4), (100, 0.5), (-100, 0.5), (-100_000, 100_000 / 100_100), (0, 1.0), (None, None)],
    ),
    scalar(
        "american_price",
        "{{ american_price('price') }}",
        {"price": "int64"},
        "INT64",
        [(-110, -110), (100, 100), (-100, -100), (99, None), (-99, None), (0, None), (2, None), (None, None)],
    ),
    scalar(
        "no_vig_probability",
        "{{ no_vig_probability('price', 'other') }}",
        {"price": "int64", "other": "int64"},
        "NUMERIC",
        [
            *((-110, -110, Decimal("0.5")), (-150, 130, Decimal("0.5798")), (150, -180, Decimal("0.3836"))),
            *((-110, None, None), (None, -110, None), (None, None, None)),
        ],
    ),
    scalar(
        "profit_at",
        "{{ profit_at('price') }}",
        {"price": "int64"},
        "NUMERIC",
        [(-150, Decimal("0.6667")), (130, Decimal("1.3")), (100, Decimal("1")), (-100, Decimal("1")), (None, None)],
    ),
]

#: A box score line as macro counting_stats names it.
COUNTING_STATS = re.findall(r"'(\w+)'", (ROOT / "macros/basketball/appeared.sql").read_text())


def line(seconds: int | None, **stats: int) -> tuple[int | None, ...]:
    """Seconds played and every counting stat; those not given are unknown."""
    return (seconds, *(stats.get(name) for name in COUNTING_STATS))


BASKETBALL = [
    scalar(
        "appeared: minutes or any counting stat",
        "{{ appeared('inputs') }} and {{ counting_stats() | length }} = 15",
        {"seconds_played": "int64"} | dict.fromkeys(COUNTING_STATS, "int64"),
        "BOOL",
        [
            (*line(60), True),
            (*line(0, points=2), True),
            (*line(None, personal_fouls=1), True),
            (*line(0, **dict.fromkeys(COUNTING_STATS, 0)), False),
            (*line(None), None),
        ],
    ),
    scalar(
        "within",
        "{{ within('points', 'bound') }}",
        {"points": "int64", "bound": "int64"},
        "INT64",
        [(5, 3, 3), (-5, 3, -3), (2, 3, 2), (None, 3, None)],
    ),
    scalar(
        "at_least_zero",
        "{{ at_least_zero('points') }}",
        {"points": "int64"},
        "INT64",
        [(5, 5), (-5, 0), (0, 0), (None, None)],
    ),
    scalar(
        "capped", "{{ capped('points', '3') }}", {"points": "int64"}, "INT64", [(5, 3), (-5, -5), (3, 3), (None, None)]
    ),
    scalar(
        "at_six_decimals",
        "{{ at_six_decimals('points / 3') }}",
        {"points": "float64"},
        "NUMERIC",
        [(1.0, Decimal("0.333333")), (-2.0, Decimal("-0.666667")), (None, None)],
    ),
    scalar(
        "weighted_by_share",
        "{{ weighted_by_share('distance', 'share') }}",
        {"distance": "float64", "share": "float64", "mismatch_full_share": "float64"},
        "NUMERIC",
        [
            (6.0, 70.0, 50.0, Decimal("6")),  # phase4 C5: above the full share the distance counts fully
            (4.0, 25.0, 50.0, Decimal("2")),
            (4.0, None, 50.0, Decimal("4")),
            (None, 25.0, 50.0, None),
        ],
    ),
    scalar(
        "share_weighted_mean",
        "{{ share_weighted_mean([('distance_1', 'share_1'), ('distance_2', 'share_2')]) }}",
        {"distance_1": "float64", "share_1": "float64", "distance_2": "float64", "share_2": "float64"},
        "NUMERIC",
        [
            (6.0, 25.0, -2.0, 75.0, Decimal("0")),
            (6.0, 50.0, None, 50.0, Decimal("6")),
            (1.0, 0.0, 2.0, 0.0, None),
            (None, 50.0, None, 50.0, None),
        ],
    ),
    scalar(
        "sample_deviation",
        "{{ sample_deviation('total', 'squares', 'n') }}",
        {"total": "int64", "squares": "int64", "n": "int64"},
        "NUMERIC",
        [(305, 9385, 10, Decimal("3.03")), (10, 100, 1, None), (20, 200, 2, Decimal("0")), (None, None, None, None)],
    ),
    scalar(
        "steps",
        "{{ steps('change', [(5, 2), (2, 1), (-5, -2), (-2, -1)]) }}",
        {"change": "int64"},
        "INT64",
        [(6, 2), (5, 2), (2, 1), (1, 0), (-1, 0), (-2, -1), (-5, -2)],
    ),
    scalar(
        "extreme_of least",
        "{{ extreme_of('least', ['a', 'b', 'c']) }}",
        {"a": "int64", "b": "int64", "c": "int64"},
        "INT64",
        [(2, None, -1, -1), (None, None, None, None), (3, -2, 1, -2)],
    ),
    scalar(
        "zone_with_value",
        "{{ zone_with_value('extreme') }}",
        {
            "paint_defense_vs_league_avg": "int64",
            "mid_range_defense_vs_league_avg": "int64",
            "three_pt_defense_vs_league_avg": "int64",
            "extreme": "int64",
        },
        "STRING",
        [
            (3, -2, 1, -2, "mid_range"),
            (2, None, -1, -1, "perimeter"),
            (1, 1, 1, 1, "paint"),
            (None, None, None, None, None),
        ],
    ),
    scalar(
        "primary_zone",
        "{{ primary_zone('paint', 'mid', 'three') }}",
        {"paint": "int64", "mid": "int64", "three": "int64"},
        "STRING",
        [  # phase4 S5
            (45, 20, 35, "paint"),
            (40, 25, 35, "paint"),
            (25, 15, 60, "perimeter"),
            (35, 25, 40, "perimeter"),
            (30, 40, 30, "mid_range"),
            (30, 35, 35, "mid_range"),
            (35, 30, 35, "balanced"),
            (35, 25, 38, "balanced"),
            (45, 10, 45, "paint"),
            (None, None, None, None),
        ],
    ),
    scalar(
        "arrays_joined",
        "{{ joined_text(arrays_joined(text_array(missing_names(['a'])), text_array(missing_names(['b'])))) }}",
        {"a": "int64", "b": "int64"},
        "STRING",
        [(1, 1, ""), (None, 1, "a"), (1, None, "b"), (None, None, "a, b")],
    ),
    scalar(
        "array_without",
        """{{ joined_text(array_without(text_array(missing_names(['a', 'b', 'c'])), "item in ('a', 'c')")) }}""",
        {"a": "int64", "b": "int64", "c": "int64"},
        "STRING",
        [(None, None, None, "b"), (None, 1, None, ""), (1, None, 1, "b"), (1, 1, 1, "")],
    ),
    scalar(
        "missing_names and joined_text",
        "{{ joined_text(text_array(missing_names(['a', 'b']))) }}",
        {"a": "int64", "b": "int64"},
        "STRING",
        [(1, 1, ""), (None, 1, "a"), (None, None, "a, b")],
    ),
    scalar(
        "source_weights and served_by",
        "{{ grouped_sum(source_weights([('points', 'fallback', 0)])) }} + "
        "{{ grouped_sum(served_by([('points', 'fallback', 0), ('rest', 'calculated', 0)], 'phase3')) }}",
        {"points_source": "string"},
        "INT64",
        [("phase4", 100), ("phase3", 76), ("default", 40), ("calculated", 100)],
    ),
    scalar(
        "features: grouped_sum of array sizes",
        "{{ grouped_sum(["
        "array_size(value_array(features_with_defaults(feature_definitions()[:1]))), "
        "array_size(text_array(quoted_names(feature_definitions()))), "
        "array_size(text_array(source_columns([('points', 'phase4', 0)]))), '1', '1', '1']) }}",
        {"points_avg_last_5": "float64", "points_source": "string"},
        "INT64",
        [(None, "phase4", 1 + 25 + 1 + 3), (1.5, None, 1 + 25 + 0 + 3)],
    ),
    scalar(
        "possessions_x100",
        "{{ possessions_x100('inputs') }}",
        {"fg_attempts": "int64", "offensive_rebounds": "int64", "turnovers": "int64", "ft_attempts": "int64"},
        "INT64",
        [(88, 10, 14, 23, 10212), (0, 0, 0, 0, 0), (0, 1, 0, 1, -56), (88, 10, 14, None, None), (None, 1, 1, 1, None)],
    ),
    scalar(
        "are_heaves",
        "{{ are_heaves('team', 'players', 'season') }}",
        {"team": "int64", "players": "int64", "season": "int64"},
        "BOOL",
        [
            (89, 88, 2025, True),
            (91, 88, 2026, True),
            (92, 88, 2025, False),
            (87, 88, 2025, False),
            (88, 88, 2025, False),
            (89, 88, 2024, False),
            (None, 88, 2025, False),
            (89, None, 2025, False),
            (89, 88, None, False),
        ],
    ),
    scalar(
        "sample_quality",
        "{{ sample_quality('games', [5, 3, 2]) }}",
        {"games": "int64"},
        "STRING",
        [
            (6, "excellent"),
            (5, "excellent"),
            (4, "good"),
            (3, "good"),
            (2, "limited"),
            (1, "insufficient"),
            (0, "insufficient"),
            (None, "insufficient"),
        ],
    ),
]

CASES = [*AGGREGATES, *ARITHMETIC, *ARRAYS, *FINGERPRINTS, *DATES, *TEXT, *TYPES, *NAMES, *BETTING, *BASKETBALL]

#: Calls that give no SQL value, or must fail: rendered with the others, looked at by tests of their own.
PARTITION = "{{ by_game_date() }}"
ONE_PROCESS = "{{ one_process_at_a_time() }}"
TOO_LARGE = "{{ ratio('10000', '1', 2) }}"


# ---- both engines ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """engine -> call -> text, from one compilation of a project of macros and one model for each engine."""
    scratch = tmp_path_factory.mktemp("macros")
    project = scratch / "project"
    shutil.copytree(ROOT / "macros", project / "macros")
    shutil.copy(ROOT / "profiles.yml", project)
    settings = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    kept = {key: value for key, value in settings.items() if key not in ("models", "seeds", "data_tests")}
    kept.pop("on-run-start", None)
    kept.pop("on-run-end", None)
    (project / "dbt_project.yml").write_text(yaml.safe_dump(kept))
    calls = [*dict.fromkeys(case.call for case in CASES), PARTITION, ONE_PROCESS, TOO_LARGE]
    (project / "models").mkdir()
    (project / "models" / "calls.sql").write_text("\n@@\n".join(calls))

    def render(engine: str) -> dict[str, str]:
        where = scratch / engine
        where.mkdir()
        database = {"NBA_DUCKDB_PATH": str(where / "nba.duckdb")}
        run_dbt(project, where, "compile", "--target", ENGINES[engine], **database)
        text = (where / "target" / "compiled" / settings["name"] / "models" / "calls.sql").read_text()
        return dict(zip(calls, (part.strip() for part in text.split("@@")), strict=True))

    with ThreadPoolExecutor() as pool:
        return dict(zip(ENGINES, pool.map(render, ENGINES), strict=True))


@pytest.fixture(scope="session")
def googlesql() -> GoogleSQL:
    return GoogleSQL()


def literal(value: Any, data_type: str, engine: str) -> str:
    """A value as a typed SQL expression."""
    if engine == "duckdb":
        data_type = data_type.replace("float64", "double")
    if value is None:
        return f"cast(null as {data_type})"
    text = str(value)
    text = text.replace("'", "''") if engine == "duckdb" else text.replace("\\", "\\\\").replace("'", "\\'")
    return f"cast('{text}' as {data_type})"


def statement(case: Case, call: str, engine: str) -> str:
    rows = (
        "select "
        + ", ".join(
            [f"{number} as row_number"]
            + [
                f"{literal(value, data_type, engine)} as {name}"
                for value, (name, data_type) in zip(row, case.inputs.items(), strict=True)
            ]
        )
        for number, row in enumerate(case.rows)
    )
    inputs = "\nunion all\n".join(rows)
    return f"with inputs as (\n{inputs}\n)\n{case.query.format(call=call)}"


def on_duckdb(sql: str) -> tuple[str, list[Any]]:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        result = connection.execute(sql)
        type_name = re.sub(r"\(.*\)", "", str(result.description[0][1]))
        return GOOGLESQL_NAMES.get(type_name, type_name), [value for (value,) in result.fetchall()]


def on_googlesql(engine: GoogleSQL, sql: str) -> tuple[str, list[Any]]:
    result = engine.execute(sql)
    return result.types[0], [value for (value,) in result.rows]


def assert_values(case: Case, found: list[Any]) -> None:
    assert len(found) == len(case.expected)
    for row, expected, value in zip(case.rows, case.expected, found, strict=False):
        if isinstance(expected, float):
            assert value == pytest.approx(expected, rel=1e-12, abs=1e-9), row
        else:
            assert value == expected, row


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_duckdb(case: Case, rendered: dict[str, dict[str, str]]) -> None:
    type_name, found = on_duckdb(statement(case, rendered["duckdb"][case.call], "duckdb"))
    # a clock reading without zone is a TIMESTAMP on DuckDB, where BigQuery tells DATETIME from TIMESTAMP
    assert type_name == case.returns.replace("DATETIME", "TIMESTAMP")
    assert_values(case, found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_googlesql(case: Case, rendered: dict[str, dict[str, str]], googlesql: GoogleSQL) -> None:
    type_name, found = on_googlesql(googlesql, statement(case, rendered["bigquery"][case.call], "bigquery"))
    assert type_name == case.returns
    assert_values(case, found)


def test_tables_are_partitioned_on_bigquery_only(rendered: dict[str, dict[str, str]]) -> None:
    assert rendered["duckdb"][PARTITION] == "None"
    assert ast.literal_eval(rendered["bigquery"][PARTITION]) == {
        "field": "game_date",
        "data_type": "date",
        "granularity": "day",
    }


def test_only_duckdb_lets_one_process_in_at_a_time(rendered: dict[str, dict[str, str]]) -> None:
    assert {engine: rendered[engine][ONE_PROCESS] for engine in ENGINES} == {"duckdb": "True", "bigquery": "False"}


def test_a_ratio_too_large_for_its_type_is_an_error(rendered: dict[str, dict[str, str]], googlesql: GoogleSQL) -> None:
    with pytest.raises(duckdb.Error):
        on_duckdb(f"select {rendered['duckdb'][TOO_LARGE]}")
    with pytest.raises(GoogleSQLError, match=r"(?i)out of range|overflow|precision"):
        on_googlesql(googlesql, f"select {rendered['bigquery'][TOO_LARGE]}")


def test_many_names_are_tried() -> None:
    assert len(PLAYER_NAMES) >= 30


def test_every_macro_has_a_case() -> None:
    """Engine variants (default__x, bigquery__x) count as x."""
    text = "\n".join(
        path.read_text() for directory in MACRO_DIRECTORIES for path in (ROOT / "macros" / directory).glob("*.sql")
    )
    macros = {re.sub(r"^(default|bigquery|duckdb)__", "", name) for name in re.findall(r"{%-?\s*macro\s+(\w+)", text)}
    called = set(re.findall(r"(\w+)\(", " ".join([PARTITION, ONE_PROCESS, *(case.call for case in CASES)])))
    # asks the warehouse: test_ledger.py drops columns of the ledger, the week in the emulator asks BigQuery
    elsewhere = {"stored_columns"}
    # how relations are written: test_verdicts.py opens a warehouse under another name, the emulator builds on BigQuery
    elsewhere |= {"ref", "source", "in_this_warehouse", "name_in_this_warehouse"}
    assert macros - called == elsewhere
