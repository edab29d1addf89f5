"""One sheet a season, two rows a game: of Open and Close one row holds the spread and the other the total."""

from __future__ import annotations

import io
import re
from datetime import date
from itertools import pairwise
from typing import Any
from zipfile import BadZipFile

from backfill.base.errors import BackfillError
from backfill.raw.imports.documents import Document, Refused
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Origin
from backfill.raw.imports.teams import team
from backfill.raw.imports.values import number
from backfill.raw.layouts.sbr.archive import add_quotes

HEADER = ("Date", "Rot", "VH", "Team")
#: No spread is as large, no total as small, in points.
LARGEST_SPREAD = 60
#: How a pick'em game and a missing line are written.
PICK, NO_LINE = "pk", ("nl", "")


def read(document: Document, dump: Dump) -> None:
    """The season stands in the name of the file. Raises Refused for a workbook of another form."""
    season = re.search(r"(\d{4})-\d{2}\.xlsx$", document.name)
    if season is None:
        raise Refused(f"{document.label}: its name tells no season", "name it 'nba odds 2018-19.xlsx'")
    rows = _rows(document)
    origin = Origin(document.label, document.written, "sbr workbook")
    for (place, visitor), (_, home) in pairwise(rows):
        if (visitor["VH"], home["VH"]) not in (("V", "H"), ("N", "N")):
            continue
        if visitor["Date"] != home["Date"]:
            continue  # the second row of a game on neutral ground, and the first of the next
        away_team, home_team = team(visitor["Team"]), team(home["Team"])
        if not away_team or not home_team:
            raise Refused(
                f"{document.label}: row {place}: expected two teams of the league, found {visitor['Team']} and "
                f"{home['Team']}"
            )
        played_on = _day(int(season[1]), int(visitor["Date"]))
        for column, kind in (("Open", "open"), ("Close", "close")):
            try:
                spread, total = _lines(visitor[column], home[column])
            except ValueError as error:
                raise Refused(f"{document.label}: row {place}: {column}: {error}") from error
            add_quotes(dump, origin, played_on, away_team, home_team, spread, total, kind)


def _rows(document: Document) -> list[tuple[int, dict[str, Any]]]:
    try:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError as error:
        raise BackfillError(
            f"{document.label} is a workbook, and nothing is installed that reads one",
            "pip install 'nba-backfill[documents]'",
        ) from error
    try:
        sheet = load_workbook(io.BytesIO(document.bytes()), read_only=True, data_only=True).worksheets[0]
    except (BadZipFile, InvalidFileException, KeyError, IndexError) as error:
        raise Refused(f"{document.label} is no readable workbook: {error}") from error
    found = [(number, row) for number, row in enumerate(sheet.iter_rows(values_only=True), 1) if any(row)]
    header = found[0][1] if found else ()
    if tuple(header[:4]) != HEADER:
        raise Refused(f"{document.label}: the first row must be {', '.join(HEADER)}, ...; found {header[:4]}")
    return [(number, dict(zip(header, row, strict=True))) for number, row in found[1:]]


def _day(season: int, printed: int) -> date:
    """1016 is October 16 of the season's first year; months before August are of its second."""
    month, day = divmod(printed, 100)
    return date(season + (month < 8), month, day)


def _lines(visitor: Any, home: Any) -> tuple[float | None, float | None]:
    """The spread of the home team and the total: the larger number is the total, the other stands with the favourite.

    Each column is decided by itself: when the favourite changes, the two swap rows.
    """
    values = [_value(one) for one in (visitor, home)]
    if None in values:
        return None, next((one for one in values if one is not None and one > LARGEST_SPREAD), None)
    total_of_visitor = values[0] > values[1]  # type: ignore[operator]
    spread, total = (values[1], values[0]) if total_of_visitor else (values[0], values[1])
    if spread > LARGEST_SPREAD or total <= LARGEST_SPREAD:  # type: ignore[operator]
        raise ValueError(f"expected a spread and a total, found {visitor} and {home}")
    return (-spread if total_of_visitor else spread), total  # type: ignore[operator]


def _value(printed: Any) -> float | None:
    found = str(printed if printed is not None else "").strip().lower()
    return 0.0 if found == PICK else None if found in NO_LINE else number(printed)
