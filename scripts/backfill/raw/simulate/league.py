"""Clubs, fictional players, how each source spells their names, trades and the turnover between seasons.

Clubs, cities and arenas are the real ones, so that team codes, time zones and venues can be tested. Players are not:
first names are neutral, surnames are glued from syllables that make up no NBA surname.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from math import exp
from random import Random
from typing import NamedTuple


class Club(NamedTuple):
    """One club. ``zone`` is the time zone that sets the usual tip-off: E, C, M or P."""

    tricode: str
    full_name: str
    conference: str
    division: str
    zone: str
    arena: str
    city: str
    state: str


DC = "District of Columbia"
CLUBS: tuple[Club, ...] = (
    Club("BOS", "Boston Celtics", "East", "Atlantic", "E", "TD Garden", "Boston", "Massachusetts"),
    Club("BKN", "Brooklyn Nets", "East", "Atlantic", "E", "Barclays Center", "Brooklyn", "New York"),
    Club("NYK", "New York Knicks", "East", "Atlantic", "E", "Madison Square Garden", "New York", "New York"),
    Club("PHI", "Philadelphia 76ers", "East", "Atlantic", "E", "Wells Fargo Center", "Philadelphia", "Pennsylvania"),
    Club("TOR", "Toronto Raptors", "East", "Atlantic", "E", "Scotiabank Arena", "Toronto", "Canada"),
    Club("CHI", "Chicago Bulls", "East", "Central", "C", "United Center", "Chicago", "Illinois"),
    Club("CLE", "Cleveland Cavaliers", "East", "Central", "E", "Rocket Mortgage FieldHouse", "Cleveland", "Ohio"),
    Club("DET", "Detroit Pistons", "East", "Central", "E", "Little Caesars Arena", "Detroit", "Michigan"),
    Club("IND", "Indiana Pacers", "East", "Central", "E", "Gainbridge Fieldhouse", "Indianapolis", "Indiana"),
    Club("MIL", "Milwaukee Bucks", "East", "Central", "C", "Fiserv Forum", "Milwaukee", "Wisconsin"),
    Club("ATL", "Atlanta Hawks", "East", "Southeast", "E", "State Farm Arena", "Atlanta", "Georgia"),
    Club("CHA", "Charlotte Hornets", "East", "Southeast", "E", "Spectrum Center", "Charlotte", "North Carolina"),
    Club("MIA", "Miami Heat", "East", "Southeast", "E", "Kaseya Center", "Miami", "Florida"),
    Club("ORL", "Orlando Magic", "East", "Southeast", "E", "Kia Center", "Orlando", "Florida"),
    Club("WAS", "Washington Wizards", "East", "Southeast", "E", "Capital One Arena", "Washington", DC),
    Club("DEN", "Denver Nuggets", "West", "Northwest", "M", "Ball Arena", "Denver", "Colorado"),
    Club("MIN", "Minnesota Timberwolves", "West", "Northwest", "C", "Target Center", "Minneapolis", "Minnesota"),
    Club("OKC", "Oklahoma City Thunder", "West", "Northwest", "C", "Paycom Center", "Oklahoma City", "Oklahoma"),
    Club("POR", "Portland Trail Blazers", "West", "Northwest", "P", "Moda Center", "Portland", "Oregon"),
    Club("UTA", "Utah Jazz", "West", "Northwest", "M", "Delta Center", "Salt Lake City", "Utah"),
    Club("GSW", "Golden State Warriors", "West", "Pacific", "P", "Chase Center", "San Francisco", "California"),
    Club("LAC", "LA Clippers", "West", "Pacific", "P", "Crypto.com Arena", "Los Angeles", "California"),
    Club("LAL", "Los Angeles Lakers", "West", "Pacific", "P", "Crypto.com Arena", "Los Angeles", "California"),
    Club("PHX", "Phoenix Suns", "West", "Pacific", "M", "Footprint Center", "Phoenix", "Arizona"),
    Club("SAC", "Sacramento Kings", "West", "Pacific", "P", "Golden 1 Center", "Sacramento", "California"),
    Club("DAL", "Dallas Mavericks", "West", "Southwest", "C", "American Airlines Center", "Dallas", "Texas"),
    Club("HOU", "Houston Rockets", "West", "Southwest", "C", "Toyota Center", "Houston", "Texas"),
    Club("MEM", "Memphis Grizzlies", "West", "Southwest", "C", "FedExForum", "Memphis", "Tennessee"),
    Club("NOP", "New Orleans Pelicans", "West", "Southwest", "C", "Smoothie King Center", "New Orleans", "Louisiana"),
    Club("SAS", "San Antonio Spurs", "West", "Southwest", "C", "Frost Bank Center", "San Antonio", "Texas"),
)
CLUB: dict[str, Club] = {club.tricode: club for club in CLUBS}

# --- names -----------------------------------------------------------------------------------------------------

_FIRST_NAMES = """
Aldric Amos Anders Arlo Asher Basil Bram Caleb Casper Cedric Clement Corwin Dario Dashel Desmond Edmund Elias Emeric
Enzo Everett Ezra Fabian Felix Fergus Garrick Gideon Hadley Hamish Hector Hollis Idris Ignatius Ivor Jabari Jasper
Joaquin Jonah Jules Kaspar Keiran Kellan Lambert Leander Lionel Lorcan Lucan Magnus Malachi Marlow Milo Nestor Niall
Octavio Odell Orson Oswin Percy Piers Quincy Rafferty Ramon Roderick Roland Rufus Sander Silas Soren Stellan Tobias
Ulric Vaughn Vernon Walker Wendel Winston Yannis Zachary Zeke
"""
FIRST_NAMES = tuple(_FIRST_NAMES.split())
ACCENTED_FIRST_NAMES = ("André", "Björn", "Émile", "Léandre", "Nuño", "Raúl", "Šime", "Tomáš", "Tiémoko", "Žan")
APOSTROPHE_FIRST_NAMES = ("D'Orin", "De'Marlo", "Ja'Kell", "Tre'Von", "Ka'Ron")
INITIALS = ("A.K.", "C.V.", "J.B.", "R.T.", "T.L.")
#: Full first name -> the short form that one source prints.
NICKNAMES = {
    "Alexander": "Alex",
    "Benedict": "Ben",
    "Cameron": "Cam",
    "Herbert": "Herb",
    "Mohamed": "Mo",
    "Nicolas": "Nic",
    "Salvatore": "Sal",
}

_SURNAME_HEADS = """
Bav Bren Calv Corv Dast Dorv Ebb Falv Fenn Garv Gront Hask Holv Ist Jarv Jolm Kast Kelv Lamv Lorn Mard Mest Nald Norv
Ost Pelv Prav Quill Rast Rov Sald Strev Tarv Tolm Umb Vand Vesk Wald Wrenn Yolm Zand
"""
_SURNAME_TAILS = """
ack aine amar ander arro ash astle elmo emar enko erby ester etto idge iman ingale isko itch ockett olt omar onde ory
ova uck ulin umber und uno urst oway ettin
"""
SURNAME_HEADS, SURNAME_TAILS = tuple(_SURNAME_HEADS.split()), tuple(_SURNAME_TAILS.split())
#: Letters that some surnames carry with an accent; all fold back to the plain letter.
ACCENTS = {"a": "á", "c": "č", "e": "é", "i": "í", "n": "ñ", "o": "ö", "s": "š", "u": "ü", "z": "ž"}
SUFFIXES = ("Jr.", "Jr.", "Jr.", "II", "III", "III")
SUFFIX_AT_END = re.compile(r"(jr|sr|ii|iii|iv)$")

ACCENTED_FIRST_SHARE = 0.02
APOSTROPHE_FIRST_SHARE = 0.025
INITIALS_SHARE = 0.025
NICKNAMED_SHARE = 0.05
ACCENTED_SURNAME_SHARE = 0.05
APOSTROPHE_SURNAME_SHARE = 0.015
HYPHEN_SHARE = 0.03
PARTICLE_SHARE = 0.01
SUFFIX_SHARE = 0.07

# --- how the sources spell ---------------------------------------------------------------------------------------

#: Keys of the bookmakers of the Odds API, in the order of ``Player.book_names``.
BOOKMAKERS = ("draftkings", "fanduel", "betmgm")
PBP_DROPS_SUFFIX = 0.4
BDL_DROPS_SUFFIX = 0.3
BDL_NICKNAMED_PLAYERS = 3
BOOK_DROPS_SUFFIX = 0.3
BOOK_NICKNAMES = 0.3
BOOK_SURNAME_FIRST = 0.004
#: draftkings and betmgm print plain ASCII, fanduel keeps accents.
BOOK_FOLDS_ACCENTS = (True, False, True)

# --- players -----------------------------------------------------------------------------------------------------

ROSTER_SIZES = (16, 17, 18)
#: Talent (0 bench .. 1 star) of the first and the last man of a new roster, and its noise.
BEST_TALENT, LAST_TALENT, TALENT_NOISE = 0.93, 0.12, 0.05
TALENT_DRIFT = 0.06
LEAST_TALENT, MOST_TALENT = 0.05, 1.0
ROOKIE_TALENT = (0.10, 0.60)
#: Positions by depth: every five men are two guards, two forwards and a centre, in random order.
UNIT = ("G", "G", "F", "F", "C")
BIRTH_DATE_KNOWN = 0.9
YOUNGEST, OLDEST_ROOKIE, OLDEST = 19.0, 22.0, 36.0
DAYS_PER_YEAR = 365.25

#: What a player on court is chosen for. The order is that of ``Player.weights``.
ROLES = ("shot", "assist", "offensive rebound", "defensive rebound", "steal", "block", "foul", "turnover")
SHOT, ASSIST, OFF_REBOUND, DEF_REBOUND, STEAL, BLOCK, FOUL, TURNOVER = range(len(ROLES))


class Profile(NamedTuple):
    """What a position does: share of its shots by zone, and weight among the five on court in each role."""

    three: float
    rim: float
    short: float
    weights: tuple[float, float, float, float, float, float, float, float]
    free_throw: float


PROFILES = {
    "G": Profile(0.42, 0.26, 0.15, (1.05, 2.00, 0.45, 0.80, 1.25, 0.40, 0.85, 1.15), 0.83),
    "F": Profile(0.40, 0.30, 0.15, (1.00, 0.80, 0.90, 1.00, 1.00, 0.90, 1.00, 0.90), 0.78),
    "C": Profile(0.18, 0.48, 0.22, (0.90, 0.70, 2.30, 1.60, 0.75, 2.60, 1.25, 0.95), 0.71),
}
ZONE_NOISE = 0.30
ROLE_NOISE = 0.22
#: Weight in a role grows as exp(slope x talent): stars shoot, pass and lose more balls.
TALENT_SLOPE = (1.50, 1.40, 0.0, 0.25, 0.20, 0.10, -0.15, 0.75)
TOUCH_SLOPE, TOUCH_NOISE, AVERAGE_TALENT = 0.060, 0.012, 0.60
GUARD_SLOPE, GUARD_NOISE = 0.020, 0.010
FREE_THROW_NOISE = 0.06
FREE_THROW_LIMITS = (0.45, 0.94)
#: Standard deviation and bound of what a club adds to its own, and takes from its opponents', shooting in a season.
CLUB_FORM_NOISE, CLUB_FORM_LIMIT = 0.014, 0.026

# --- movement ----------------------------------------------------------------------------------------------------

LEAVES_LEAGUE = 0.08
FREE_AGENT_SWAPS = 25
#: Depth of players that are traded: neither stars nor the end of the bench.
TRADED_DEPTHS = range(4, 11)


def fold(text: str) -> str:
    """Text without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def canonical_lookup(name: str) -> str:
    """Canonical player key: lower case, accents folded, only a-z and 0-9, suffix kept."""
    return re.sub(r"[^a-z0-9]", "", fold(name).lower())


