"""The calendar of a season: 82 games a club, tip-off times, moved games, and the brackets after the regular season."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from .league import CLUB, CLUBS

EASTERN = ZoneInfo("America/New_York")
DAY = timedelta(days=1)
TUESDAY, THURSDAY, SATURDAY, SUNDAY = 1, 3, 5, 6

#: Opening night is the Tuesday of 18-24 October; the last day the Sunday of 8-14 April.
OPENING_WINDOW_START = (10, 18)
LAST_DAY_WINDOW_START = (4, 8)
#: All-Star break: six days from the Friday before the third Sunday of February, which falls on 15-21 February.
ALL_STAR_WINDOW_START = (2, 15)
ALL_STAR_DAYS = 6
#: Thanksgiving is the Thursday of 22-28 November.
THANKSGIVING_WINDOW_START = (11, 22)
#: The season that breaks off in March, goes on in July and ends in October, and the one that begins in December after
#: it, with as many games in fewer days.
BROKEN_SEASON, BROKEN_OFF, BREAK = 2019, date(2020, 3, 11), timedelta(days=110)
LATE_SEASON, LATE_OPENING, LATE_LAST_DAY = 2020, (12, 1), (5, 14)
#: Usual number of games Monday to Sunday, the most that fit, and those of opening night.
GAMES_BY_WEEKDAY = (8, 6, 11, 4, 11, 9, 8)
MOST_GAMES = 14
OPENING_NIGHT_GAMES = 2
LAST_DAY_GAMES = 15
#: What makes a day a bad choice for a game: back-to-backs, games two days off, a full day; plus luck.
BACK_TO_BACK_COST, NEAR_COST, LOAD_COST, LUCK = 2.0, 0.6, 3.0, 2.0
#: Same two clubs again within so many days costs extra.
REMATCH_DAYS, REMATCH_COST = 6, 2.0
CALENDAR_ATTEMPTS = 20

#: Eastern tip-offs by time zone of the home club (hour, minute): weekdays and weekends.
WEEKDAY_TIPS = {
    "E": ((19, 0), (19, 0), (19, 30), (19, 30), (20, 0)),
    "C": ((20, 0), (20, 0), (20, 0), (20, 30), (19, 30)),
    "M": ((21, 0), (21, 0), (21, 30), (22, 0)),
    "P": ((22, 0), (22, 0), (22, 0), (22, 30)),
}
WEEKEND_TIPS = {
    "E": ((13, 0), (15, 0), (15, 30), (18, 0), (19, 0), (19, 30)),
    "C": ((15, 30), (18, 0), (19, 0), (20, 0), (20, 30)),
    "M": ((15, 30), (20, 0), (21, 0), (22, 0)),
    "P": ((15, 30), (18, 0), (21, 0), (22, 0), (22, 30)),
}
PLAYOFF_TIPS = ((19, 0), (19, 30), (20, 0), (20, 30), (21, 30), (22, 0), (22, 30))


@dataclass(frozen=True, slots=True)
class Venue:
    """A neutral site: where, when in the season (month, days), and the Eastern tip-off."""

    arena: str
    city: str
    state: str
    month: int
    days: range
    tip: tuple[int, int]


#: One city is printed with its country, as the feed does now and then.
NEUTRAL_SITES = (
    Venue("Arena CDMX", "Mexico City, Mexico", "Mexico", 11, range(2, 16), (18, 0)),
    Venue("Accor Arena", "Paris", "France", 1, range(8, 23), (14, 0)),
)

REGULAR, PLAY_IN, PLAYOFFS, CUP_FINAL = "regular_season", "play_in", "playoffs", "nba_cup_final"
ID_PREFIX = {REGULAR: "002", PLAYOFFS: "004", PLAY_IN: "005", CUP_FINAL: "006"}
#: The Cup is simulated from this season on: two games of the regular season of one day of December as semifinals, and a
#: final some days later.
CUP_SINCE, CUP_DAYS, CUP_FINAL_AFTER = 2025, range(8, 19), range(2, 6)
LAS_VEGAS = Venue("T-Mobile Arena", "Las Vegas", "Nevada", 12, CUP_DAYS, (20, 30))
#: Days a moved game is put off, at least, and the part of the season (days from opening) moved games come from.
MOVED_BY_AT_LEAST = 14
MOVABLE_DAYS = range(50, 100)

#: Days after the last Sunday: play-in by conference, its finals, first games of the four rounds.
PLAY_IN_DAYS = {"West": 2, "East": 3}
PLAY_IN_FINAL_DAY = 5
ROUND_DAYS = {1: 6, 2: 22, 3: 37, 4: 53}
#: Days of games 1-7 after the first game of a series, by round.
SERIES_DAYS = {
    1: (0, 3, 5, 7, 9, 12, 14),
    2: (0, 2, 5, 7, 9, 11, 13),
    3: (0, 2, 4, 6, 8, 10, 12),
    4: (0, 3, 6, 9, 11, 14, 17),
}
WINS_TO_ADVANCE = 4
#: Games of a series played in the arena of the better seed.
BETTER_SEED_HOME = frozenset({1, 2, 5, 7})


@dataclass(frozen=True, slots=True)
class Fixture:
    """One game of the schedule. ``tip`` is on the Eastern clock; neutral games keep a designated home club."""

    nba_id: str
    year: int
    tip: datetime
    home: str
    away: str
    kind: str
    neutral: Venue | None = None

    @property
    def date(self) -> date:
        """Eastern date."""
        return self.tip.date()

    @property
    def game_id(self) -> str:
        """Canonical key ``YYYYMMDD_AWAY_HOME``."""
        return f"{self.tip:%Y%m%d}_{self.away}_{self.home}"

    @property
    def tip_utc(self) -> datetime:
        """Tip-off in UTC, without zone."""
        return self.tip.replace(tzinfo=EASTERN).astimezone(UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A game that was not played on this date. ``announced``: the feed marks it as postponed."""

    fixture: Fixture
    announced: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """The regular season as played, in playing order, and the dates that fell out."""

    fixtures: list[Fixture]
    withdrawn: list[Withdrawn]
    last_day: date
    cup_semifinals: tuple[Fixture, ...] = ()
    cup_final_day: date | None = None


