"""One row a game: the spread is positive, and another column says whose it is."""

from __future__ import annotations

from backfill.raw.imports.answers import Row, each_row
from backfill.raw.imports.documents import Document
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Origin, Quote
from backfill.raw.imports.teams import names, team
from backfill.raw.imports.values import day, number, season_of

BOOK = "sbr_consensus"


def read(document: Document, dump: Dump) -> None:
    """Two rows of spreads and two of totals a game, without prices and without a time."""
    origin = Origin(document.label, document.written, "sbr")
    full_names = {code: name for name, code in names().full_names.items()}

    def use(row: Row) -> None:
        away, home, played_on = team(row["away"]), team(row["home"]), day(row["dates"])
        if not away or not home or played_on is None:
            raise ValueError(f"expected two teams of the league, found {row['away']} and {row['home']}")
        if dump.season is not None and season_of(played_on) != dump.season:
            return
        spread, total = number(row["spread"]), number(row["total"])
        outcomes: list[tuple[str, str, float]] = []
        if spread is not None and row["whos_favored"] in ("home", "away"):
            at_home = -spread if row["whos_favored"] == "home" else spread
            outcomes += [("spreads", full_names[home], at_home), ("spreads", full_names[away], -at_home)]
        if total is not None:
            outcomes += [("totals", "Over", total), ("totals", "Under", total)]
        for market, outcome, point in outcomes:
            dump.quotes.append(
                Quote(origin, played_on, home, away, None, BOOK, market, outcome, None, point, None, "close", "sbr")
            )

    each_row(document, use)
