"""What layouts say, in one form: games, lines of players and teams, events, quotes, injuries.

A layout says what its source says and nothing more: None is "the source does not tell". Teams are tricodes, clocks are
as the field names them. What follows from several facts (a game's date, a player's full name) is added afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

#: Statistics of a line, by the names of the gamebook.
STATISTICS = (
    "points",
    "field_goals_made",
    "field_goals_attempted",
    "three_pointers_made",
    "three_pointers_attempted",
    "free_throws_made",
    "free_throws_attempted",
    "offensive_rebounds",
    "defensive_rebounds",
    "total_rebounds",
    "assists",
    "steals",
    "blocks",
    "turnovers",
    "personal_fouls",
)


@dataclass(frozen=True)
class Origin:
    """Where a fact stands: the document, when it was written (UTC), the kind of file (a layout's part)."""

    label: str
    written: datetime
    part: str


@dataclass(frozen=True)
class GameRef:
    """A game as a source names it: by NBA id, or by Eastern date and teams, or both."""

    nba_game_id: str | None = None
    game_date: date | None = None
    away: str | None = None
    home: str | None = None

    @property
    def key(self) -> object:
        """What makes it the same game in two files of one source."""
        return self.nba_game_id or (self.game_date, self.away, self.home)

    def __str__(self) -> str:
        return self.nba_game_id or f"{self.game_date} {self.away}@{self.home}"


@dataclass
class Game:
    """One game of a schedule, a game log or a box score. Scores are points; `tip_off` is on the Eastern clock.

    `lists_games` says that the source is a list of games, from which a row of the schedule can be made.
    """

    ref: GameRef
    origin: Origin
    tip_off: datetime | None = None
    status: int | None = None
    home_score: int | None = None
    away_score: int | None = None
    is_primetime: bool | None = None
    is_neutral: bool | None = None
    arena_name: str | None = None
    arena_city: str | None = None
    arena_state: str | None = None
    is_postponed: bool | None = None
    lists_games: bool = True


@dataclass
class PlayerLine:
    """One listed player of a box score. `status` is active, dnp or inactive; statistics are None unless active."""

    ref: GameRef
    origin: Origin
    team: str | None
    name: str | None
    player_id: int | None = None
    status: str = "active"
    reason: str | None = None
    seconds: int | None = None
    statistics: dict[str, int | None] = field(default_factory=dict)
    plus_minus: int | None = None
    starter: bool | None = None
    family_name: str | None = None


@dataclass
class PlayerLog:
    """One row of a player's game log: a second, independent box score of those who appeared."""

    ref: GameRef
    origin: Origin
    team: str | None
    name: str | None
    minutes: str | None
    statistics: dict[str, int | None]
    is_playoffs: bool | None = None
    player_id: int | None = None


@dataclass
class TeamLine:
    """One team's total. `turnovers` count those of no player, too; None where the source leaves them out."""

    ref: GameRef
    origin: Origin
    team: str | None
    is_home: bool | None
    minutes: str | None
    statistics: dict[str, int | None]
    plus_minus: int | None = None


@dataclass
class Event:
    """One event of a play-by-play, in the words of the contract. Players are full names where they are known."""

    period: int | None
    event_type: str
    event_subtype: str | None = None
    shot_made: bool | None = None
    shot_type: str | None = None
    shot_distance: float | None = None
    player_1: str | None = None
    team: str | None = None
    player_2: str | None = None
    player_2_role: str | None = None
    elapsed_seconds: int | None = None
    score_home: int | None = None
    score_away: int | None = None


@dataclass
class PropLine:
    """One bookmaker's line on a player's points. Prices are American; times are UTC."""

    event_id: str
    origin: Origin
    home: str
    away: str
    starts_at: datetime
    snapshot_at: datetime | None
    bookmaker: str
    name: str
    line: float
    over_price: int | None
    under_price: int | None
    order: int
    source: str


@dataclass
class Quote:
    """One outcome of a bookmaker's spread or total of a game. Prices are decimal; times are UTC."""

    origin: Origin
    game_date: date
    home: str
    away: str
    starts_at: datetime | None
    bookmaker: str
    market: str
    outcome: str
    price: float | None
    point: float | None
    snapshot_at: datetime | None
    kind: str | None
    source: str
    event_id: str | None = None


@dataclass
class Injury:
    """One player's row of an injury report. `report_hour` is on the Eastern clock."""

    origin: Origin
    ref: GameRef
    team: str
    name: str
    status: str
    reason: str | None
    report_date: date | None
    report_hour: int | None