def weekday_from(year: int, month_day: tuple[int, int], weekday: int) -> date:
    """First day on or after month and day that is the weekday."""
    day = date(year, *month_day)
    return day + DAY * ((weekday - day.weekday()) % 7)


def season_days(year: int) -> tuple[date, date, set[date]]:
    """Opening night, last day of the regular season, and the days without games between them."""
    break_start = weekday_from(year + 1, ALL_STAR_WINDOW_START, SUNDAY) - 2 * DAY
    closed = {break_start + DAY * n for n in range(ALL_STAR_DAYS)}
    closed |= {weekday_from(year, THANKSGIVING_WINDOW_START, THURSDAY), date(year, 12, 24)}
    if year == LATE_SEASON:
        return weekday_from(year, LATE_OPENING, TUESDAY), weekday_from(year + 1, LATE_LAST_DAY, SUNDAY), closed
    opening = weekday_from(year, OPENING_WINDOW_START, TUESDAY)
    return opening, weekday_from(year + 1, LAST_DAY_WINDOW_START, SUNDAY), closed


def matchups(year: int) -> list[tuple[str, str]]:
    """1,230 (home, away): 4 games in the division, 3 or 4 in the conference, 2 against the other conference.

    Of the five clubs of another division of the conference each club meets two three times; which, rotates by year.
    Every club has 41 home games.
    """
    divisions: dict[str, list[str]] = defaultdict(list)
    for club in CLUBS:
        divisions[club.division].append(club.tricode)
    games: list[tuple[str, str]] = []
    names = list(divisions)
    for n, name in enumerate(names):
        for a in divisions[name]:
            games += [(a, b) for b in divisions[name] if a != b] * 2
        for other in names[n + 1 :]:
            same_conference = CLUB[divisions[name][0]].conference == CLUB[divisions[other][0]].conference
            for i, a in enumerate(divisions[name]):
                for j, b in enumerate(divisions[other]):
                    pair = [(a, b), (b, a)]
                    if not same_conference:
                        games += pair
                        continue
                    match (j - i + year) % 5:
                        case 0:
                            games += [*pair, (a, b)]
                        case 1:
                            games += [*pair, (b, a)]
                        case _:
                            games += pair * 2
    return games


def _blocked(mask: int) -> int:
    """Days (bits) that would be a second game of a day or a third day in a row."""
    return mask | (mask << 1 & mask << 2) | (mask >> 1 & mask >> 2) | (mask << 1 & mask >> 1)


