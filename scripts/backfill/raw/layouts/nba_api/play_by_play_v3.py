"""PlayByPlayV3. Assists and incoming substitutes stand only in the text; steals and blocks are rows of their own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from backfill.raw.imports import words
from backfill.raw.imports.answers import Row, rows_of
from backfill.raw.imports.documents import Document, Refused
from backfill.raw.imports.dump import Dump, Roster, find_in_roster
from backfill.raw.imports.facts import Event, GameRef
from backfill.raw.imports.teams import team, team_of_id
from backfill.raw.imports.values import game_id, number, text, whole

PART = "playbyplayv3"
EVENT_TYPES = {
    "Made Shot": "shot",
    "Missed Shot": "shot",
    "Free Throw": "free throw",
    "Rebound": "rebound",
    "Turnover": "turnover",
    "Foul": "foul",
    "Violation": "violation",
    "Substitution": "substitution",
    "Timeout": "timeout",
    "Jump Ball": "jump ball",
    "Ejection": "ejection",
    "Instant Replay": "instant replay",
}


def read(document: Document, dump: Dump) -> None:
    """One game as JSON, or the games of a CSV, whose rows stand game by game."""
    if document.kind == "json":
        game = document.json()["game"]
        rows = [(f"action {number}", action) for number, action in enumerate(game["actions"], 1)]
        dump.add_events(document, PART, _id(game["gameId"]), _Game(document, dump, game["gameId"]).events(rows))
        return
    for nba_id, rows_of_game in groupby(rows_of(document), key=lambda placed: placed[1]["gameId"]):
        dump.add_events(document, PART, _id(nba_id), _Game(document, dump, nba_id).events(list(rows_of_game)))


def _id(value: object) -> str:
    found = game_id(value)
    if found is None:
        raise ValueError("expected an NBA game id of 10 digits, found none")
    return found


class _Game:
    """The events of one game, in the order of the file: action numbers run back and repeat."""

    def __init__(self, document: Document, dump: Dump, nba_id: object) -> None:
        self._document, self._dump = document, dump
        self._ref = GameRef(_id(nba_id))
        self._roster: Roster = dump.roster(self._ref)
        self._key = dump.key_of(self._ref)
        self._rebounds: dict[int, tuple[int, int]] = {}

    def events(self, rows: list[tuple[str, Row]]) -> Iterator[Event]:
        """One event for each row that is one; steals and blocks join the row with their number."""
        followers: dict[object, list[Row]] = {}
        for _, row in rows:
            if not text(row["actionType"]):
                followers.setdefault(row["actionNumber"], []).append(row)
        for place, row in rows:
            if text(row["actionType"]):
                try:
                    yield self._event(row, followers.get(row["actionNumber"], []))
                except (ValueError, KeyError) as error:
                    raise Refused(f"{self._document.label}: {place}: {error}") from error

    def _event(self, row: Row, followers: list[Row]) -> Event:
        action, sub, description = str(row["actionType"]), text(row["subType"]) or "", str(row["description"] or "")
        period = whole(row["period"])
        kind = f"{sub} of period" if action == "period" else EVENT_TYPES.get(action, action.lower())
        event = Event(
            period,
            kind,
            elapsed_seconds=words.elapsed(period, text(row["clock"])),
            score_home=whole(row["scoreHome"]),
            score_away=whole(row["scoreAway"]),
        )
        if kind not in ("instant replay", "start of period", "end of period"):
            event.player_1, event.team = self._actor(row)
        if kind == "shot":
            self._shot(event, row, description, followers)
        elif kind == "free throw":
            event.event_subtype = words.free_throw(sub)
            event.shot_made = not description.startswith("MISS")
        elif kind == "rebound":
            event.event_subtype = self._kind_of_rebound(row, description)
        elif kind == "turnover":
            event.event_subtype = words.turnover(sub)
            self._second(event, next((one for one in followers if "STEAL" in str(one["description"])), None), "steal")
        elif kind == "foul":
            event.event_subtype = words.foul(sub)
        elif kind == "substitution":
            found = words.SUBSTITUTION.match(description)
            event.player_2 = self._named(event.team, found[1] if found else None)
            event.player_2_role = "substitution in" if found else None
        elif kind == "jump ball":
            found = words.JUMP_BALL.match(description)
            if found:
                event.player_2 = self._named(self._other(event.team), found[2])
                event.player_2_role = "jump ball"
        elif kind in ("timeout", "violation"):
            event.event_subtype = sub.lower() or None
        return event

    def _shot(self, event: Event, row: Row, description: str, followers: list[Row]) -> None:
        is_three = whole(row.get("shotValue")) == 3 or "3PT" in description
        event.event_subtype = words.kind_of_shot(description, is_three)
        event.shot_made = row["actionType"] == "Made Shot"
        event.shot_type = "3PT" if is_three else "2PT"
        printed = number(row["shotDistance"]) or words.printed_distance(description)
        x, y = number(row.get("xLegacy")), number(row.get("yLegacy"))
        # 0 means at the rim, or that none is printed: coordinates tell, and say the same elsewhere
        event.shot_distance = float(printed) if printed else words.distance_of(x, y)
        if event.shot_made:
            assist = words.ASSIST.search(description)
            if assist:
                event.player_2, event.player_2_role = self._named(event.team, assist[1]), "assist"
        else:
            self._second(event, next((one for one in followers if "BLOCK" in str(one["description"])), None), "block")

    def _second(self, event: Event, row: Row | None, role: str) -> None:
        if row is not None:
            event.player_2, event.player_2_role = self._actor(row)[0], role

    def _kind_of_rebound(self, row: Row, description: str) -> str | None:
        person, found = whole(row["personId"]) or 0, words.REBOUNDS.search(description)
        if team_of_id(person) or not person:
            return "rebound team"
        if not found:
            return None
        offensive, defensive = int(found[1]), int(found[2])
        before = self._rebounds.get(person, (0, 0))
        self._rebounds[person] = offensive, defensive
        if offensive > before[0]:
            return "rebound offensive"
        return "rebound defensive" if defensive > before[1] else None

    # ---- who ----

    def _actor(self, row: Row) -> tuple[str | None, str | None]:
        """Name and team. A team's own event has the team's id for a person; a coach is nobody who is listed."""
        person, own = whole(row["personId"]) or 0, team(row["teamTricode"])
        if not person or team_of_id(person):
            return None, own or team_of_id(person)
        if person in self._roster.by_id:
            name, listed = self._roster.by_id[person]
            return name, own or listed
        if self._roster.by_id:
            return None, own
        return self._named(own, text(row.get("playerNameI")) or text(row.get("playerName"))), own

    def _named(self, own: str | None, printed: str | None) -> str | None:
        """The full name, or the printed one where nobody listed, or more than one, can be meant."""
        if printed is None:
            return None
        found = find_in_roster(self._roster, own, printed)
        if found is None:
            self._dump.unmapped["names of play-by-play texts that name nobody, or several, of the team"] += 1
        return found or printed

    def _other(self, own: str | None) -> str | None:
        return None if self._key is None else next((one for one in self._key[1:] if one != own), None)