def deleting_lookup(name: str) -> str:
    """Key of the reference loader of balldontlie: accented letters are deleted instead of folded."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFC", name).lower())


def broken_lookup(name: str) -> str:
    """Key of the reference loader of the injury report: no folding, suffix letters deleted wherever they occur."""
    return re.sub(r"jr|sr|iii|ii|iv", "", deleting_lookup(name))


@dataclass(slots=True, eq=False)
class Player:
    """A fictional player: name, spellings, abilities, and where he stands in the running season."""

    first: str
    last: str
    suffix: str
    position: str
    talent: float
    birth_date: date | None
    name: str = ""
    lookup: str = ""
    base_lookup: str = ""
    pbp_lookup: str = ""
    bdl_name: str = ""
    book_names: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    #: Cumulated share of shots by zone: three, rim, short (the rest is mid-range).
    zone_cuts: tuple[float, float, float] = (0.0, 0.0, 0.0)
    touch: float = 0.0
    guard: float = 0.0
    free_throw: float = 0.0
    # --- running season
    games_out: int = 0
    ailment: tuple[str, str] | None = None
    unavailable_on: date | None = None
    games: int = 0
    points: int = 0
    role: float = 0.0

    def __post_init__(self) -> None:
        self.name = self.spelled()
        self.lookup = canonical_lookup(self.name)
        self.base_lookup = canonical_lookup(f"{self.first} {self.last}")

    def spelled(self, nickname: bool = False, suffix: bool = True) -> str:
        """Name as printed, on request with the short first name or without the suffix."""
        first = NICKNAMES.get(self.first, self.first) if nickname else self.first
        return f"{first} {self.last} {self.suffix}".strip() if suffix else f"{first} {self.last}"


class NameMaker:
    """Makes names whose lookups are unique, with and without suffix."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.taken: set[str] = set()

    def make(self) -> tuple[str, str, str]:
        """A new first name, surname and suffix (often empty)."""
        rng = self.rng
        while True:
            first, last = self._first(), self._last()
            base = canonical_lookup(first + last)
            if base in self.taken or SUFFIX_AT_END.search(base):
                continue
            self.taken.add(base)
            return first, last, rng.choice(SUFFIXES) if rng.random() < SUFFIX_SHARE else ""

    def _first(self) -> str:
        rng, draw = self.rng, self.rng.random()
        for share, pool in (
            (ACCENTED_FIRST_SHARE, ACCENTED_FIRST_NAMES),
            (APOSTROPHE_FIRST_SHARE, APOSTROPHE_FIRST_NAMES),
            (INITIALS_SHARE, INITIALS),
            (NICKNAMED_SHARE, tuple(NICKNAMES)),
        ):
            if draw < share:
                return rng.choice(pool)
            draw -= share
        return rng.choice(FIRST_NAMES)

    def _last(self) -> str:
        rng = self.rng
        last, draw = self._surname(), rng.random()
        if draw < HYPHEN_SHARE:
            return f"{last}-{self._surname()}"
        draw -= HYPHEN_SHARE
        if draw < APOSTROPHE_SURNAME_SHARE:
            return f"O'{last}"
        draw -= APOSTROPHE_SURNAME_SHARE
        if draw < PARTICLE_SHARE:
            return f"van {last}"
        draw -= PARTICLE_SHARE
        if draw < ACCENTED_SURNAME_SHARE:
            at = rng.choice([i for i, letter in enumerate(last) if letter in ACCENTS])
            return last[:at] + ACCENTS[last[at]] + last[at + 1 :]
        return last

    def _surname(self) -> str:
        return self.rng.choice(SURNAME_HEADS) + self.rng.choice(SURNAME_TAILS)


