"""Who is available: injuries, rest and trades; who is dressed, who starts, how many minutes a coach plans.

Who plays how often is set so that a league looks like the three real seasons: a club lists 17 men, 10.6 of them play,
8 % of the listed men have not played yet in the third and fourth week (really 10 to 13), the share of players with
fewer than ten games falls over the weeks as the real one does (seed expected_failure_rates), and after a month one man
in twelve plays a tenth more or less than at first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import exp
from random import Random

from .league import League, Player

#: Men in uniform; at most this many of a club are hurt at once, so that enough remain.
DRESSED = 13
MOST_OUT = 6
INJURY_CHANCE = 0.026
#: Games missed, one entry drawn with equal probability; with the chance above a man misses about 12 % of the games.
GAMES_MISSED = (1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5, 6, 8, 12, 25)
#: Share of the players who are hurt before the first game of a season, and the range of games that they miss.
HURT_AT_OPENING, OPENING_GAMES_MISSED = 0.025, (5, 82)
#: On the second of two days in a row one of the best men may be rested.
REST_CHANCE, RESTED_DEPTHS = 0.10, 4
PERSONAL_CHANCE, SUSPENSION_CHANCE = 0.0012, 0.0004

#: Fit men who always play. The other places of the plan go to some of the next few, others every night.
REGULARS, BENCH = 8, 3
#: The last places in uniform go first to men who played in fewer games than this; then depth decides.
LOOKS = 2
#: Planned minutes of the men who play. The playoff rotation is shorter.
MINUTES = (35, 34, 32, 30, 28, 24, 21, 17, 12, 7)
PLAYOFF_MINUTES = (39, 38, 36, 34, 32, 25, 19, 12, 5)
#: What a coach makes of a man changes: his plan grows by exp(role), which takes a random step a game and fades slowly.
ROLE_STEP, ROLE_MEMORY, MOST_MINUTES = 0.12, 0.95, 36
SECONDS = 60
#: Seconds of four quarters, over which minutes are planned.
REGULATION = 2880

BODY_PARTS = ("Ankle", "Knee", "Hamstring", "Calf", "Groin", "Shoulder", "Wrist", "Quadriceps", "Foot", "Hip", "Thumb")
SHORT_NATURES = ("Soreness", "Sprain", "Contusion", "Strain", "Tightness")
LONG_NATURES = ("Surgery", "Fracture", "Stress Reaction", "Ligament Tear", "Injury Recovery")
LONG_ABSENCE = 10
ILLNESS_SHARE = 0.12

INJURY, G_LEAGUE, SUSPENSION, REST, PERSONAL, OTHER, UNKNOWN = (
    "injury",
    "g_league",
    "suspension",
    "rest",
    "personal",
    "other",
    "unknown",
)
TRADE_PENDING = ("Trade Pending", OTHER)


@dataclass(slots=True)
class Sheet:
    """The list of one club for one game: dressed men (starters first) with planned seconds, out, and not dressed."""

    tricode: str
    dressed: list[Player]
    targets: list[int]
    out: list[Player]
    scratched: list[Player]
    #: Just traded, listed by the old club as well.
    gone: list[Player]

    @property
    def inactive(self) -> list[Player]:
        """Everybody listed who is not in uniform."""
        return self.out + self.scratched + self.gone


def injury_text(rng: Random, games: int = 1) -> tuple[str, str]:
    """Reason as the report prints it, and its category."""
    if games == 1 and rng.random() < ILLNESS_SHARE:
        return "Injury/Illness - N/a; Illness", INJURY
    nature = rng.choice(LONG_NATURES if games >= LONG_ABSENCE else SHORT_NATURES)
    return f"Injury/Illness - {rng.choice(('Left', 'Right'))} {rng.choice(BODY_PARTS)}; {nature}", INJURY


def open_season(rng: Random, roster: list[Player]) -> None:
    """Nobody has a role yet, and some men of a club start the season hurt."""
    for player in roster:
        player.role = 0.0
        if rng.random() < HURT_AT_OPENING:
            missed = rng.randint(*OPENING_GAMES_MISSED)
            player.games_out = missed + 1  # the first game of the club counts one off before it is played
            player.ailment = injury_text(rng, missed)


def advance(rng: Random, roster: list[Player], second_night: bool) -> None:
    """Move roles and ailments of a club on by one game: some men return, some are hurt, one may be rested."""
    for player in roster:
        player.role = ROLE_MEMORY * player.role + rng.gauss(0, ROLE_STEP)
        if player.games_out:
            player.games_out -= 1
            if not player.games_out:
                player.ailment = None
    out = sum(player.games_out > 0 for player in roster)
    for depth, player in enumerate(roster):
        if player.games_out or out >= MOST_OUT:
            continue
        draw = rng.random()
        if draw < INJURY_CHANCE:
            player.games_out = rng.choice(GAMES_MISSED)
            player.ailment = injury_text(rng, player.games_out)
        elif draw < INJURY_CHANCE + PERSONAL_CHANCE:
            player.games_out, player.ailment = 1, ("Personal Reasons", PERSONAL)
        elif draw < INJURY_CHANCE + PERSONAL_CHANCE + SUSPENSION_CHANCE:
            player.games_out, player.ailment = 2, ("League Suspension", SUSPENSION)
        elif second_night and depth < RESTED_DEPTHS and rng.random() < REST_CHANCE:
            player.games_out, player.ailment = 1, ("Rest", REST)
        out += player.games_out > 0


def list_players(rng: Random, league: League, tricode: str, day: date, playoffs: bool, gone: list[Player]) -> Sheet:
    """The list of a club on a day. Does not change anybody's state."""
    out, healthy = [], []
    for player in league.rosters[tricode]:
        unavailable = player.games_out or player.unavailable_on == day
        (out if unavailable else healthy).append(player)
    minutes = PLAYOFF_MINUTES if playoffs else MINUTES
    regulars, bench, others = healthy[:REGULARS], healthy[REGULARS:][:BENCH], healthy[REGULARS + BENCH :]
    rng.shuffle(bench)
    used = min(len(bench), len(minutes) - REGULARS)
    spare = sorted(bench[used:] + others, key=lambda player: min(player.games, LOOKS))
    listed = [*regulars, *bench[:used], *spare]
    dressed, scratched = listed[:DRESSED], listed[DRESSED:]
    return Sheet(tricode, dressed, _planned(minutes, dressed), out, scratched, gone)


def _planned(minutes: tuple[int, ...], dressed: list[Player]) -> list[int]:
    """Planned seconds of the dressed men: the minutes of their places, shifted by their roles; together as many."""
    wanted = [m * exp(player.role) for m, player in zip(minutes, dressed, strict=False)]
    scale = sum(minutes) / sum(wanted)
    planned = [round(SECONDS * min(m * scale, MOST_MINUTES)) for m in wanted]
    return planned + [0] * (len(dressed) - len(planned))
