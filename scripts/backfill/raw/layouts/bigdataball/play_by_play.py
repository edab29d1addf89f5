"""Rows of BigDataBall: the contract's own words; all players in columns, nothing only in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from backfill.raw.imports.answers import Row, rows_of
from backfill.raw.imports.documents import Document, Refused
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Event, Game, GameRef, Origin
from backfill.raw.imports.teams import team
from backfill.raw.imports.values import day, game_id, number, text, whole

PART = "bigdataball"
NAME = re.compile(r"\[(\d{4}-\d{2}-\d{2})\]-(\d{8,10})-([a-z]{2,4})@([a-z]{2,4})")
WITHOUT_KIND = ("substitution", "start of period", "end of period", "jump ball", "ejection", "instant replay")


def read(document: Document, dump: Dump) -> None:
    """Games stand one after another; a second line that explains the columns, without an id, is skipped."""
    rows = ((place, row) for place, row in rows_of(document) if (text(row["game_id"]) or "").isdigit())
    for nba_id, placed in groupby(rows, key=lambda one: one[1]["game_id"]):
        found, game = game_id(nba_id), list(placed)
        if found is None:
            raise ValueError("expected an NBA game id, found none")
        away, home = _teams(document, found, game)
        ref = GameRef(found, day(game[0][1]["date"]), away, home)
        dump.add_game(Game(ref, Origin(document.label, document.written, PART), lists_games=False))
        dump.add_events(document, PART, found, _events(document, dump, game))


def _teams(document: Document, nba_id: str, rows: list[tuple[str, Row]]) -> tuple[str | None, str | None]:
    """Away and home team: of the file's name, else of who stands in the line-ups h1 to h5."""
    named = NAME.search(document.name)
    if named and game_id(named[2]) == nba_id:
        return team(named[3]), team(named[4])
    own = {code for _, row in rows if (code := team(row["team"]))}
    for _, row in rows:
        code, player = team(row["team"]), text(row["player"])
        if code and player and len(own) == 2:
            (other,) = own - {code}
            if player in (row[f"h{number}"] for number in range(1, 6)):
                return other, code
            if player in (row[f"a{number}"] for number in range(1, 6)):
                return code, other
    return None, None


def _events(document: Document, dump: Dump, rows: list[tuple[str, Row]]) -> Iterator[Event]:
    for place, row in rows:
        if not text(row["event_type"]):
            dump.left_out["rows of play-by-play without a kind of event"] += 1
            continue
        try:
            yield _event(row)
        except (ValueError, KeyError) as error:
            raise Refused(f"{document.label}: {place}: {error}") from error


def _seconds(value: object) -> int | None:
    found = text(value)
    if found is None:
        return None
    hours, minutes, seconds = ([0, 0, 0, *map(int, found.split(":"))])[-3:]
    return hours * 3600 + minutes * 60 + seconds


def _event(row: Row) -> Event:
    kind, own = str(row["event_type"]).strip().lower(), team(row["team"])
    event = Event(
        whole(row["period"]),
        kind,
        elapsed_seconds=_seconds(row["elapsed"]),
        score_home=whole(row["home_score"]),
        score_away=whole(row["away_score"]),
        player_1=text(row["player"]),
        team=own,
    )
    words = str(row["type"] or "").strip().lower().removeprefix("timeout: ")
    if kind not in WITHOUT_KIND:
        event.event_subtype = {"team rebound": "rebound team"}.get(words, words) or None
    if kind == "rebound" and not event.player_1:
        event.event_subtype = "rebound team"
    if kind in ("shot", "free throw"):
        event.shot_made = text(row["result"]) == "made"
    if kind == "shot":
        event.shot_type = "3PT" if words.startswith("3pt") else "2PT"
        event.shot_distance = number(row["shot_distance"])
        _second(event, row, *(("assist", "assist") if event.shot_made else ("block", "block")))
    elif kind == "turnover":
        _second(event, row, "steal", "steal")
    elif kind == "substitution":
        event.player_1 = text(row["left"])
        _second(event, row, "entered", "substitution in")
    elif kind == "jump ball":
        jumpers = [text(row["home"]), text(row["away"])]
        if text(row["home"]) and text(row["away"]):
            is_away = own is not None and any(row[f"a{n}"] == row["away"] for n in range(1, 6)) and _is_away(row, own)
            event.player_1, event.player_2 = jumpers[::-1] if is_away else jumpers
            event.player_2_role = "jump ball"
    return event


def _is_away(row: Row, own: str) -> bool:
    """TRUE when the team of a jump ball's row is the away team: its player stands in a1 to a5."""
    player = text(row["player"])
    return player is not None and player == text(row["away"])


def _second(event: Event, row: Row, column: str, role: str) -> None:
    if text(row[column]):
        event.player_2, event.player_2_role = text(row[column]), role
