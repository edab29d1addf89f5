"""What a dump says, collected: games merged over their sources, lines kept once, and what was noticed on the way."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from backfill.base.seasons import season_of
from backfill.raw.imports.documents import Document, Refused
from backfill.raw.imports.facts import (
    Event,
    Game,
    GameRef,
    Injury,
    Origin,
    PlayerLine,
    PlayerLog,
    PropLine,
    Quote,
    TeamLine,
)
from backfill.raw.imports.values import lookup, person, season_of_id, to_eastern

#: Kinds of games that the warehouse is about: regular season, playoffs, play-in, NBA Cup final.
IN_SCOPE = ("002", "004", "005", "006")
KINDS_OF_GAMES = {"001": "preseason", "003": "All-Star"}
Key = tuple[date, str, str]


@dataclass
class Roster:
    """Who is listed for a game, by team: full name and family name, where the source tells it apart."""

    by_id: dict[int, tuple[str, str]] = field(default_factory=dict)
    by_team: dict[str, list[tuple[str, str | None]]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class Dump:
    """The facts of a dump. `known_*` is what the warehouse has; `registered` are rows of its registry that no import
    made. `season` is the first year of the only season that is wanted."""

    season: int | None = None
    known_games: dict[str, GameRef] = field(default_factory=dict)
    known_schedule: dict[str, dict[str, Any]] = field(default_factory=dict)
    known_listings: dict[tuple[str | None, int, str], dict[Key, bool]] = field(default_factory=dict)
    known_ids: dict[str, str] = field(default_factory=dict)
    registered: set[tuple[str, int, str]] = field(default_factory=set)
    known_rosters: Callable[[Key], Iterable[tuple[str, str]]] = lambda key: ()
    games: dict[object, Game] = field(default_factory=dict)
    player_lines: dict[tuple, PlayerLine] = field(default_factory=dict)
    player_logs: dict[tuple, PlayerLog] = field(default_factory=dict)
    team_lines: dict[tuple, TeamLine] = field(default_factory=dict)
    total_turnovers: dict[tuple[str, str], int] = field(default_factory=dict)
    shot_distances: dict[str, dict[int, float]] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    props: dict[tuple, PropLine] = field(default_factory=dict)
    quotes: dict[tuple, Quote] = field(default_factory=dict)
    injuries: dict[tuple, Injury] = field(default_factory=dict)
    played_by_play: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    on_events: Callable[[Key, str | None, Origin, list[Event]], None] | None = None
    repaired: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    differing: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[str] = field(default_factory=Counter)
    _rosters: dict[Key, Roster] = field(default_factory=dict)
    _by_teams: dict[Key, str] = field(default_factory=dict)

    # ---- adding ----

    def add_game(self, game: Game) -> None:
        """A game; what earlier sources leave open is filled by later ones, and differences are counted."""
        if not self._in_scope(game.ref):
            return
        key = game.ref.key
        kept = self.games.get(key)
        if kept is None:
            self.games[key] = game
            return
        kept.ref = GameRef(*(a or b for a, b in zip(_parts(kept.ref), _parts(game.ref), strict=True)))
        kept.lists_games = kept.lists_games or game.lists_games
        for one in fields(Game)[2:]:
            old, new = getattr(kept, one.name), getattr(game, one.name)
            if old is None:
                setattr(kept, one.name, new)
            elif new is not None and old != new and one.name in ("home_score", "away_score"):
                self.differing[f"{one.name} of {key}: {old} in {kept.origin.part}, {new} in {game.origin.part}"] += 1

    def add_player_line(self, line: PlayerLine) -> None:
        """A line of a box score, once. Raises Refused for two files of one kind that contradict each other."""
        if self._in_scope(line.ref):
            self._meet(line)
            who = line.player_id or lookup(line.name)
            self._add(self.player_lines, (line.ref.key, line.team, who), line, "player", ("status", "seconds"))

    def add_player_log(self, log: PlayerLog) -> None:
        """A row of a game log, once."""
        if self._in_scope(log.ref):
            self._meet(log)
            self._add(
                self.player_logs, (log.ref.key, log.team, log.player_id or lookup(log.name)), log, "player log", ()
            )

    def _meet(self, line: PlayerLine | PlayerLog) -> None:
        person(line.name)
        if line.player_id and line.name:
            self.people.setdefault(line.player_id, line.name)

    def add_team_line(self, line: TeamLine) -> None:
        """A team's total, once; what one kind of file leaves open another fills."""
        if self._in_scope(line.ref):
            self._add(self.team_lines, (line.ref.key, line.team), line, "team", ())

    def add_prop(self, prop: PropLine) -> None:
        """A line of a bookmaker on a player's points."""
        person(prop.name)
        if self.season in (None, season_of(to_eastern(prop.starts_at).date())):
            key = (prop.event_id, prop.snapshot_at, prop.bookmaker, prop.name, prop.line, prop.order)
            self._once(self.props, key, prop, "lines on players", ("over_price", "under_price"))

    def add_quote(self, quote: Quote) -> None:
        """A bookmaker's outcome of a game."""
        if self.season in (None, season_of(quote.game_date)):
            game = (quote.event_id, quote.game_date, quote.away, quote.home)
            key = (*game, quote.bookmaker, quote.market, quote.outcome, quote.snapshot_at, quote.kind)
            self._once(self.quotes, key, quote, "lines on games", ("price", "point"))

    def add_injury(self, injury: Injury) -> None:
        """A row of an injury report, once."""
        person(injury.name)
        key = (injury.ref.key, injury.team, lookup(injury.name), injury.report_date, injury.report_hour)
        self._once(self.injuries, key, injury, "injury rows", ("status",))

    def _once(self, kept: dict, key: tuple, fact: object, called: str, told: tuple[str, ...]) -> None:
        """Keep the first of equal facts; one that is told otherwise is counted as such."""
        before = kept.setdefault(key, fact)
        if before is not fact and all(getattr(before, name) == getattr(fact, name) for name in told):
            self.repaired[f"{called} that stand in more than one place, kept once"] += 1
        elif before is not fact:
            self.differing[f"{called} that two places tell otherwise; the first is kept"] += 1

    def _in_scope(self, ref: GameRef) -> bool:
        if ref.nba_game_id and not ref.nba_game_id.startswith(IN_SCOPE):
            kind = KINDS_OF_GAMES.get(ref.nba_game_id[:3], f"games with ids that begin with {ref.nba_game_id[:3]}")
            self.left_out[f"{kind}: no game of the league that the warehouse is about"] += 1
            return False
        if self.season is not None:
            day = ref.game_date
            year = season_of_id(ref.nba_game_id) if ref.nba_game_id else season_of(day) if day else None
            if year != self.season:
                self.left_out["rows of other seasons than the one that is asked for"] += 1
                return False
        return True

    def _add(self, kept: dict, key: tuple, line, called: str, others: tuple[str, ...]) -> None:
        before = kept.setdefault(key, line)
        if before is line:
            return
        different = [
            name
            for name, value in line.statistics.items()
            if value is not None and before.statistics.get(name) not in (None, value)
        ]
        different += [name for name in others if getattr(line, name) != getattr(before, name)]
        if different and line.origin.part == before.origin.part:
            name = different[0]
            old, new = (one.statistics.get(name, getattr(one, name, None)) for one in (before, line))
            raise Refused(
                f"{line.origin.label} and {before.origin.label} hold the same {called} row twice with other numbers: "
                f"{name} of {getattr(line, 'name', None) or line.team} in game {line.ref} is {new} and {old}",
                "remove the older of the two files",
            )
        for name, value in line.statistics.items():
            if before.statistics.get(name) is None:
                before.statistics[name] = value
        for one in ("minutes", "plus_minus", "is_home", "starter", "reason"):
            if getattr(before, one, 0) is None:
                setattr(before, one, getattr(line, one, None))
        if different:
            self.differing[
                f"{called} rows that {line.origin.part} tells otherwise than {before.origin.part}, which is kept"
            ] += 1
        elif line.origin.part == before.origin.part:
            self.repaired[f"{called} rows that stand in more than one place, kept once"] += 1

    def add_events(self, document: Document, part: str, nba_game_id: str, events: Iterable[Event]) -> None:
        """All events of a game, in their order: of two kinds of files the first is kept.

        Raises Refused for two files of one kind that tell the game otherwise.
        """
        ref, all_events = GameRef(nba_game_id), list(events)
        if not self._in_scope(ref):
            return
        told = hash(tuple(tuple(vars(event).values()) for event in all_events))
        label, kind, before = self.played_by_play.setdefault(nba_game_id, (document.label, part, told))
        if label != document.label:
            if kind != part:
                self.left_out[f"play-by-play of {part}, of games that {kind} tells already"] += 1
            elif told == before:
                self.repaired["play-by-play of games that stand in two files, kept once"] += 1
            else:
                raise Refused(
                    f"{document.label} and {label} tell the play-by-play of game {nba_game_id} otherwise",
                    "remove the older of the two files",
                )
            return
        key = self.key_of(ref)
        if key is None:
            self.unmapped[f"play-by-play of games whose date and teams nothing tells, as {nba_game_id}"] += 1
            return
        if self.on_events:
            self.on_events(key, nba_game_id, Origin(document.label, document.written, part), all_events)

    # ---- asking ----

    def key_of(self, ref: GameRef) -> Key | None:
        """Eastern date, away and home team of a game, from the source itself, the dump, or the warehouse."""
        for known in (ref, self._game(ref), self.known_games.get(ref.nba_game_id or "")):
            if known and known.game_date and known.away and known.home:
                return known.game_date, known.away, known.home
        return None

    def nba_id_of(self, ref: GameRef) -> str | None:
        """The NBA id of a game that is named by date and teams, from the dump or the warehouse."""
        if ref.nba_game_id:
            return ref.nba_game_id
        if not self._by_teams:
            known = [*self.known_games.values(), *(game.ref for game in self.games.values())]
            self._by_teams = {
                (one.game_date, one.away, one.home): one.nba_game_id  # type: ignore[misc]
                for one in known
                if one.nba_game_id
            }
        key = self.key_of(ref)
        return self._by_teams.get(key) if key else None

    def join_games(self) -> None:
        """Games that one source names by date and teams become those that another names by NBA id."""
        for key, game in list(self.games.items()):
            nba_id = None if game.ref.nba_game_id else self.nba_id_of(game.ref)
            if nba_id:
                del self.games[key]
                self.add_game(replace(game, ref=replace(game.ref, nba_game_id=nba_id)))

    def _game(self, ref: GameRef) -> GameRef | None:
        game = self.games.get(ref.nba_game_id) if ref.nba_game_id else None
        return game.ref if game else None

    def roster(self, ref: GameRef) -> Roster:
        """Who is listed for a game, from the box scores of the dump and, where it has none, from the warehouse."""
        key = self.key_of(ref)
        if not self._rosters:
            for line in self.player_lines.values():
                game = self.key_of(line.ref)
                if game and line.name:
                    roster = self._rosters.setdefault(game, Roster())
                    if line.player_id:
                        roster.by_id[line.player_id] = (line.name, line.team or "")
                    roster.by_team[line.team or ""].append((line.name, line.family_name))
        if key is None:
            return Roster()
        if key not in self._rosters:
            roster = self._rosters[key] = Roster()
            for team, name in self.known_rosters(key):
                roster.by_team[team].append((name, None))
        return self._rosters[key]


