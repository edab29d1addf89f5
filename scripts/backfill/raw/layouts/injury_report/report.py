"""Rows of an injury report. When it was published stands only in the name of the file, or in a column of one parser."""

from __future__ import annotations

import re
from datetime import date, datetime

from backfill.raw.imports.answers import Row, each_row
from backfill.raw.imports.documents import Document
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import GameRef, Injury, Origin
from backfill.raw.imports.teams import team
from backfill.raw.imports.values import day, text

_PUBLISHED = re.compile(r"(\d{4}-\d{2}-\d{2})_(\d{2})(?:_\d{2})?([ap]m)", re.IGNORECASE)
NOT_YET = "not yet submitted"
SUFFIXES = ("jr.", "sr.", "ii", "iii", "iv", "jr", "sr")


def published(document: Document) -> tuple[date, int] | None:
    """Date and Eastern hour of a report, of the name of its file: 05PM is the report of 5:30 PM."""
    found = _PUBLISHED.search(document.name)
    if not found:
        return None
    hour = int(found[2]) % 12 + (12 if found[3].lower() == "pm" else 0)
    return date.fromisoformat(found[1]), hour


def read(document: Document, dump: Dump) -> None:
    """CSV or JSON of a report."""
    origin, when = Origin(document.label, document.written, "injury_report"), published(document)
    each_row(document, lambda row: add(dump, origin, when, row))


def add(dump: Dump, origin: Origin, when: tuple[date, int] | None, row: Row) -> None:
    """One row. A team that has not submitted its report says nothing about anybody."""
    printed, status = text(row["Player Name"]), text(row["Current Status"])
    if NOT_YET in (text(row["Reason"]) or "").lower() or printed is None:
        dump.left_out["teams that had not submitted their report: nothing is known of their players"] += 1
        return
    away, at, home = str(row["Matchup"]).partition("@")
    own = team(row["Team"])
    ref = GameRef(None, day(row["Game Date"]), team(away), team(home))
    if not at or own is None or own not in (ref.away, ref.home):
        raise ValueError(f"Team '{row['Team']}' is not of Matchup '{row['Matchup']}'")
    if status is None:
        raise ValueError(f"Current Status of {printed} is empty")
    stated = text(row.get("Injury Report Date and Time"))
    if stated:
        moment = datetime.strptime(stated, "%m/%d/%y %I:%M %p")
        when = moment.date(), moment.hour
    dump.add_injury(
        Injury(
            origin,
            ref,
            own,
            turned(printed),
            status.lower(),
            text(row["Reason"]),
            when[0] if when else None,
            when[1] if when else None,
        )
    )


def turned(printed: str) -> str:
    """`Last, First` as `First Last`; a suffix, which stands with the surname, comes last."""
    last, comma, first = printed.partition(",")
    if not comma:
        return printed
    parts = last.split()
    suffix = parts.pop() if len(parts) > 1 and parts[-1].lower() in SUFFIXES else ""
    return " ".join(part for part in (first.strip(), *parts, suffix) if part)


def read_pdf(document: Document, dump: Dump) -> None:
    """The PDF as it is published, through pdfplumber (`pip install 'nba-backfill[pdf]'`)."""
    from backfill.raw.layouts.injury_report.pdf import rows

    origin, when = Origin(document.label, document.written, "injury_report"), published(document)
    for row in rows(document):
        add(dump, origin, when, row)
