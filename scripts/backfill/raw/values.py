"""What a raw value may look like, and what is done to one that says the same in another form.

Forms that lose nothing are accepted and noted: a game id whose leading zeros a spreadsheet dropped, 8.0 for 8, NaN for
NULL, a midnight timestamp for a date, an instant with a zone for the clock of the column, a display name for a lookup.
Everything else is refused by the caller, with the first value that is none of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from backfill.contract import Column

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
FRACTIONS = ("FLOAT", "DOUBLE", "DECIMAL")
CLOCKS = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
ZONED = "TIMESTAMP WITH TIME ZONE"
TEXT = "VARCHAR"

#: Zones of the clocks that a contract may name.
ZONES = {"utc": "UTC", "eastern": "America/New_York"}
EXPECTED = {
    "int64": "a whole number",
    "float64": "a number",
    "bool": "true or false",
    "date": "a date YYYY-MM-DD",
    "timestamp": "a time YYYY-MM-DD HH:MM:SS",
}
FORMATS = {
    "nba_game_id": "an NBA game id of 10 digits, as 0022300001",
    "lookup": "a name, normalised to a-z and 0-9",
}
#: Letters without a decomposition, as macros/names/normalize_player_name.sql spells them.
SPELLED_OUT = {"đ": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "\u0131": "i"}
#: How tables write that there is no value, in columns that are no text.
NOTHING = "('', 'nan', 'nat', 'null', 'none', 'na', 'n/a', '<na>')"


@dataclass(frozen=True)
class Conversion:
    """SQL over a column of a file: its value in the contract's type, NULL when it cannot be that; whether it was
    written in another form, and what the form is called; and whether the file says that there is no value."""

    value: str
    other_form: str
    called: str
    nothing: str


def expected(column: Column) -> str:
    """What a column expects, in words."""
    if column.format:
        return FORMATS[column.format]
    clock = {"eastern": " on the Eastern clock", "utc": " UTC"}.get(column.clock or "", "")
    return EXPECTED.get(column.data_type, "text") + clock


def conversion(column: Column, source_type: str) -> Conversion | None:
    """How a column of a file becomes the contract's; None when no value of this type can."""
    name, found = f'"{column.name}"', source_type.split("(")[0]
    if column.format == "nba_game_id":
        return _game_id(name, found)
    if column.data_type == "string":
        return _text(column, name) if found == TEXT else None
    if found == TEXT:
        return _from_text(column, name)
    if column.data_type == "int64":
        return _whole(name, found)
    if column.data_type == "float64":
        return _number(name, found)
    if column.data_type == "bool":
        return _plain(f"cast({name} as boolean)", name) if found == "BOOLEAN" else None
    return _time(column, name, found)


def _plain(value: str, name: str) -> Conversion:
    return Conversion(value, "false", "", f"{name} is null")


def _game_id(name: str, found: str) -> Conversion | None:
    if found in INTEGERS:
        text = f"cast({name} as varchar)"
    elif found in FRACTIONS:
        text = f"regexp_replace(cast({name} as varchar), '[.]0+$', '')"
    elif found == TEXT:
        text = f"regexp_replace(trim({name}), '[.]0+$', '')"
    else:
        return None
    padded = f"case when regexp_full_match({text}, '[1-9][0-9]{{7}}') then '00' || {text} else {text} end"
    value = f"case when regexp_full_match({padded}, '[0-9]{{10}}') then {padded} end"
    return Conversion(
        value, f"cast({name} as varchar) <> {value}", "ids without their leading zeros", _is_nothing(name, found)
    )


def _is_nothing(name: str, found: str) -> str:
    if found in ("FLOAT", "DOUBLE"):
        return f"({name} is null or isnan({name}))"
    if found == TEXT:
        return f"({name} is null or trim({name}) = '')"
    return f"{name} is null"


def _text(column: Column, name: str) -> Conversion:
    if column.format != "lookup":
        return _plain(name, name)
    folded = f"lower({name})"
    for letter, spelling in SPELLED_OUT.items():
        folded = f"replace({folded}, '{letter}', '{spelling}')"
    value = f"nullif(regexp_replace(strip_accents({folded}), '[^a-z0-9]', '', 'g'), '')"
    return Conversion(
        value, f"{value} <> {name}", "display names in place of lookups", f"({name} is null or trim({name}) = '')"
    )