def _place(rng: Random, year: int, days: list[date], closed: set[date]) -> list[list[tuple[str, str]]] | None:
    """Games by day number, or None if some game found no day."""
    games = matchups(year)
    rng.shuffle(games)
    last = len(days) - 1
    usual = [GAMES_BY_WEEKDAY[day.weekday()] for day in days]
    most = [0 if day in closed else MOST_GAMES for day in days]
    most[0], usual[last], most[last] = OPENING_NIGHT_GAMES, LAST_DAY_GAMES, LAST_DAY_GAMES
    placed: list[list[tuple[str, str]]] = [[] for _ in days]
    busy = dict.fromkeys(CLUB, 0)
    met: dict[frozenset[str], list[int]] = defaultdict(list)

    def put(game: tuple[str, str], number: int) -> None:
        placed[number].append(game)
        for tricode in game:
            busy[tricode] |= 1 << number
        met[frozenset(game)].append(number)

    rest = []
    for game in games:
        free = [n for n in (0, last) if len(placed[n]) < most[n] and not (busy[game[0]] | busy[game[1]]) >> n & 1]
        if free:
            put(game, free[0])
        else:
            rest.append(game)

    for game in rest:
        a, b = busy[game[0]], busy[game[1]]
        taken = _blocked(a) | _blocked(b)
        beside_a, beside_b = a << 1 | a >> 1, b << 1 | b >> 1
        near_a, near_b = a << 2 | a >> 2, b << 2 | b >> 2
        earlier = met[frozenset(game)]
        best, best_cost = -1, float("inf")
        for n, limit in enumerate(most):
            if taken >> n & 1 or len(placed[n]) >= limit:
                continue
            cost = (
                BACK_TO_BACK_COST * ((beside_a >> n & 1) + (beside_b >> n & 1))
                + NEAR_COST * ((near_a >> n & 1) + (near_b >> n & 1))
                + LOAD_COST * len(placed[n]) / usual[n]
                + LUCK * rng.random()
            )
            if earlier and min(abs(n - m) for m in earlier) < REMATCH_DAYS:
                cost += REMATCH_COST
            if cost < best_cost:
                best, best_cost = n, cost
        if best < 0:
            return None
        put(game, best)
    return placed


def _tip(rng: Random, day: date, home: str) -> datetime:
    tips = WEEKEND_TIPS if day.weekday() in (SATURDAY, SUNDAY) else WEEKDAY_TIPS
    return datetime.combine(day, time(*rng.choice(tips[CLUB[home].zone])))


def nba_id(kind: str, year: int, number: int) -> str:
    """Ten digits: kind of game, two digits of the year, five digits of a number."""
    return f"{ID_PREFIX[kind]}{year % 100:02d}{number:05d}"


def _dates_by_club(fixtures: list[Fixture]) -> dict[str, set[date]]:
    return {tricode: {f.date for f in fixtures if tricode in (f.home, f.away)} for tricode in CLUB}


def _crowded(played: set[date], day: date) -> bool:
    """Whether a club would play twice on the day, or on three days in a row."""
    before, after = day - DAY in played, day + DAY in played
    in_a_row = (before and after) or (before and day - 2 * DAY in played) or (after and day + 2 * DAY in played)
    return day in played or in_a_row


def _neighbours(fixture: Fixture, busy: dict[str, set[date]]) -> bool:
    """Whether one of the clubs also plays the day before or after."""
    return bool({fixture.date - DAY, fixture.date + DAY} & (busy[fixture.home] | busy[fixture.away]))


def _move_two(
    rng: Random, fixtures: list[Fixture], days: list[date], closed: set[date]
) -> tuple[list[Fixture], list[Withdrawn]]:
    """Put off two games: the first gets a new NBA id and a postponed row, the second keeps its id."""
    busy = _dates_by_club(fixtures)
    window = {days[n] for n in MOVABLE_DAYS}
    withdrawn: list[Withdrawn] = []
    candidates = [f for f in fixtures if f.date in window and f.neutral is None]
    rng.shuffle(candidates)
    moved: dict[Fixture, Fixture] = {}
    for old in candidates:
        if len(moved) == 2:
            break
        if any(old.date == f.date or {old.home, old.away} & {f.home, f.away} for f in moved):
            continue
        for day in days[days.index(old.date) + MOVED_BY_AT_LEAST : -1]:
            if day in closed or any(_crowded(busy[tricode], day) for tricode in (old.home, old.away)):
                continue
            number = len(fixtures) + 1
            new_id = old.nba_id if moved else nba_id(REGULAR, old.year, number)
            moved[old] = replace(old, nba_id=new_id, tip=_tip(rng, day, old.home))
            withdrawn.append(Withdrawn(old, announced=len(moved) == 1))
            break
    if len(moved) < 2:
        raise RuntimeError("no free day found for a postponed game: try another seed")
    return [moved.get(f, f) for f in fixtures], withdrawn


