"""One season, day by day: trades, availability, prices, games, and the brackets that follow from the results."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random

from .boxscores import add_game, schedule_row
from .game import HOME_EDGE, PTS, Game, Side
from .injury_report import report_rows
from .league import League, Player
from .lineups import Sheet, advance, list_players, open_season
from .markets import Standings, add_bettingpros_props, add_game_lines, add_odds_api_props, event_hash
from .schedule import (
    CUP_FINAL,
    DAY,
    LAS_VEGAS,
    PLAY_IN_DAYS,
    PLAY_IN_FINAL_DAY,
    PLAYOFFS,
    REGULAR,
    ROUND_DAYS,
    Calendar,
    Fixture,
    Series,
    nba_id,
    play_in_fixture,
    regular_season,
)
from .write import REGISTRY_TABLE, SeasonTables, season_label

#: Share of the dates of the regular season whose props come from bettingpros only.
BETTINGPROS_DATES_SHARE = 0.1
#: Trades happen in the first days of February.
TRADE_MONTH, TRADE_DAYS, TRADES = 2, range(1, 9), 4
#: First-round pairings by seed, in bracket order; winners of neighbours 0-3 and 1-2 meet.
FIRST_ROUND = ((1, 8), (2, 7), (3, 6), (4, 5))
SECOND_ROUND = ((0, 3), (1, 2))
#: Play-in numbers of a conference: 7-8, 9-10, and the final.
PLAY_IN_NUMBERS = {"East": (101, 111, 201), "West": (121, 131, 211)}


@dataclass(slots=True)
class Listing:
    """One row of the registry in the making: first and last game listed, games played."""

    first: date
    last: date
    played: int = 0


@dataclass(slots=True)
class Season:
    """State of a running season."""

    league: League
    year: int
    rng: Random
    calendar: Calendar
    standings: Standings
    tables: SeasonTables = field(default_factory=SeasonTables)
    bettingpros_dates: set[date] = field(default_factory=set)
    last_played: dict[str, date] = field(default_factory=dict)
    listings: dict[tuple[Player, str], Listing] = field(default_factory=dict)
    #: Clubs' lists that still show a man who was traded on that day.
    gone: dict[tuple[date, str], list[Player]] = field(default_factory=lambda: defaultdict(list))

    def play_regular_season(self) -> None:
        """Play all games of the calendar in order; trades come before the games of their day."""
        by_day: dict[date, list[Fixture]] = defaultdict(list)
        for fixture in self.calendar.fixtures:
            by_day[fixture.date].append(fixture)
        withdrawn = {w.fixture.date: w for w in self.calendar.withdrawn}
        semifinals, cup_final_day, finalists = self.calendar.cup_semifinals, self.calendar.cup_final_day, []
        days = sorted(by_day.keys() | withdrawn.keys() | ({cup_final_day} if cup_final_day else set()))
        share = round(len(days) * BETTINGPROS_DATES_SHARE)
        self.bettingpros_dates = set(self.rng.sample([day for day in days if day not in withdrawn], share))
        trade_days = [d for d in days if d.month == TRADE_MONTH and d.day in TRADE_DAYS and len(by_day[d]) > 1]
        trades = sorted(self.rng.choices(trade_days, k=TRADES))
        for day in days:
            for n, trade_day in enumerate(trades):
                if trade_day == day:
                    self._trade(by_day[day], listed_twice=n == 0)
            if day in withdrawn:
                fixture = withdrawn[day].fixture
                postponed = withdrawn[day].announced
                self.tables.rows["nbac_schedule"].append(schedule_row(fixture, None, None, postponed))
                if postponed:
                    self._quote_postponed(fixture)
            for fixture in by_day[day]:
                winner = self.play(fixture)
                if fixture in semifinals:
                    finalists.append(winner)
            if day == cup_final_day:
                self._play_cup_final(day, *finalists)

    def _play_cup_final(self, day: date, home: str, away: str) -> None:
        """The final of the Cup, on neutral ground: in the schedule, in no standings."""
        tip = datetime.combine(day, time(*LAS_VEGAS.tip))
        self.play(Fixture(nba_id(CUP_FINAL, self.year, 1), self.year, tip, home, away, CUP_FINAL, LAS_VEGAS))

    def _trade(self, fixtures: list[Fixture], listed_twice: bool) -> None:
        """Two clubs that play different games today swap a player; one man a season is listed by both today."""
        one, other = self.rng.sample(fixtures, 2)
        seller, buyer = one.home, other.home
        leaving = self.league.trade_candidate(self.rng, seller)
        coming = self.league.trade_candidate(self.rng, buyer)
        self.league.swap(leaving, seller, coming, buyer)
        if listed_twice:
            leaving.unavailable_on = one.date
            self.gone[one.date, seller].append(leaving)

    def _quote_postponed(self, fixture: Fixture) -> None:
        """Prices and reports were published before the game was called off."""
        sheets = self._sheets(fixture)
        event = event_hash(self.rng)
        add_odds_api_props(self.tables, self.rng, fixture, sheets, event, called_off=True)
        for sheet in sheets:
            self.tables.rows["nbac_injury_report"] += report_rows(self.rng, fixture, sheet)

    def _sheets(self, fixture: Fixture) -> tuple[Sheet, Sheet]:
        playoffs = fixture.kind == PLAYOFFS
        home, away = (
            list_players(
                self.rng, self.league, tricode, fixture.date, playoffs, self.gone.get((fixture.date, tricode), [])
            )
            for tricode in (fixture.home, fixture.away)
        )
        return home, away

    def play(self, fixture: Fixture) -> str:
        """Play a game and add its rows to every table. Returns the winner's tricode."""
        rng, day = self.rng, fixture.date
        for tricode in (fixture.home, fixture.away):
            second_night = self.last_played.get(tricode) == day - DAY
            advance(rng, self.league.rosters[tricode], second_night and fixture.kind == REGULAR)
            self.last_played[tricode] = day
        sheets = self._sheets(fixture)
        event = event_hash(rng)
        if day in self.bettingpros_dates:
            add_bettingpros_props(self.tables, rng, fixture, sheets)
        else:
            add_odds_api_props(self.tables, rng, fixture, sheets, event)
        add_game_lines(self.tables, rng, fixture, self.standings, event)
        for sheet in sheets:
            self.tables.rows["nbac_injury_report"] += report_rows(rng, fixture, sheet)

        form = self.league.form
        edge = 0.0 if fixture.neutral else HOME_EDGE
        home = Side(rng, sheets[0], edge + form[fixture.home].attack - form[fixture.away].guard)
        away = Side(rng, sheets[1], form[fixture.away].attack - form[fixture.home].guard - edge)
        game = Game(rng, home, away)
        game.play()
        add_game(self.tables, rng, fixture, game, sheets, (day - self.calendar.fixtures[0].date).days)
        self._record(fixture, game, sheets)
        return fixture.home if home.score > away.score else fixture.away

    def _record(self, fixture: Fixture, game: Game, sheets: tuple[Sheet, Sheet]) -> None:
        for side, sheet in zip((game.home, game.away), sheets, strict=True):
            if fixture.kind == REGULAR:
                self.standings.records[side.tricode].add(side.score, side.opponent.score)
            for player, box, appeared in zip(side.players, side.box, side.appeared, strict=True):
                player.games += appeared
                player.points += box[PTS]
                self._list(player, side.tricode, fixture.date).played += appeared
            for player in sheet.inactive:
                self._list(player, side.tricode, fixture.date)

    def _list(self, player: Player, tricode: str, day: date) -> Listing:
        listing = self.listings.setdefault((player, tricode), Listing(day, day))
        listing.last = day
        return listing

    def play_brackets(self) -> None:
        """Play-in games and four rounds of best-of-seven series."""
        last_day, rng, year = self.calendar.last_day, self.rng, self.year
        ranked = {conference: self.standings.ranked(conference) for conference in PLAY_IN_DAYS}
        seeds: dict[str, list[str]] = {}
        finals = []
        for conference, days in PLAY_IN_DAYS.items():
            clubs = ranked[conference]
            first, second, final = PLAY_IN_NUMBERS[conference]
            seventh = self.play(play_in_fixture(rng, year, last_day, days, first, clubs[6], clubs[7]))
            survivor = self.play(play_in_fixture(rng, year, last_day, days, second, clubs[8], clubs[9]))
            loser = clubs[7] if seventh == clubs[6] else clubs[6]
            seeds[conference] = [*clubs[:6], seventh]
            finals.append((conference, final, loser, survivor))
        for conference, number, home, away in finals:
            fixture = play_in_fixture(rng, year, last_day, PLAY_IN_FINAL_DAY, number, home, away)
            seeds[conference].append(self.play(fixture))

        series = []
        for conference in ("East", "West"):
            clubs = seeds[conference]
            series += [(clubs[high - 1], clubs[low - 1]) for high, low in FIRST_ROUND]
        first_round = self._play_round(1, series)
        series = [(first_round[base + a], first_round[base + b]) for base in (0, 4) for a, b in SECOND_ROUND]
        winners = self._play_round(2, [self._better_first(pair) for pair in series])
        winners = self._play_round(3, [self._better_first((winners[n], winners[n + 1])) for n in (0, 2)])
        self._play_round(4, [self._better_first((winners[0], winners[1]))])

    def _better_first(self, pair: tuple[str, str]) -> tuple[str, str]:
        better, other = sorted(pair, key=self.standings.rank_key)
        return better, other

    def _play_round(self, number: int, pairs: list[tuple[str, str]]) -> list[str]:
        """Play a round in order of date; half of its series start a day later. Returns the winners in bracket order."""
        start = self.calendar.last_day + DAY * ROUND_DAYS[number]
        series = [Series(number, n, better, other, start + DAY * (n % 2)) for n, (better, other) in enumerate(pairs)]
        while open_series := [s for s in series if s.winner is None]:
            fixtures = [(s.next_fixture(self.rng, self.year), s) for s in open_series]
            fixture, current = min(fixtures, key=lambda pair: (pair[0].date, pair[1].number))
            current.record(self.play(fixture))
        return [s.winner or "" for s in series]

    def add_registry(self) -> None:
        """One row per player and club that listed him this season."""
        rows = self.tables.rows[REGISTRY_TABLE]
        for (player, tricode), listing in self.listings.items():
            rows.append(
                (
                    f"{player.lookup}_001",
                    player.lookup,
                    player.name,
                    player.birth_date,
                    tricode,
                    season_label(self.year),
                    listing.first,
                    listing.last,
                    listing.played,
                )
            )


def simulate_season(league: League, year: int, rng: Random) -> SeasonTables:
    """Simulate one season and return the rows of its tables, registry included."""
    season = Season(league, year, rng, regular_season(rng, year), Standings(league))
    for roster in league.rosters.values():
        open_season(rng, roster)
    season.play_regular_season()
    season.play_brackets()
    season.add_registry()
    return season.tables
