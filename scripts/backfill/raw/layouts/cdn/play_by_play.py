"""Play-by-play of cdn.nba.com: ids of all who took part in columns; substitutions are two rows without a link."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator
from itertools import groupby

from backfill.raw.imports import words
from backfill.raw.imports.answers import Row, rows_of
from backfill.raw.imports.documents import Document, Refused
from backfill.raw.imports.dump import Dump, Roster, find_in_roster
from backfill.raw.imports.facts import Event, GameRef
from backfill.raw.imports.teams import team, team_of_id
from backfill.raw.imports.values import game_id, number, text, whole

PART = "cdn playbyplay"
EVENT_TYPES = {
    "2pt": "shot",
    "3pt": "shot",
    "freethrow": "free throw",
    "jumpball": "jump ball",
    "ejection": "ejection",
    "rebound": "rebound",
    "turnover": "turnover",
    "foul": "foul",
    "violation": "violation",
    "substitution": "substitution",
    "timeout": "timeout",
}
#: Rows that are told by another row, or are no event of a player or a team.
NO_EVENTS = ("steal", "block", "game", "stoppage", "memo")
TIMEOUTS = {"full": "regular", "challenge": "coach challenge"}


def read(document: Document, dump: Dump) -> None:
    """One game as JSON, a CSV of a season, or a CSV of one game whose id stands in the name of the file."""
    if document.kind == "json":
        game = document.json()["game"]
        rows = [(f"action {number}", action) for number, action in enumerate(game["actions"], 1)]
        _add(document, dump, game["gameId"], rows)
        return
    if "gameId" in document.columns:
        for nba_id, rows_of_game in groupby(rows_of(document), key=lambda placed: placed[1]["gameId"]):
            _add(document, dump, nba_id, list(rows_of_game))
        return
    named = re.search(r"(?<!\d)(00\d{8}|[1-9]\d{7})(?!\d)", document.name)
    if not named:
        raise Refused(
            f"{document.label} tells no game: it has no column gameId, and its name holds no game id",
            "name it after its game: playbyplay_0022300001.csv",
        )
    _add(document, dump, named[1], list(rows_of(document)))


def _add(document: Document, dump: Dump, nba_id: object, rows: list[tuple[str, Row]]) -> None:
    found = game_id(nba_id)
    if found is None:
        raise ValueError("expected an NBA game id of 10 digits, found none")
    dump.add_events(document, PART, found, _Game(document, dump, found).events(rows))


class _Game:
    def __init__(self, document: Document, dump: Dump, nba_id: str) -> None:
        self._document, self._dump = document, dump
        self._roster: Roster = dump.roster(GameRef(nba_id))

    def events(self, rows: list[tuple[str, Row]]) -> Iterator[Event]:
        """One event for each row that is one, in the order of orderNumber."""
        ordered = sorted(rows, key=lambda placed: number(placed[1]["orderNumber"]) or 0)
        coming: dict[tuple, deque[Row]] = defaultdict(deque)
        for _, row in ordered:
            if row["actionType"] == "substitution" and row["subType"] == "in":
                coming[self._moment(row)].append(row)
        for place, row in ordered:
            action, sub = text(row["actionType"]) or "", text(row.get("subType")) or ""
            if action == "heave":
                self._dump.left_out["heaves: shots charged to no player (the team's attempts count them)"] += 1
            elif action not in NO_EVENTS and not (action == "substitution" and sub == "in"):
                try:
                    yield self._event(row, action, sub, coming)
                except (ValueError, KeyError) as error:
                    raise Refused(f"{self._document.label}: {place}: {error}") from error

    @staticmethod
    def _moment(row: Row) -> tuple:
        return str(row.get("teamTricode")), whole(row["period"]), str(row["clock"])

    def _event(self, row: Row, action: str, sub: str, coming: dict[tuple, deque[Row]]) -> Event:
        period, descriptor = whole(row["period"]), text(row.get("descriptor")) or ""
        kind = f"{sub} of period" if action == "period" else EVENT_TYPES.get(action, action)
        event = Event(
            period,
            kind,
            elapsed_seconds=words.elapsed(period, text(row["clock"])),
            score_home=whole(row.get("scoreHome")),
            score_away=whole(row.get("scoreAway")),
        )
        if action == "period":
            return event
        event.team = team(text(row.get("teamTricode"))) or team_of_id(row.get("teamId"))
        event.player_1 = self._name(row.get("personId"), event.team, row)
        if kind == "shot":
            is_three = action == "3pt"
            event.event_subtype = " ".join(
                part.lower().replace("alley-oop", "alley oop")
                for part in ("3pt" if is_three else "", descriptor, sub)
                if part
            )
            event.shot_made = text(row.get("shotResult")) == "Made"
            event.shot_type = "3PT" if is_three else "2PT"
            distance = number(row.get("shotDistance"))
            event.shot_distance = None if distance is None else float(round(distance))
            self._second(event, row, *(("assistPersonId", "assist") if event.shot_made else ("blockPersonId", "block")))
        elif kind == "free throw":
            event.event_subtype = words.free_throw(f"Free Throw {descriptor} {sub}")
            event.shot_made = text(row.get("shotResult")) == "Made"
        elif kind == "rebound":
            event.event_subtype = f"rebound {sub}" if event.player_1 else "rebound team"
        elif kind == "turnover":
            event.event_subtype = words.turnover(" ".join(part for part in (sub.replace("-", " "), descriptor) if part))
            self._second(event, row, "stealPersonId", "steal")
        elif kind == "foul":
            event.event_subtype = words.foul(descriptor.replace("-", " ") or sub)
        elif kind == "substitution":
            entering = coming[self._moment(row)]
            if entering:
                other = entering.popleft()
                event.player_2 = self._name(other.get("personId"), event.team, other)
                event.player_2_role = "substitution in"
        elif kind == "jump ball":
            self._jump_ball(event, row)
        elif kind == "timeout":
            event.event_subtype = TIMEOUTS.get(sub, sub) or None
        elif kind == "violation":
            event.event_subtype = sub.replace("-", " ") or None
        return event

    def _jump_ball(self, event: Event, row: Row) -> None:
        """The two jumpers; the row itself names who got the ball."""
        won, lost = whole(row.get("jumpBallWonPersonId")), whole(row.get("jumpBallLostPersonId"))
        if won and won in self._roster.by_id:
            event.player_1, event.team = self._roster.by_id[won]
        if lost:
            event.player_2, event.player_2_role = self._name(lost, None, {}), "jump ball"

    def _second(self, event: Event, row: Row, column: str, role: str) -> None:
        person = whole(row.get(column))
        if person:
            printed = text(row.get(column.replace("PersonId", "PlayerNameInitial"))) or text(
                row.get(column.replace("PersonId", "PlayerName"))
            )
            event.player_2 = self._name(person, None, {"playerNameI": printed})
            event.player_2_role = role

    def _name(self, person_id: object, own: str | None, row: Row) -> str | None:
        """The full name of an id; where no box score tells it, of the printed one; None for a team's own event."""
        person = whole(person_id) or 0
        if not person or team_of_id(person):
            return None
        if person in self._roster.by_id:
            return self._roster.by_id[person][0]
        printed = text(row.get("playerNameI")) or text(row.get("playerName"))
        teams = [own] if own else list(self._roster.by_team)
        found = next((name for one in teams if (name := find_in_roster(self._roster, one, printed))), None)
        if found is None:
            self._dump.unmapped["names of play-by-play texts that name nobody, or several, of the team"] += 1
        return found or printed
