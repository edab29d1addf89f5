"""Answers of The Odds API: one event or a list, plain or wrapped with the time of a historical snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from backfill.raw.imports.documents import Document
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Origin, PropLine, Quote
from backfill.raw.imports.teams import team
from backfill.raw.imports.values import american, decimal, instant, number, text, to_eastern

SPORT = "basketball_nba"
POINTS, GAME_MARKETS = "player_points", ("spreads", "totals", "h2h")


def read(document: Document, dump: Dump) -> None:
    """Every event of the answer. Whether prices are decimal or American is not said: American ones are at least 100
    away from zero, and one answer has one kind."""
    answer = document.json()
    taken_at, events = None, answer
    if isinstance(answer, dict) and "data" in answer:
        taken_at, events = instant(answer["timestamp"]), answer["data"]
    for event in events if isinstance(events, list) else [events]:
        _read_event(event, taken_at, Origin(document.label, document.written, "odds_api"), dump)


def is_american(prices: Iterator[float | None]) -> bool:
    """TRUE when no price of an answer is closer to zero than 100."""
    return all(price is None or abs(price) >= 100 for price in prices)


def american_price(price: float | None, american_already: bool) -> int | None:
    """The price as an American one, rounded."""
    if price is None:
        return None
    if american_already:
        return round(price)
    return american(price) if price < 100 else round(100 * (price - 1))


def decimal_price(price: float | None, american_already: bool) -> float | None:
    """The price as a decimal one."""
    return decimal(price) if american_already else price


def event_teams(event: dict[str, Any], dump: Dump) -> tuple[str, str] | None:
    """Away and home team of an event of the league; None for other sports and clubs."""
    home, away = team(event["home_team"]), team(event["away_team"])
    if event.get("sport_key", SPORT) != SPORT or not home or not away:
        dump.left_out["events of other sports, or of clubs that are not of the league"] += 1
        return None
    return away, home


def _read_event(event: dict[str, Any], taken_at: datetime | None, origin: Origin, dump: Dump) -> None:
    teams, starts_at = event_teams(event, dump), instant(event["commence_time"])
    if teams is None or starts_at is None:
        return
    away, home = teams
    books = event.get("bookmakers") or []
    outcomes = [o for book in books for market in book["markets"] for o in market["outcomes"]]
    in_american = is_american(number(outcome.get("price")) for outcome in outcomes)
    for book in books:
        for market in book["markets"]:
            snapshot = taken_at or instant(market.get("last_update") or book.get("last_update"))
            if market["key"] == POINTS:
                add_props(
                    dump,
                    PropLine(
                        event["id"],
                        origin,
                        home,
                        away,
                        starts_at,
                        snapshot,
                        book["key"],
                        "",
                        0.0,
                        None,
                        None,
                        0,
                        "odds_api_historical" if taken_at else "odds_api_live",
                    ),
                    [
                        (
                            text(one.get("description")),
                            text(one["name"]),
                            number(one.get("point")),
                            american_price(number(one.get("price")), in_american),
                        )
                        for one in market["outcomes"]
                    ],
                )
            elif market["key"] in GAME_MARKETS:
                for one in market["outcomes"]:
                    dump.add_quote(
                        Quote(
                            origin,
                            to_eastern(starts_at).date(),
                            home,
                            away,
                            starts_at,
                            book["key"],
                            market["key"],
                            one["name"],
                            decimal_price(number(one.get("price")), in_american),
                            number(one.get("point")),
                            snapshot,
                            None,
                            "odds_api",
                            event["id"],
                        )
                    )
            else:
                dump.left_out[f"outcomes of market {market['key']}, which no table holds"] += len(market["outcomes"])


def add_props(
    dump: Dump, like: PropLine, outcomes: list[tuple[str | None, str | None, float | None, int | None]]
) -> None:
    """Both sides of each player and point become one line; the order of a player's points tells the main from the
    alternate lines. `outcomes` are player, side, point and American price."""
    sides: dict[tuple[str, float], dict[str, int | None]] = {}
    for name, side, point, price in outcomes:
        if name and point is not None and side in ("Over", "Under"):
            sides.setdefault((name, point), {})[side] = price
    order: dict[str, int] = {}
    for (name, point), prices in sides.items():
        order[name] = order.get(name, 0) + 1
        values = vars(like) | {
            "name": name,
            "line": point,
            "over_price": prices.get("Over"),
            "under_price": prices.get("Under"),
            "order": order[name],
        }
        dump.add_prop(PropLine(**values))