def regular_season(rng: Random, year: int) -> Calendar:
    """Calendar of the regular season of ``year``. Raises RuntimeError if no calendar is found (not seen so far)."""
    opening, last_day, closed = season_days(year)
    days = [opening + DAY * n for n in range((last_day - opening).days + 1)]
    placed = next(filter(None, (_place(rng, year, days, closed) for _ in range(CALENDAR_ATTEMPTS))), None)
    if placed is None:
        raise RuntimeError(f"no calendar found for {year} in {CALENDAR_ATTEMPTS} attempts: try another seed")

    fixtures = []
    for day, games in zip(days, placed, strict=True):
        tips = sorted((_tip(rng, day, home), home, away) for home, away in games)
        for tip, home, away in tips:
            fixtures.append(Fixture(nba_id(REGULAR, year, len(fixtures) + 1), year, tip, home, away, REGULAR))
    busy = _dates_by_club(fixtures)
    for venue in NEUTRAL_SITES:
        choices = [n for n, f in enumerate(fixtures) if f.date.month == venue.month and f.date.day in venue.days]
        if not choices:
            continue  # a season that begins later
        rested = [n for n in choices if not _neighbours(fixtures[n], busy)]
        n = rng.choice(rested or choices)
        tip = datetime.combine(fixtures[n].date, time(*venue.tip))
        fixtures[n] = replace(fixtures[n], tip=tip, neutral=venue)

    fixtures, withdrawn = _move_two(rng, fixtures, days, closed)
    final_day, semifinals = _cup(rng, fixtures) if year >= CUP_SINCE else (None, {})
    fixtures = [semifinals.get(f, f) for f in fixtures]
    fixtures.sort(key=lambda f: (f.tip, f.nba_id))
    if year == BROKEN_SEASON:
        fixtures = [_after_the_break(f) for f in fixtures]
        withdrawn = [replace(one, fixture=_after_the_break(one.fixture)) for one in withdrawn]
        last_day += BREAK
    return Calendar(fixtures, withdrawn, last_day, tuple(semifinals.values()), final_day)


def _after_the_break(fixture: Fixture) -> Fixture:
    """A game of the season that broke off, put off when it is of the days after that."""
    return replace(fixture, tip=fixture.tip + BREAK) if fixture.date > BROKEN_OFF else fixture


def _cup(rng: Random, fixtures: list[Fixture]) -> tuple[date, dict[Fixture, Fixture]]:
    """The day of the final, and two games of one December day, of clubs that are free then, moved to Las Vegas."""
    busy = _dates_by_club(fixtures)
    found: list[tuple[date, list[Fixture]]] = []
    for is_taken in (_crowded, set.__contains__):  # three days in a row only if there is no other way
        for day in sorted({f.date for f in fixtures if f.date.month == LAS_VEGAS.month and f.date.day in CUP_DAYS}):
            for final in (day + later * DAY for later in CUP_FINAL_AFTER):
                games = [
                    f
                    for f in fixtures
                    if f.date == day
                    and not f.neutral
                    and not any(is_taken(busy[club], final) for club in (f.home, f.away))
                ]
                if len(games) >= 2:
                    found.append((final, games))
        if found:
            break
    final, games = rng.choice(found)
    tips = [datetime.combine(games[0].date, time(hour, 30)) for hour in (17, 20)]
    moved = zip(rng.sample(games, 2), tips, strict=True)
    return final, {game: replace(game, tip=tip, neutral=LAS_VEGAS) for game, tip in moved}


@dataclass(slots=True)
class Series:
    """A best-of-seven series."""

    round: int
    number: int
    better: str
    other: str
    first_day: date
    wins_better: int = 0
    wins_other: int = 0

    @property
    def winner(self) -> str | None:
        """The club that has won four games, if any."""
        if self.wins_better == WINS_TO_ADVANCE:
            return self.better
        return self.other if self.wins_other == WINS_TO_ADVANCE else None

    def next_fixture(self, rng: Random, year: int) -> Fixture:
        """The next game of a series that is not over."""
        game = self.wins_better + self.wins_other + 1
        day = self.first_day + DAY * SERIES_DAYS[self.round][game - 1]
        home, away = (self.better, self.other) if game in BETTER_SEED_HOME else (self.other, self.better)
        tip = datetime.combine(day, time(*rng.choice(PLAYOFF_TIPS)))
        number = self.round * 100 + self.number * 10 + game
        return Fixture(nba_id(PLAYOFFS, year, number), year, tip, home, away, PLAYOFFS)

    def record(self, winner: str) -> None:
        """Count a win."""
        if winner == self.better:
            self.wins_better += 1
        else:
            self.wins_other += 1


def play_in_fixture(
    rng: Random, year: int, last_day: date, days_after: int, number: int, home: str, away: str
) -> Fixture:
    """A play-in game ``days_after`` the last day of the regular season."""
    tip = datetime.combine(last_day + DAY * days_after, time(*rng.choice(PLAYOFF_TIPS)))
    return Fixture(nba_id(PLAY_IN, year, number), year, tip, home, away, PLAY_IN)
