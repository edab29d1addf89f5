"""PlayByPlayV2: full names, ids and roles in columns; kinds of shots and distances in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from backfill.raw.imports import words
from backfill.raw.imports.answers import Row, rows_of
from backfill.raw.imports.documents import Document, Refused
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Event
from backfill.raw.imports.teams import team, team_of_id
from backfill.raw.imports.values import game_id, text, whole

PART = "playbyplayv2"
SHOT_MADE, SHOT_MISSED, FREE_THROW, REBOUND, TURNOVER, FOUL, VIOLATION, SUBSTITUTION, TIMEOUT, JUMP_BALL = range(1, 11)
EVENT_TYPES = {
    SHOT_MADE: "shot",
    SHOT_MISSED: "shot",
    FREE_THROW: "free throw",
    REBOUND: "rebound",
    TURNOVER: "turnover",
    FOUL: "foul",
    VIOLATION: "violation",
    SUBSTITUTION: "substitution",
    TIMEOUT: "timeout",
    JUMP_BALL: "jump ball",
    11: "ejection",
    12: "start of period",
    13: "end of period",
    18: "instant replay",
}
FOULS = {
    1: "personal",
    2: "shooting",
    3: "loose ball",
    4: "offensive",
    6: "away from play",
    9: "clear path",
    10: "double personal",
    11: "technical",
    12: "non-unsportsmanlike technical",
    13: "hanging technical",
    14: "flagrant type 1",
    15: "flagrant type 2",
    16: "double technical",
    17: "defensive 3 seconds technical",
    18: "delay technical",
    25: "excess timeout technical",
    26: "offensive charge",
    28: "personal take",
    30: "too many players technical",
    31: "transition take",
}
VIOLATIONS = {
    1: "delay of game",
    2: "defensive goaltending",
    3: "lane",
    4: "jump ball",
    5: "kicked ball",
    6: "double lane",
}
TIMEOUTS = {1: "regular", 7: "coach challenge"}
_TURNOVER = re.compile(
    r"(?:Turnover: (.+?)|(?:.*?) ((?:[A-Z0-9][\w-]*|of|-|from)(?: (?:[A-Z0-9][\w-]*|of|-|from))*) Turnover) \("
)


def read(document: Document, dump: Dump) -> None:
    """One game, or the games of a season file, whose rows stand game by game, in their order (EVENTNUM runs back)."""
    for nba_id, rows in groupby(rows_of(document, "PlayByPlay"), key=lambda placed: placed[1]["GAME_ID"]):
        found = game_id(nba_id)
        if found is None:
            raise ValueError("expected an NBA game id of 10 digits, found none")
        dump.add_events(document, PART, found, _events(document, list(rows), dump.shot_distances.get(found, {})))


def _events(document: Document, rows: list[tuple[str, Row]], distances: dict[int, float]) -> Iterator[Event]:
    """Distances that the text does not print come from a shot chart of the game, where there is one."""
    rebounds: dict[int, tuple[int, int]] = {}
    for place, row in rows:
        try:
            event = _event(row, rebounds)
            if event.event_type == "shot" and event.shot_distance is None:
                event.shot_distance = distances.get(whole(row["EVENTNUM"]) or 0)
            yield event
        except (ValueError, KeyError) as error:
            raise Refused(f"{document.label}: {place}: {error}") from error


def _event(row: Row, rebounds: dict[int, tuple[int, int]]) -> Event:
    code, detail, period = whole(row["EVENTMSGTYPE"]) or 0, whole(row["EVENTMSGACTIONTYPE"]) or 0, whole(row["PERIOD"])
    event = Event(
        period, EVENT_TYPES.get(code, f"type {code}"), elapsed_seconds=words.elapsed(period, text(row["PCTIMESTRING"]))
    )
    score = text(row["SCORE"])
    if score:
        away, _, home = score.partition(" - ")
        event.score_away, event.score_home = whole(away), whole(home)
    if event.event_type not in ("start of period", "end of period", "instant replay"):
        event.player_1, event.team = _actor(row)
    texts = [text(row[f"{side}DESCRIPTION"]) or "" for side in ("HOME", "VISITOR", "NEUTRAL")]
    if code in (SHOT_MADE, SHOT_MISSED):
        description = next((one for one in texts if one and " BLOCK" not in one), "")
        is_three = "3PT" in description
        event.event_subtype = words.kind_of_shot(description, is_three)
        event.shot_made = code == SHOT_MADE
        event.shot_type = "3PT" if is_three else "2PT"
        event.shot_distance = words.printed_distance(description)
        _second(event, row, *((2, "assist") if event.shot_made else (3, "block")))
    elif code == FREE_THROW:
        description = next((one for one in texts if "Free Throw" in one), "")
        event.event_subtype = words.free_throw(description)
        event.shot_made = not description.startswith("MISS")
    elif code == REBOUND:
        event.event_subtype = _kind_of_rebound(row, " ".join(texts), rebounds)
    elif code == TURNOVER:
        description = next((one for one in texts if one and " STEAL" not in one), "")
        found = _TURNOVER.search(description)
        event.event_subtype = words.turnover(_without_name(found[1] or found[2], row)) if found and detail else None
        _second(event, row, 2, "steal")
    elif code == FOUL:
        event.event_subtype = FOULS.get(detail)
    elif code == SUBSTITUTION:
        _second(event, row, 2, "substitution in")
    elif code == JUMP_BALL:
        _second(event, row, 2, "jump ball")
    elif code == VIOLATION:
        event.event_subtype = VIOLATIONS.get(detail)
    elif code == TIMEOUT:
        event.event_subtype = TIMEOUTS.get(detail)
    return event


def _without_name(kind: str, row: Row) -> str:
    """The kind of a turnover without the surname that stands before it in the text."""
    surname = (text(row["PLAYER1_NAME"]) or "").split(" ")
    for size in range(len(surname), 0, -1):
        printed = " ".join(surname[-size:])
        if kind.startswith(printed + " "):
            return kind[len(printed) + 1 :]
    return kind


def _actor(row: Row) -> tuple[str | None, str | None]:
    """Name and team. A team's own event has the team's id for a player."""
    person, own = whole(row["PLAYER1_ID"]) or 0, team(text(row["PLAYER1_TEAM_ABBREVIATION"]))
    if team_of_id(person):
        return None, team_of_id(person)
    # a coach has a name and no team
    return (text(row["PLAYER1_NAME"]) if own else None), own


def _second(event: Event, row: Row, place: int, role: str) -> None:
    if whole(row[f"PLAYER{place}_ID"]) and text(row[f"PLAYER{place}_NAME"]):
        event.player_2, event.player_2_role = text(row[f"PLAYER{place}_NAME"]), role


def _kind_of_rebound(row: Row, description: str, rebounds: dict[int, tuple[int, int]]) -> str | None:
    person, found = whole(row["PLAYER1_ID"]) or 0, words.REBOUNDS.search(description)
    if not person or team_of_id(person):
        return "rebound team"
    if not found:
        return None
    offensive, defensive = int(found[1]), int(found[2])
    before = rebounds.get(person, (0, 0))
    rebounds[person] = offensive, defensive
    if offensive > before[0]:
        return "rebound offensive"
    return "rebound defensive" if defensive > before[1] else None
