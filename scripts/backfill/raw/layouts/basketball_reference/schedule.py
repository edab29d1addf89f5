"""The schedule export. Two columns are called PTS, the visitors' first, and two have no name."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from backfill.raw.imports.documents import Document, Refused
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Game, GameRef, Origin
from backfill.raw.imports.teams import team
from backfill.raw.imports.values import day, text, whole

_START = re.compile(r"(\d{1,2}):(\d{2})([ap])m?")


def read(document: Document, dump: Dump) -> None:
    """Times are Eastern. A row without points is a game to come; header rows repeat every twenty games."""
    origin = Origin(document.label, document.written, "basketball_reference schedule")
    for line, cells in document.cells():
        named = dict(zip(document.columns, cells, strict=True))  # of two columns with one name, the last
        if named["Date"] in ("Date", ""):
            continue
        try:
            _add(dump, origin, named, cells[document.columns.index("PTS")])
        except ValueError as error:
            raise Refused(f"{document.label}: line {line}: {error}") from error


def _add(dump: Dump, origin: Origin, row: dict[str, str], visitors: str) -> None:
    away, home, played_on = team(row["Visitor/Neutral"]), team(row["Home/Neutral"]), day(row["Date"])
    if not away or not home or played_on is None:
        raise ValueError(f"expected two teams of the league, found {row['Visitor/Neutral']} and {row['Home/Neutral']}")
    home_score, away_score = whole(row["PTS"]), whole(visitors)
    dump.add_game(
        Game(
            GameRef(None, played_on, away, home),
            origin,
            tip_off=tip_off(played_on, row["Start (ET)"]),
            status=1 if home_score is None else 3,
            home_score=home_score,
            away_score=away_score,
            arena_name=text(row.get("Arena")),
        )
    )


def tip_off(played_on: date | None, printed: str) -> datetime | None:
    """The Eastern clock of `7:30p` on a date; None for what is no time."""
    found = _START.fullmatch(printed.strip().lower())
    if not found or played_on is None:
        return None
    hour = int(found[1]) % 12 + (12 if found[3] == "p" else 0)
    return datetime.combine(played_on, time(hour, int(found[2])))
