"""CSV files that people make of The Odds API: their columns stand in any order."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

from backfill.raw.imports.answers import Row, each_row
from backfill.raw.imports.documents import Document
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Origin, PropLine, Quote
from backfill.raw.imports.values import instant, number, text, to_eastern
from backfill.raw.layouts.odds_api.answers import (
    GAME_MARKETS,
    POINTS,
    add_props,
    american_price,
    decimal_price,
    event_teams,
    is_american,
)

#: Pick'em apps: every side has the same constant for a price, which is none.
WITHOUT_PRICES = ("prizepicks", "underdog")


def _snapshot(value: str | None) -> datetime | None:
    """A time that says UTC, also as 20260410_213030; None where the file tells none: a guessed one could make a quote
    look older than it is."""
    found = text(value)
    if found and len(found) == 15 and found[8] == "_":
        return datetime.strptime(found, "%Y%m%d_%H%M%S").replace(tzinfo=UTC).replace(tzinfo=None)
    return instant(found)


def _price(book: str, printed: str) -> float | None:
    return None if book.lower() in WITHOUT_PRICES else number(printed)


def read_sides(document: Document, dump: Dump) -> None:
    """One row a player, point and side."""
    rows: list[Row] = []
    each_row(document, rows.append)
    _add(document, dump, [(row, row["game_id"], row["side"], row["price"]) for row in rows])


def read_pairs(document: Document, dump: Dump) -> None:
    """One row a player and point, with both prices."""
    found: list[tuple[Row, str, str, str]] = []

    def use(row: Row) -> None:
        away, at, home = row["game"].partition(" @ ")
        if not at:
            raise ValueError(f"game: expected 'Away @ Home', found '{row['game']}'")
        named = row | {"away_team": away, "home_team": home, "commence_time": row["game_time"]}
        found.append((named, row["event_id"], "Over", row["over_odds"]))
        found.append((named, row["event_id"], "Under", row["under_odds"]))

    each_row(document, use)
    _add(document, dump, found)


def _add(document: Document, dump: Dump, sides: list[tuple[Row, str, str, str]]) -> None:
    origin = Origin(document.label, document.written, "odds_api")
    prices = [_price(row["bookmaker"], price) for row, _, _, price in sides if row["market"] == POINTS]
    in_american = is_american(iter(prices))
    markets: dict[tuple[str, str], list[tuple[Row, str, str]]] = defaultdict(list)
    for row, event, side, price in sides:
        if row["market"] == POINTS:
            markets[event, row["bookmaker"]].append((row, side, price))
        else:
            dump.left_out[f"outcomes of market {row['market']}, which no table holds"] += 1
    for (event, book), rows in markets.items():
        first = rows[0][0]
        teams, starts_at = event_teams(first, dump), instant(first["commence_time"])
        if teams is None or starts_at is None:
            continue
        like = PropLine(
            event,
            origin,
            teams[1],
            teams[0],
            starts_at,
            _snapshot(first.get("snapshot_utc") or first.get("last_update")),
            book.lower().replace(" ", "_"),
            "",
            0.0,
            None,
            None,
            0,
            "odds_api_live",
        )
        add_props(
            dump,
            like,
            [
                (
                    text(row["player"]),
                    side.title(),
                    number(row["line"]),
                    american_price(_price(book, price), in_american),
                )
                for row, side, price in rows
            ],
        )


def read_outcomes(document: Document, dump: Dump) -> None:
    """One row an outcome of a game's markets."""
    origin = Origin(document.label, document.written, "odds_api")
    rows: list[Row] = []
    each_row(document, rows.append)
    in_american = is_american(number(row["price"]) for row in rows)

    def use(row: Row) -> None:
        teams, starts_at = event_teams(row, dump), instant(row["commence_time"])
        if row["market"] not in GAME_MARKETS:
            dump.left_out[f"outcomes of market {row['market']}, which no table holds"] += 1
        elif teams and starts_at:
            dump.add_quote(
                Quote(
                    origin,
                    to_eastern(starts_at).date(),
                    teams[1],
                    teams[0],
                    starts_at,
                    row["bookmaker"],
                    row["market"],
                    row["outcome_name"],
                    decimal_price(number(row["price"]), in_american),
                    number(row["point"]),
                    _snapshot(row.get("snapshot_utc") or row.get("last_update")),
                    None,
                    "odds_api",
                    row["event_id"],
                )
            )

    for row in rows:
        use(row)