@dataclass(slots=True)
class ClubForm:
    """What a club adds to its own shooting and takes from its opponents' in one season."""

    attack: float
    guard: float


@dataclass(slots=True)
class League:
    """Rosters by tricode (best player first) and the form of the clubs."""

    names: NameMaker
    rosters: dict[str, list[Player]] = field(default_factory=dict)
    form: dict[str, ClubForm] = field(default_factory=dict)
    #: The two players whose names differ by "Jr." only; they are never traded and never misspelled.
    namesakes: tuple[Player, ...] = ()

    def sort_roster(self, tricode: str) -> None:
        """Order a roster by talent."""
        self.rosters[tricode].sort(key=lambda player: -player.talent)

    def swap(self, a: Player, club_a: str, b: Player, club_b: str) -> None:
        """Trade ``a`` of ``club_a`` for ``b`` of ``club_b``."""
        self.rosters[club_a][self.rosters[club_a].index(a)] = b
        self.rosters[club_b][self.rosters[club_b].index(b)] = a
        self.sort_roster(club_a)
        self.sort_roster(club_b)

    def trade_candidate(self, rng: Random, tricode: str) -> Player:
        """A player from the middle of a roster, if possible healthy and not just traded; never a namesake."""
        roster = self.rosters[tricode]
        middle = [player for player in (roster[depth] for depth in TRADED_DEPTHS) if player not in self.namesakes]
        return rng.choice([player for player in middle if not player.games_out and not player.unavailable_on] or middle)

    def turn_over(self, rng: Random, year: int) -> None:
        """Between seasons: talent drifts, some players leave, rookies come, others change clubs, form is drawn anew."""
        for tricode, roster in self.rosters.items():
            for depth, player in enumerate(roster):
                if rng.random() < LEAVES_LEAGUE and player not in self.namesakes:
                    talent = rng.uniform(*ROOKIE_TALENT)
                    roster[depth] = new_player(rng, self.names, rng.choice(UNIT), talent, year, rookie=True)
                    spell(rng, roster[depth])
                else:
                    player.talent = min(MOST_TALENT, max(LEAST_TALENT, player.talent + rng.gauss(0, TALENT_DRIFT)))
            self.sort_roster(tricode)
            self.form[tricode] = draw_form(rng)
        for club_a, club_b in pairwise(rng.choices(list(self.rosters), k=FREE_AGENT_SWAPS)):
            if club_a != club_b:
                a, b = self.trade_candidate(rng, club_a), self.trade_candidate(rng, club_b)
                self.swap(a, club_a, b, club_b)
        for roster in self.rosters.values():
            for player in roster:
                player.games_out, player.ailment, player.unavailable_on = 0, None, None
                player.games, player.points = 0, 0