def _parts(ref: GameRef) -> tuple:
    return ref.nba_game_id, ref.game_date, ref.away, ref.home


def _without_suffix(name: str | None) -> str:
    return re.sub(r"(jr|sr|ii|iii|iv)$", "", name or "")


def find_in_roster(roster: Roster, team: str | None, printed: str | None) -> str | None:
    """The full name of a player whom a text calls by his surname (`Love`, `Jal. Williams`, `Jones Jr.`, `K. Love`).

    None when nobody of the team, or more than one, can be meant.
    """
    if not printed or not team:
        return None
    first, _, rest = printed.rpartition(". ") if ". " in printed else ("", "", printed)
    wanted, prefix = lookup(rest), lookup(first) or ""
    if not wanted:
        return None
    listed = roster.by_team.get(team, [])
    for matches in (
        lambda name, family: lookup(family) == wanted,
        lambda name, family: lookup(name) == wanted,
        lambda name, family: (lookup(name) or "").endswith(wanted),
        lambda name, family: _without_suffix(lookup(name)).endswith(_without_suffix(wanted)),
    ):
        found = [name for name, family in listed if matches(name, family)]
        if prefix:
            found = [name for name in found if (lookup(name) or "").startswith(prefix)]
        if len(found) == 1:
            return found[0]
        if found:
            return None
    return None
