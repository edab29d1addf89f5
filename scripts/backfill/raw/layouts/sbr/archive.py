"""One row a game: the spread is positive, and another column says whose it is."""

from __future__ import annotations

from datetime import date
from functools import cache

from backfill.raw.imports.answers import Row, each_row
from backfill.raw.imports.documents import Document
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Origin, Quote
from backfill.raw.imports.teams import names, team
from backfill.raw.imports.values import day, number

BOOK = "sbr_consensus"


def read(document: Document, dump: Dump) -> None:
    """Two rows of spreads and two of totals a game, without prices and without a time."""
    origin = Origin(document.label, document.written, "sbr")

    def use(row: Row) -> None:
        away, home, played_on = team(row["away"]), team(row["home"]), day(row["dates"])
        if not away or not home or played_on is None:
            raise ValueError(f"expected two teams of the league, found {row['away']} and {row['home']}")
        spread, total = number(row["spread"]), number(row["total"])
        favourite = row["whos_favored"]
        at_home = None
        if spread is not None and favourite in ("home", "away"):
            at_home = -spread if favourite == "home" else spread
        add_quotes(dump, origin, played_on, away, home, at_home, total, "close")

    each_row(document, use)


def add_quotes(
    dump: Dump,
    origin: Origin,
    played_on: date,
    away: str,
    home: str,
    spread: float | None,
    total: float | None,
    kind: str,
) -> None:
    """Rows of both outcomes of a spread, given for the home team (negative = favoured), and of a total."""
    outcomes: list[tuple[str, str, float]] = []
    if spread is not None:
        outcomes += [("spreads", full_names()[home], spread), ("spreads", full_names()[away], -spread)]
    if total is not None:
        outcomes += [("totals", "Over", total), ("totals", "Under", total)]
    for market, outcome, point in outcomes:
        dump.add_quote(
            Quote(origin, played_on, home, away, None, BOOK, market, outcome, None, point, None, kind, "sbr")
        )


@cache
def full_names() -> dict[str, str]:
    """Full names of teams, as bookmakers print them, by tricode."""
    return {code: name for name, code in names().full_names.items()}