def draw_form(rng: Random) -> ClubForm:
    """Form of a club for one season."""
    attack, guard = (
        max(-CLUB_FORM_LIMIT, min(CLUB_FORM_LIMIT, rng.gauss(0, CLUB_FORM_NOISE))) for _ in ("attack", "guard")
    )
    return ClubForm(attack, guard)


def new_player(rng: Random, names: NameMaker, position: str, talent: float, year: int, rookie: bool = False) -> Player:
    """A player of the given position and talent; his abilities scatter around the profile of the position."""
    first, last, suffix = names.make()
    age = YOUNGEST + rng.random() * ((OLDEST_ROOKIE if rookie else OLDEST) - YOUNGEST)
    born = date(year, 10, 1) - timedelta(days=int(age * DAYS_PER_YEAR))
    player = Player(first, last, suffix, position, talent, born if rng.random() < BIRTH_DATE_KNOWN else None)
    profile = PROFILES[position]
    player.weights = tuple(
        weight * exp(slope * talent + rng.gauss(0, ROLE_NOISE))
        for weight, slope in zip(profile.weights, TALENT_SLOPE, strict=True)
    )
    middle = 1.0 - profile.three - profile.rim - profile.short
    shares = [share * exp(rng.gauss(0, ZONE_NOISE)) for share in (profile.three, profile.rim, profile.short, middle)]
    total = sum(shares)
    three, rim, short = (share / total for share in shares[:3])
    player.zone_cuts = (three, three + rim, three + rim + short)
    player.touch = TOUCH_SLOPE * (talent - AVERAGE_TALENT) + rng.gauss(0, TOUCH_NOISE)
    player.guard = GUARD_SLOPE * (talent - AVERAGE_TALENT) + rng.gauss(0, GUARD_NOISE)
    low, high = FREE_THROW_LIMITS
    player.free_throw = min(high, max(low, rng.gauss(profile.free_throw, FREE_THROW_NOISE)))
    return player


