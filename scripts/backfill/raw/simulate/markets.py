"""Prices before (and, in a few rows, after) the tip-off: player points props of two sources, and game lines.

Lines follow what was known at the time: results of the season so far and the planned minutes, never the result of
the game itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from .league import BOOKMAKERS, CLUB, SHOT, League, Player, canonical_lookup
from .lineups import Sheet
from .schedule import Fixture
from .write import SeasonTables

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)

# --- expectations ------------------------------------------------------------------------------------------------

LEAGUE_POINTS = 113.5
HOME_ADVANTAGE = 2.3
#: Games after which results weigh as much as the prior, for clubs and for players; a player's games count up to a cap.
CLUB_PRIOR_GAMES, PLAYER_PRIOR_GAMES, PLAYER_GAMES_CAP = 10, 6, 30
#: Points a game for one unit of a club's shooting form.
FORM_POINTS = 190.0

# --- player props --------------------------------------------------------------------------------------------------

BOOK_MISSING = 0.08
PLAYER_OFFERED, PLAYER_DROPPED_BY_BOOK = 0.62, 0.06
OUT_PLAYER_OPENED = 0.04
OPENING_MINUTES, CLOSING_MINUTES, IN_PLAY_MINUTES = (680, 760), (12, 28), (3, 60)
IN_PLAY_SHARE, UNSTAMPED_SHARE = 0.02, 0.002
START_DELAY, START_DELAY_SHARE = 10, 0.15
CANONICAL_ID_SHARE = 0.3
OPENING_NOISE = 0.8
LINE_MOVES = (0.0, 0.0, 0.0, 0.5, -0.5, 1.0, -1.0)
BOOK_SHIFTS = (0.0, 0.0, 0.0, 0.0, 0.5, -0.5)
LOWEST_LINE = 2.5
PRICES = (-105, -108, -110, -110, -112, -115, -118, -120, -125, 100, 102, -102)
ONE_SIDED_SHARE = 0.006
ALTERNATES_SHARE = 0.04
#: Alternate lines: points from the main line, price of over and of under.
ALTERNATES = ((2.0, 145, -185), (-2.0, -180, 140), (4.0, 240, -320))
#: This bookmaker does not number its main lines.
UNNUMBERED_BOOK = "betmgm"

# --- bettingpros -----------------------------------------------------------------------------------------------------

BETTINGPROS_BOOK = "BettingPros Consensus"
BETTINGPROS_EVENTS = (10_000, 99_999)
#: A withdrawn quote is this far from the opening line.
WITHDRAWN_SHIFTS = (-1.5, 1.5)
NAME_PRINTED, ACTIVE_PRINTED, WITHDRAWN_SHARE, STAMP_PRINTED = 0.7, 0.8, 0.06, 0.6

# --- game lines ------------------------------------------------------------------------------------------------------

LINE_BOOKS = ("draftkings", "fanduel")
CONSENSUS = "consensus"
GAME_WITHOUT_LINES = 0.012
LINE_OPEN_MINUTES, LINE_CLOSE_MINUTES = (600, 1400), (8, 30)
LINE_IN_PLAY_SHARE = 0.03
SPREAD_NOISE, TOTAL_NOISE = 1.0, 2.5
IN_PLAY_SHIFTS = (-9.0, -6.5, -4.0, 4.0, 6.5, 9.0)
LINE_PRICES = (1.87, 1.89, 1.91, 1.91, 1.91, 1.93, 1.95)
#: The aggregated feed prints one club by its longer name.
CONSENSUS_NAMES = {"LA Clippers": "Los Angeles Clippers"}


@dataclass(slots=True)
class ClubRecord:
    """Results of a club in the running season."""

    games: int = 0
    wins: int = 0
    points: int = 0
    allowed: int = 0

    def add(self, points: int, allowed: int) -> None:
        """Count a game."""
        self.games += 1
        self.wins += points > allowed
        self.points += points
        self.allowed += allowed


@dataclass(slots=True)
class Standings:
    """Records by tricode, and what the market makes of them."""

    league: League
    records: dict[str, ClubRecord] = field(default_factory=lambda: {tricode: ClubRecord() for tricode in CLUB})

    def ranked(self, conference: str) -> list[str]:
        """Clubs of a conference, best record first; ties by points difference, then tricode."""
        clubs = [club.tricode for club in CLUB.values() if club.conference == conference]
        return sorted(clubs, key=self.rank_key)

    def rank_key(self, tricode: str) -> tuple[int, int, str]:
        """Sort key: best record first."""
        record = self.records[tricode]
        return (-record.wins, record.allowed - record.points, tricode)

    def expected_points(self, tricode: str, opponent: str) -> float:
        """Points a club is expected to score against an opponent, home advantage aside."""
        return LEAGUE_POINTS + self._attack(tricode) + self._allowance(opponent)

    def _attack(self, tricode: str) -> float:
        record, form = self.records[tricode], self.league.form[tricode]
        over = record.points - LEAGUE_POINTS * record.games
        return (over + CLUB_PRIOR_GAMES * FORM_POINTS * form.attack) / (record.games + CLUB_PRIOR_GAMES)

    def _allowance(self, tricode: str) -> float:
        record, form = self.records[tricode], self.league.form[tricode]
        over = record.allowed - LEAGUE_POINTS * record.games
        return (over - CLUB_PRIOR_GAMES * FORM_POINTS * form.guard) / (record.games + CLUB_PRIOR_GAMES)


def half_points(value: float) -> float:
    """Rounded to the nearest half."""
    return round(value * 2) / 2


def _expected_player_points(sheet: Sheet) -> dict[Player, float]:
    """Expected points of the rotation: season average and share of the planned shots."""
    planned = [(p, t * p.weights[SHOT]) for p, t in zip(sheet.dressed, sheet.targets, strict=True) if t]
    total = sum(shots for _, shots in planned)
    expected = {}
    for player, shots in planned:
        games = min(player.games, PLAYER_GAMES_CAP)
        average = player.points / player.games if player.games else 0.0
        prior = LEAGUE_POINTS * shots / total
        expected[player] = (prior * PLAYER_PRIOR_GAMES + average * games) / (PLAYER_PRIOR_GAMES + games)
    return expected


def _offered(rng: Random, sheets: tuple[Sheet, Sheet]) -> list[tuple[str, Player, float]]:
    """Tricode, player and opening line of the men on offer: about 60 % of the rotation."""
    offered = []
    for sheet in sheets:
        for player, points in _expected_player_points(sheet).items():
            if rng.random() < PLAYER_OFFERED:
                line = half_points(points + rng.gauss(0, OPENING_NOISE))
                offered.append((sheet.tricode, player, max(line, LOWEST_LINE)))
    return offered


def _before(rng: Random, moment: datetime, minutes: tuple[int, int]) -> datetime:
    return moment - MINUTE * rng.randint(*minutes) - SECOND * rng.randint(0, 59)


def event_hash(rng: Random) -> str:
    """An event id: 32 hexadecimal characters."""
    return f"{rng.getrandbits(128):032x}"


def add_odds_api_props(
    tables: SeasonTables,
    rng: Random,
    fixture: Fixture,
    sheets: tuple[Sheet, Sheet],
    event: str,
    called_off: bool = False,
) -> None:
    """Props of one game by bookmaker: opening, closing, some in-play. A game called off has opening quotes only."""
    tip = fixture.tip_utc
    start = tip + MINUTE * START_DELAY if rng.random() < START_DELAY_SHARE else tip
    game_id = fixture.game_id if called_off or rng.random() < CANONICAL_ID_SHARE else fixture.nba_id
    head = (game_id, event, fixture.date, start, fixture.home, fixture.away)
    offered = _offered(rng, sheets)
    ruled_out = [
        (sheet.tricode, player, max(half_points(player.points / player.games), LOWEST_LINE))
        for sheet in sheets
        for player in sheet.out
        if player.games and rng.random() < OUT_PLAYER_OPENED
    ]
    moves = {player: rng.choice(LINE_MOVES) for _, player, _ in offered}
    for number, book in enumerate(BOOKMAKERS):
        if rng.random() < BOOK_MISSING:
            continue
        opened = None if rng.random() < UNSTAMPED_SHARE else _before(rng, tip, OPENING_MINUTES)
        snapshots = [(opened, offered + ruled_out, 0.0)]
        if not called_off:
            snapshots.append((_before(rng, tip, CLOSING_MINUTES), offered, 1.0))
            if rng.random() < IN_PLAY_SHARE:
                snapshots.append((tip + MINUTE * rng.randint(*IN_PLAY_MINUTES), offered, 1.0))
        for stamp, players, moved in snapshots:
            minutes = None if stamp is None else (start - stamp) // MINUTE
            stamped = (stamp, minutes, book)
            for _, player, opening in players:
                if rng.random() < PLAYER_DROPPED_BY_BOOK:
                    continue
                line = opening + moves.get(player, 0.0) * moved + rng.choice(BOOK_SHIFTS)
                _quote(tables, rng, (*head, *stamped), player.book_names[number], max(line, LOWEST_LINE), book)


def _quote(tables: SeasonTables, rng: Random, head: tuple, name: str, line: float, book: str) -> None:
    """Rows of one player in one snapshot: the main line and now and then alternate ones."""
    rows = tables.rows["odds_api_player_points_props"]
    lookup = canonical_lookup(name)
    over: int | None = rng.choice(PRICES)
    under: int | None = rng.choice(PRICES)
    draw = rng.random()
    if draw < ONE_SIDED_SHARE:
        over, under = (None, under) if draw < ONE_SIDED_SHARE / 2 else (over, None)
    first = None if book == UNNUMBERED_BOOK else 1
    rows.append((*head, name, lookup, line, over, under, first, "simulated"))
    if rng.random() < ALTERNATES_SHARE:
        for order, (shift, alternate_over, alternate_under) in enumerate(ALTERNATES, start=2):
            if line + shift > 0:
                rows.append((*head, name, lookup, line + shift, alternate_over, alternate_under, order, "simulated"))


def add_bettingpros_props(tables: SeasonTables, rng: Random, fixture: Fixture, sheets: tuple[Sheet, Sheet]) -> None:
    """Props of one game in the second source: over and under rows, some withdrawn, keys without suffix."""
    rows = tables.rows["bettingpros_player_points_props"]
    tip = fixture.tip_utc
    event = rng.randint(*BETTINGPROS_EVENTS)
    for tricode, player, opening in _offered(rng, sheets):
        quotes = [(opening + rng.choice(LINE_MOVES), True if rng.random() < ACTIVE_PRINTED else None)]
        if rng.random() < WITHDRAWN_SHARE:
            quotes.append((opening + rng.choice(WITHDRAWN_SHIFTS), False))
        for line, active in quotes:
            offer = f"{rng.getrandbits(40)}"
            name = player.name if rng.random() < NAME_PRINTED else None
            updated = opened = None
            if rng.random() < STAMP_PRINTED:
                updated, opened = _before(rng, tip, CLOSING_MINUTES), _before(rng, tip, OPENING_MINUTES)
            for side in ("over", "under"):
                rows.append(
                    (
                        fixture.date,
                        "points",
                        event,
                        offer,
                        side,
                        name,
                        player.base_lookup,
                        tricode,
                        tricode,
                        BETTINGPROS_BOOK,
                        max(line, LOWEST_LINE),
                        rng.choice(PRICES),
                        active,
                        None,
                        updated,
                        opening if opened else None,
                        opened,
                    )
                )


def add_game_lines(tables: SeasonTables, rng: Random, fixture: Fixture, standings: Standings, event: str) -> None:
    """Spreads and totals of one game: two bookmakers with stamps, an aggregated feed without; a few games have none."""
    if rng.random() < GAME_WITHOUT_LINES:
        return
    tip = fixture.tip_utc
    home = standings.expected_points(fixture.home, fixture.away)
    away = standings.expected_points(fixture.away, fixture.home)
    advantage = 0.0 if fixture.neutral else HOME_ADVANTAGE
    spread = half_points(away - home - advantage + rng.gauss(0, SPREAD_NOISE))
    total = half_points(home + away + rng.gauss(0, TOTAL_NOISE))
    closing = (spread + rng.choice(LINE_MOVES), total + 2 * rng.choice(LINE_MOVES))
    for book in LINE_BOOKS:
        stamp = _before(rng, tip, LINE_OPEN_MINUTES)
        _lines(tables, rng, fixture, event, book, stamp, "open", spread, total)
        stamp = _before(rng, tip, LINE_CLOSE_MINUTES)
        _lines(tables, rng, fixture, event, book, stamp, "close", closing[0] + rng.choice(BOOK_SHIFTS), closing[1])
        if rng.random() < LINE_IN_PLAY_SHARE:
            stamp = tip + MINUTE * rng.randint(*IN_PLAY_MINUTES)
            live = (closing[0] + rng.choice(IN_PLAY_SHIFTS), closing[1] + rng.choice(IN_PLAY_SHIFTS))
            _lines(tables, rng, fixture, event, book, stamp, "close", *live)
    _lines(tables, rng, fixture, None, CONSENSUS, None, "close", *closing)


def _lines(
    tables: SeasonTables,
    rng: Random,
    fixture: Fixture,
    event: str | None,
    book: str,
    stamp: datetime | None,
    kind: str,
    spread: float,
    total: float,
) -> None:
    rows = tables.rows["odds_api_game_lines"]
    head = (event, fixture.date, fixture.tip_utc, fixture.home, fixture.away, book)
    names = [CLUB[tricode].full_name for tricode in (fixture.home, fixture.away)]
    if book == CONSENSUS:
        names = [CONSENSUS_NAMES.get(name, name) for name in names]
    outcomes = (
        ("spreads", names[0], spread),
        ("spreads", names[1], -spread),
        ("totals", "Over", total),
        ("totals", "Under", total),
    )
    for market, outcome, point in outcomes:
        rows.append((*head, market, outcome, rng.choice(LINE_PRICES), point, stamp, kind, "simulated"))