def _from_text(column: Column, name: str) -> Conversion:
    """Files that hold nothing but text: CSV, and columns that a data frame did not recognise."""
    text = f"trim({name})"
    nothing = f"({name} is null or lower({text}) in {NOTHING})"
    if column.data_type == "int64":
        digits = f"regexp_replace({text}, '[.]0*$', '')"
        value = f"case when regexp_full_match({text}, '[+-]?[0-9]+([.]0*)?') then try_cast({digits} as bigint) end"
        return Conversion(value, f"contains({text}, '.')", "whole numbers with a decimal point", nothing)
    if column.data_type == "float64":
        pattern = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
        value = f"case when regexp_full_match({text}, '{pattern}') then try_cast({text} as double) end"
        return Conversion(value, f"lower({text}) = 'nan'", "NaN", nothing)
    if column.data_type == "bool":
        pattern = "(?i)true|false|t|f|1|0|1[.]0|0[.]0"
        value = f"case when regexp_full_match({text}, '{pattern}') then left({text}, 1) in ('t', 'T', '1') end"
        return Conversion(value, "false", "", nothing)
    if column.data_type == "date":
        pattern = r"\d{4}-\d{2}-\d{2}([ T]00:00(:00(\.0+)?)?)?"
        value = f"case when regexp_full_match({text}, '{pattern}') then try_cast(left({text}, 10) as date) end"
        return Conversion(value, f"length({text}) > 10", "midnight timestamps", nothing)
    clock = r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?"
    zone = r" ?(UTC|Z|[+-]\d{2}(:?\d{2})?)"
    is_zoned = f"regexp_full_match({text}, '{clock}{zone}')"
    in_utc = f"regexp_replace({text}, ' ?(UTC|Z)$', '+00')"
    with_seconds = f"regexp_replace({in_utc}, '^(.{{11}}[0-9]{{2}}:[0-9]{{2}})( |[+]|-|$)', '\\1:00\\2')"
    with_colon = f"regexp_replace({with_seconds}, '([+-][0-9]{{2}})([0-9]{{2}})$', '\\1:\\2')"
    instant = f"try_cast({with_colon} as timestamptz)"
    value = (
        f"case when {is_zoned} then timezone('{ZONES[column.clock or 'utc']}', {instant}) "
        f"when regexp_full_match({text}, '{clock}') then try_cast({text} as timestamp) end"
    )
    return Conversion(value, is_zoned, f"instants with a zone, put on the {_clock_name(column)} clock", nothing)


def _clock_name(column: Column) -> str:
    return {"eastern": "Eastern", "utc": "UTC"}[column.clock or "utc"]


def _whole(name: str, found: str) -> Conversion | None:
    if found in INTEGERS:
        return _plain(f"try_cast({name} as bigint)", name)
    if found not in FRACTIONS:
        return None
    nothing = _is_nothing(name, found)
    value = f"case when not {nothing} and {name} = trunc({name}) then try_cast({name} as bigint) end"
    return Conversion(value, "true", "whole numbers stored as fractions", nothing)


def _number(name: str, found: str) -> Conversion | None:
    if found not in (*INTEGERS, *FRACTIONS):
        return None
    if found not in ("FLOAT", "DOUBLE"):
        return _plain(f"cast({name} as double)", name)
    value = f"case when not isinf({name}) and not isnan({name}) then cast({name} as double) end"
    return Conversion(value, f"isnan({name})", "NaN", _is_nothing(name, found))


def _time(column: Column, name: str, found: str) -> Conversion | None:
    nothing = f"{name} is null"
    if column.data_type == "date":
        if found == "DATE":
            return _plain(name, name)
        if found in CLOCKS:
            value = f"case when cast({name} as time) = time '00:00' then cast({name} as date) end"
            return Conversion(value, "true", "midnight timestamps", nothing)
        return None
    if found in CLOCKS:
        return _plain(f"cast({name} as timestamp)", name)
    if found == ZONED:
        value = f"timezone('{ZONES[column.clock or 'utc']}', {name})"
        # in parquet the zone of a UTC clock is how data frames write UTC, and worth no word
        return Conversion(
            value, str(column.clock == "eastern").lower(), "instants with a zone, put on the Eastern clock", nothing
        )
    return None