def spell(rng: Random, player: Player, exact: bool = False) -> None:
    """Decide how each source spells the player; ``exact`` keeps suffix and first name everywhere."""
    player.pbp_lookup = canonical_lookup(player.spelled(suffix=exact or rng.random() >= PBP_DROPS_SUFFIX))
    player.bdl_name = player.spelled(suffix=exact or rng.random() >= BDL_DROPS_SUFFIX)
    names = []
    for folds in BOOK_FOLDS_ACCENTS:
        nickname = not exact and rng.random() < BOOK_NICKNAMES
        suffix = exact or rng.random() >= BOOK_DROPS_SUFFIX
        name = player.spelled(nickname, suffix)
        if not exact and rng.random() < BOOK_SURNAME_FIRST:
            name = f"{player.last}, {player.first}"
        names.append(fold(name) if folds else name)
    player.book_names = tuple(names)


def build_league(rng: Random, year: int) -> League:
    """Thirty rosters of 16 to 18 fictional players, with exactly one pair of namesakes on different clubs."""
    league = League(NameMaker(rng))
    for club in CLUBS:
        size = rng.choice(ROSTER_SIZES)
        positions: list[str] = []
        while len(positions) < size:
            positions += rng.sample(UNIT, len(UNIT))
        step = (BEST_TALENT - LAST_TALENT) / (size - 1)
        talents = [BEST_TALENT - step * depth + rng.gauss(0, TALENT_NOISE) for depth in range(size)]
        league.rosters[club.tricode] = [
            new_player(rng, league.names, position, talent, year)
            for position, talent in zip(positions, talents, strict=False)
        ]
        league.form[club.tricode] = draw_form(rng)
        league.sort_roster(club.tricode)

    senior_club, junior_club = rng.sample(sorted(league.rosters), 2)
    senior = league.rosters[senior_club][rng.choice(TRADED_DEPTHS)]
    junior = league.rosters[junior_club][rng.choice(TRADED_DEPTHS)]
    senior.suffix, junior.suffix = "", "Jr."
    junior.first, junior.last = senior.first, senior.last
    league.namesakes = (senior, junior)
    for player in league.namesakes:
        player.__post_init__()

    players = [player for roster in league.rosters.values() for player in roster]
    for player in players:
        spell(rng, player, exact=player in league.namesakes)
    shortable = [player for player in players if player.first in NICKNAMES and player not in league.namesakes]
    for player in rng.sample(shortable, BDL_NICKNAMED_PLAYERS):
        player.bdl_name = player.spelled(nickname=True)
    return league
