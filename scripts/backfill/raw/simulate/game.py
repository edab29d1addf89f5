"""One simulated game: possessions, substitutions, and the play-by-play and box score they leave behind.

Every statistic of the box score is counted where its event is logged, so both agree by construction. Playing time
and plus-minus come from the stints on court: five men a club, from the first second to the last.

This is the hot loop of the simulation (some 600,000 events a season): tables are built once, draws are plain
``random()`` calls, and events are tuples in the order of ``EVENT_COLUMNS``.
"""

from __future__ import annotations

from bisect import bisect
from random import Random
from typing import NamedTuple

from .league import ASSIST, BLOCK, DEF_REBOUND, FOUL, OFF_REBOUND, ROLES, SHOT, STEAL, TURNOVER
from .lineups import REGULATION, Sheet

EVENT_COLUMNS = (
    "period",
    "event_type",
    "event_subtype",
    "shot_made",
    "shot_type",
    "shot_distance",
    "player_1_lookup",
    "player_1_team_abbr",
    "player_2_lookup",
    "player_2_role",
    "elapsed_seconds",
    "score_home",
    "score_away",
)

#: Columns of a player's line in the box score.
BOX = (
    "seconds",
    "plus_minus",
    "points",
    "field_goals_made",
    "field_goals_attempted",
    "three_pointers_made",
    "three_pointers_attempted",
    "free_throws_made",
    "free_throws_attempted",
    "offensive_rebounds",
    "defensive_rebounds",
    "assists",
    "steals",
    "blocks",
    "turnovers",
    "personal_fouls",
)
SEC, PLUS, PTS, FGM, FGA, TPM, TPA, FTM, FTA, ORB, DRB, AST, STL, BLK, TOV, PF = range(len(BOX))

# --- clock (seconds) and rules -------------------------------------------------------------------------------------

QUARTER, OVERTIME, QUARTERS = 720, 300, 4
ON_COURT = 5
FOUL_LIMIT = 6
#: From the fifth team foul of a period on, any foul gives free throws.
TEAM_FOUL_LIMIT = 4
TIMEOUTS = 7

#: Seconds until a chance ends, by how it began; one entry is drawn with equal probability.
SETTLED = (5, 7, 9, 10, 11, 12, 13, 14, 15, 16, 16, 17, 18, 19, 20, 22)
BREAK = (2, 3, 4, 5, 6, 7, 9, 11, 12, 13, 14, 15, 16, 17, 18, 20)
SECOND_CHANCE = (0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 14)
RESTART = (1, 2, 3, 4, 5, 6, 6, 7, 8, 8, 9, 10, 11, 12, 13, 14)
TEMPO_SIZE = 16
REBOUND_SECONDS = (0, 1, 2, 2, 3, 3, 4)

# --- probabilities, set so that a season has the averages of the league of the 2020s -------------------------------

TURNOVER_CHANCE = 0.117
FLOOR_FOUL_CHANCE = 0.064
TEAM_TURNOVER = 0.055
#: Of a player's turnovers: steals; offensive fouls; the rest are dead balls of his own.
STOLEN, OFFENSIVE_FOUL = 0.575, 0.115
#: A fouled shooter still scores this part of his usual rate.
CONTACT = 0.56
TEAM_REBOUND, TEAM_REBOUND_TO_OFFENCE = 0.115, 0.45
OFFENSIVE_REBOUND = 0.250
TIP_IN = 0.45
HEAVE, HEAVE_MADE, HEAVE_FEET = 0.35, 0.03, (38, 70)
#: Chance that the last shot of a club that is two or three points behind goes in: one game in twenty has an overtime.
TYING_MADE = 0.42
TIMEOUT_AFTER_BASKET, TIMEOUT_AT_DEAD_BALL = 0.07, 0.11
TECHNICAL, COACH_TECHNICAL = 0.007, 0.25
REPLAY = 0.035
HOME_EDGE = 0.006
#: Standard deviation of a club's shooting from one night to another.
NIGHT_NOISE = 0.008
#: What a point of lead takes from the shooting of the leader: games stay closer than chance alone would have them.
EASE_PER_POINT = 0.0012

# --- substitutions ---------------------------------------------------------------------------------------------------

FIRST_CHANGE = (330, 430)
CHANGE_INTERVAL = (150, 290)
#: A coach plans minutes this far ahead, prefers men who are on court, and is not exact.
LOOK_AHEAD, STAY_ON, COACH_NOISE = 180, 110, 120
CLOSING_SECONDS = 330
GARBAGE_SECONDS, GARBAGE_MARGIN = 390, 17
#: Share of the deep bench that a coach is willing to use when a game is decided.
DEEP_BENCH_USED = 0.75


class Zone(NamedTuple):
    """Where a shot is taken: rates of a field goal, a foul, a block and an assist, and what the feed prints."""

    points: int
    shot_type: str
    made: float
    fouled: float
    blocked: float
    assisted: float
    kinds: tuple[str, ...]
    distances: tuple[float | None, ...]


def _repeat(counts: dict[float | None, int]) -> tuple[float | None, ...]:
    """A value as often as counted, so that one uniform draw has the given odds."""
    return tuple(value for value, count in counts.items() for _ in range(count))


#: None is a distance the feed does not print: 0 feet on twos, 22-23 feet on (corner) threes.
THREE = Zone(
    3,
    "3PT",
    0.356,
    0.011,
    0.016,
    0.82,
    (
        *("3pt jump shot",) * 7,
        *("3pt pullup jump shot",) * 2,
        "3pt step back jump shot",
        "3pt running jump shot",
        "3pt running pull-up jump shot",
    ),
    _repeat({None: 16, 24.0: 11, 25.0: 21, 26.0: 26, 27.0: 14, 28.0: 6, 29.0: 3, 30.0: 1, 31.0: 1, 32.0: 1}),
)
RIM = Zone(
    2,
    "2PT",
    0.628,
    0.245,
    0.37,
    0.57,
    (
        *("driving layup",) * 4,
        *("running layup",) * 2,
        "driving finger roll layup",
        "layup",
        "cutting layup shot",
        "cutting dunk shot",
        "running dunk",
        "driving dunk",
        "alley oop dunk",
        "dunk",
        "reverse layup",
    ),
    _repeat({None: 13, 1.0: 29, 2.0: 32, 3.0: 26}),
)
SHORT = Zone(
    2,
    "2PT",
    0.433,
    0.135,
    0.18,
    0.54,
    (
        *("driving floating jump shot",) * 3,
        "floating jump shot",
        "turnaround hook shot",
        "hook shot",
        "driving hook shot",
        "driving floating bank jump shot",
    ),
    _repeat({4.0: 25, 5.0: 19, 6.0: 17, 7.0: 15, 8.0: 13, 9.0: 11}),
)
MIDDLE = Zone(
    2,
    "2PT",
    0.420,
    0.080,
    0.08,
    0.46,
    (
        *("pullup jump shot",) * 3,
        *("jump shot",) * 2,
        "fadeaway jumper",
        "step back jump shot",
        "turnaround fadeaway shot",
        "turnaround jump shot",
    ),
    _repeat(dict(zip(map(float, range(10, 24)), (13, 12, 12, 11, 10, 10, 9, 8, 8, 6, 5, 3, 2, 1), strict=True))),
)
#: The last shot of a game, by the points that its club is behind.
TYING = {2: MIDDLE, 3: THREE}
PUTBACKS = ("putback layup", "tip layup shot", "tip layup shot", "putback dunk", "tip dunk shot")
STOLEN_TURNOVERS = ("bad pass", "bad pass", "bad pass", "lost ball", "lost ball")
DEAD_TURNOVERS = (
    *("out of bounds bad pass",) * 4,
    *("out of bounds lost ball",) * 2,
    *("traveling",) * 2,
    "step out of bounds",
    "3 second violation",
)
TEAM_TURNOVERS = (*("shot clock violation",) * 9, "5 second violation", "8 second violation")
OFFENSIVE_FOULS = ("offensive", "offensive", "offensive", "offensive charge")
FLOOR_FOULS = (*("personal",) * 10, "loose ball", "loose ball", "personal take")
FREE_THROWS = {n: tuple(f"free throw {k}/{n}" for k in range(1, n + 1)) for n in (1, 2, 3)}

#: One event, in the order of ``EVENT_COLUMNS``.
Event = tuple[int | str | bool | float | None, ...]


class Side:
    """One club in one game. ``players`` are the dressed men, starters first; ``targets`` their planned seconds.

    ``edge`` is added to the rate of every field goal.
    """

    __slots__ = (
        "appeared",
        "box",
        "cuts",
        "edge",
        "entered",
        "entered_margin",
        "guard",
        "keys",
        "must_change",
        "next_change",
        "on",
        "opponent",
        "players",
        "score",
        "targets",
        "team_fouls",
        "team_turnovers",
        "timeouts",
        "tricode",
        "usable",
    )

    def __init__(self, rng: Random, sheet: Sheet, edge: float) -> None:
        players, targets = sheet.dressed, sheet.targets
        count = len(players)
        self.tricode = sheet.tricode
        self.players = players
        self.targets = targets
        self.keys = [player.pbp_lookup for player in players]
        self.edge = edge + rng.gauss(0, NIGHT_NOISE)
        self.box = [[0] * len(BOX) for _ in players]
        self.on = list(range(ON_COURT))
        self.appeared = [n < ON_COURT for n in range(count)]
        self.entered = [0] * count
        self.entered_margin = [0] * count
        self.usable = [target > 0 or rng.random() < DEEP_BENCH_USED for target in targets]
        self.score = self.team_fouls = self.team_turnovers = self.timeouts = 0
        self.must_change = False
        self.next_change = rng.randint(*FIRST_CHANGE)
        self.guard = 0.0
        self.cuts: list[list[float]] = []
        self.opponent: Side = self
        self.weigh()

    def weigh(self) -> None:
        """Rebuild the odds of the five on court: after every substitution."""
        players = [self.players[n] for n in self.on]
        self.guard = sum(player.guard for player in players) / ON_COURT
        cuts = []
        for role in range(len(ROLES)):
            a, b, c, d, e = (player.weights[role] for player in players)
            total = a + b + c + d + e
            cuts.append([a / total, (a + b) / total, (a + b + c) / total, (a + b + c + d) / total])
        self.cuts = cuts

    @property
    def margin(self) -> int:
        """Points ahead."""
        return self.score - self.opponent.score

    def pick(self, role: int, draw: float) -> int:
        """Number of the man on court who is chosen for a role by a uniform draw."""
        return self.on[bisect(self.cuts[role], draw)]

    def jumper(self) -> str:
        """Key of the best shot blocker on court."""
        return self.keys[max(self.on, key=lambda n: self.players[n].weights[BLOCK])]

    def leave(self, n: int, now: int) -> None:
        """Close the stint of a man on court."""
        row = self.box[n]
        row[SEC] += now - self.entered[n]
        row[PLUS] += self.margin - self.entered_margin[n]

    def enter(self, n: int, now: int) -> None:
        """Open a stint."""
        self.appeared[n] = True
        self.entered[n] = now
        self.entered_margin[n] = self.margin


class Game:
    """Plays one game. After ``play()``: ``events``, ``period`` (the last one) and the boxes of the two sides."""

    def __init__(self, rng: Random, home: Side, away: Side) -> None:
        self.rng = rng
        self.random = rng.random
        self.home, self.away = home, away
        home.opponent, away.opponent = away, home
        self.offence, self.defence = home, away
        self.events: list[Event] = []
        self.period = self.clock = self.base = self.length = 0
        self.tempo = SETTLED
        self.tip_winner = home
        self.scramble = False

    @property
    def overtimes(self) -> int:
        """Number of overtimes played."""
        return self.period - QUARTERS

    def play(self) -> None:
        """Play until there is a winner."""
        while self.period < QUARTERS or self.home.score == self.away.score:
            self._play_period()
        for side in (self.home, self.away):
            for n in side.on:
                side.leave(n, self.base)

    # --- clock ---------------------------------------------------------------------------------------------------

    def _play_period(self) -> None:
        self.period += 1
        self.clock = 0
        self.length = QUARTER if self.period <= QUARTERS else OVERTIME
        self.home.team_fouls = self.away.team_fouls = 0
        self._log("start of period", None)
        if self.period == 1 or self.period > QUARTERS:
            self._jump_ball()
        else:
            # the club that lost the tip starts the second and third quarter, the other one the fourth
            loser = self.tip_winner.opponent
            self._give_ball(loser if self.period < QUARTERS else self.tip_winner, SETTLED)
        if self.period > 1:
            self._substitute(self.home)
            self._substitute(self.away)
        random, length = self.random, self.length
        while True:
            clock = self.clock + self.tempo[int(random() * TEMPO_SIZE)]
            if clock >= length:
                self.clock = length
                self._buzzer()
                break
            self.clock = clock
            draw = random()
            if draw < TURNOVER_CHANCE:
                self._turnover()
            elif draw < TURNOVER_CHANCE + FLOOR_FOUL_CHANCE:
                self._floor_foul()
            else:
                self._shot()
        self._log("end of period", None)
        self.base += length

    def _jump_ball(self) -> None:
        self._log("jump ball", None, self.home.jumper(), self.home.tricode, self.away.jumper(), "jump ball")
        winner = self.home if self.random() < 0.5 else self.away
        if self.period == 1:
            self.tip_winner = winner
        self._give_ball(winner, SETTLED)

    def _buzzer(self) -> None:
        """The last seconds of a period: nothing, a heave, or a shot that ties the game."""
        off, random = self.offence, self.random
        zone = TYING.get(-off.margin) if self.period >= QUARTERS else None
        feet: float | None
        if zone:
            made = random() < TYING_MADE
            feet = zone.distances[int(random() * len(zone.distances))]
        elif random() < HEAVE:
            zone, made = THREE, random() < HEAVE_MADE
            feet = float(self.rng.randint(*HEAVE_FEET))
        else:
            return
        n = off.pick(SHOT, random())
        self._count_shot(off, n, zone.points, made)
        self._log("shot", zone.kinds[0], off.keys[n], off.tricode, None, None, made, zone.shot_type, feet)
        if not made:
            self._log("rebound", "rebound team", None, self.defence.tricode)

    def _log(
        self,
        kind: str,
        subtype: str | None,
        player: str | None = None,
        team: str | None = None,
        other: str | None = None,
        role: str | None = None,
        made: bool | None = None,
        shot_type: str | None = None,
        distance: float | None = None,
    ) -> None:
        self.events.append(
            (
                self.period,
                kind,
                subtype,
                made,
                shot_type,
                distance,
                player,
                team,
                other,
                role,
                self.clock,
                self.home.score,
                self.away.score,
            )
        )

    def _give_ball(self, side: Side, tempo: tuple[int, ...]) -> None:
        self.offence, self.defence = side, side.opponent
        self.tempo = tempo
        self.scramble = False

    # --- chances -------------------------------------------------------------------------------------------------

    def _shot(self) -> None:
        off, deff, random = self.offence, self.defence, self.random
        n = off.pick(SHOT, random())
        player = off.players[n]
        three, rim, short = player.zone_cuts
        draw = random()
        zone = THREE if draw < three else RIM if draw < rim else SHORT if draw < short else MIDDLE
        fouled = random() < zone.fouled
        rate = zone.made + player.touch + off.edge - deff.guard - EASE_PER_POINT * (off.score - deff.score)
        made = random() < (rate * CONTACT if fouled else rate)
        if fouled and not made:
            self._foul(deff, "shooting")
            self._free_throws(n, zone.points)
            return

        kinds = zone.kinds
        assisted = zone.assisted
        if self.scramble and zone is RIM and random() < TIP_IN:
            kinds, assisted = PUTBACKS, 0.0
        kind = kinds[int(random() * len(kinds))]
        distance = zone.distances[int(random() * len(zone.distances))]
        other = role = None
        self._count_shot(off, n, zone.points, made)
        if made:
            if random() < assisted:
                helper = n
                while helper == n:
                    helper = off.pick(ASSIST, random())
                off.box[helper][AST] += 1
                other, role = off.keys[helper], "assist"
        elif random() < zone.blocked:
            blocker = deff.pick(BLOCK, random())
            deff.box[blocker][BLK] += 1
            other, role = deff.keys[blocker], "block"
        self._log("shot", kind, off.keys[n], off.tricode, other, role, made, zone.shot_type, distance)

        if not made:
            self._rebound()
        elif fouled:
            self._foul(deff, "shooting")
            self._free_throws(n, 1)
        else:
            self._give_ball(deff, SETTLED)
            if random() < TIMEOUT_AFTER_BASKET:
                self._timeout(deff)

    def _count_shot(self, side: Side, n: int, points: int, made: bool) -> None:
        row = side.box[n]
        row[FGA] += 1
        if points == 3:
            row[TPA] += 1
        if made:
            row[FGM] += 1
            row[PTS] += points
            side.score += points
            if points == 3:
                row[TPM] += 1

    def _rebound(self) -> None:
        off, deff, random = self.offence, self.defence, self.random
        clock = self.clock + REBOUND_SECONDS[int(random() * len(REBOUND_SECONDS))]
        self.clock = clock if clock < self.length else self.length
        if random() < TEAM_REBOUND:
            side = off if random() < TEAM_REBOUND_TO_OFFENCE else deff
            self._log("rebound", "rebound team", None, side.tricode)
            self._give_ball(side, RESTART if side is off else SETTLED)
            self._dead_ball()
        elif random() < OFFENSIVE_REBOUND:
            n = off.pick(OFF_REBOUND, random())
            off.box[n][ORB] += 1
            self._log("rebound", "rebound offensive", off.keys[n], off.tricode)
            self.tempo, self.scramble = SECOND_CHANCE, True
        else:
            n = deff.pick(DEF_REBOUND, random())
            deff.box[n][DRB] += 1
            self._log("rebound", "rebound defensive", deff.keys[n], deff.tricode)
            self._give_ball(deff, BREAK)

    def _turnover(self) -> None:
        off, deff, random = self.offence, self.defence, self.random
        if random() < TEAM_TURNOVER:
            off.team_turnovers += 1
            self._log("turnover", TEAM_TURNOVERS[int(random() * len(TEAM_TURNOVERS))], None, off.tricode)
        else:
            n = off.pick(TURNOVER, random())
            off.box[n][TOV] += 1
            draw = random()
            if draw < STOLEN:
                thief = deff.pick(STEAL, random())
                deff.box[thief][STL] += 1
                kind = STOLEN_TURNOVERS[int(random() * len(STOLEN_TURNOVERS))]
                self._log("turnover", kind, off.keys[n], off.tricode, deff.keys[thief], "steal")
                self._give_ball(deff, BREAK)
                return
            if draw < STOLEN + OFFENSIVE_FOUL:
                self._count_foul(off, n, OFFENSIVE_FOULS[int(random() * len(OFFENSIVE_FOULS))])
                kind = "offensive foul"
            else:
                kind = DEAD_TURNOVERS[int(random() * len(DEAD_TURNOVERS))]
            self._log("turnover", kind, off.keys[n], off.tricode)
        self._give_ball(deff, SETTLED)
        self._dead_ball()

    def _floor_foul(self) -> None:
        """A foul away from the shot: free throws once the team fouls are used up, else the ball from the side."""
        random = self.random
        self._foul(self.defence, FLOOR_FOULS[int(random() * len(FLOOR_FOULS))])
        if self.defence.team_fouls > TEAM_FOUL_LIMIT:
            self._free_throws(self.offence.pick(SHOT, random()), 2)
        else:
            self.tempo, self.scramble = RESTART, False
            self._dead_ball()

    # --- fouls and free throws -----------------------------------------------------------------------------------

    def _foul(self, side: Side, kind: str) -> None:
        """A foul of the defence."""
        side.team_fouls += 1
        self._count_foul(side, side.pick(FOUL, self.random()), kind)
        if side.must_change:
            self._substitute(side)

    def _count_foul(self, side: Side, n: int, kind: str) -> None:
        row = side.box[n]
        row[PF] += 1
        self._log("foul", kind, side.keys[n], side.tricode)
        if row[PF] == FOUL_LIMIT:
            side.must_change = True

    def _free_throws(self, n: int, count: int) -> None:
        """Free throws of the offence; a miss of any but the last is a team rebound of the shooter's club."""
        off = self.offence
        last = count - 1
        made = True
        for k, label in enumerate(FREE_THROWS[count]):
            made = self._free_throw(off, n, label)
            if not made and k < last:
                self._log("rebound", "rebound team", None, off.tricode)
        if made:
            self._give_ball(off.opponent, SETTLED)
            self._dead_ball()
        else:
            self._rebound()

    def _free_throw(self, side: Side, n: int, label: str) -> bool:
        row = side.box[n]
        made = self.random() < side.players[n].free_throw
        row[FTA] += 1
        if made:
            row[FTM] += 1
            row[PTS] += 1
            side.score += 1
        self._log("free throw", label, side.keys[n], side.tricode, None, None, made)
        return made

    def _technical(self, side: Side) -> None:
        """A technical foul of a player or (no name) of the coach; the best shooter of the other club shoots one."""
        key = None if self.random() < COACH_TECHNICAL else side.keys[side.pick(FOUL, self.random())]
        self._log("foul", "technical", key, side.tricode)
        other = side.opponent
        self._free_throw(other, max(other.on, key=lambda n: other.players[n].free_throw), "free throw technical")

    # --- stoppages and substitutions -------------------------------------------------------------------------------

    def _dead_ball(self) -> None:
        """What may happen while play rests: replay, technical foul, timeout, substitutions."""
        random = self.random
        if random() < REPLAY:
            self._log("instant replay", None)
        if random() < TECHNICAL:
            self._technical(self.home if random() < 0.5 else self.away)
        if random() < TIMEOUT_AT_DEAD_BALL:
            self._timeout(self.offence)
        else:
            self._changes()

    def _timeout(self, side: Side) -> None:
        if side.timeouts < TIMEOUTS:
            side.timeouts += 1
            self._log("timeout", "regular", None, side.tricode)
        self._changes()

    def _changes(self) -> None:
        """Substitutions that are due."""
        now = self.base + self.clock
        for side in (self.home, self.away):
            if side.must_change or now >= side.next_change:
                self._substitute(side)

    def _substitute(self, side: Side) -> None:
        """Put the five men on court that the coach wants now."""
        now = self.base + self.clock
        side.must_change = False
        side.next_change = now + self.rng.randint(*CHANGE_INTERVAL)
        on = side.on
        five = self._best_five(side, now)
        out = [n for n in on if n not in five]
        if not out:
            return
        for old, new in zip(out, [n for n in five if n not in on], strict=True):
            self._log("substitution", None, side.keys[old], side.tricode, side.keys[new], "substitution in")
            side.leave(old, now)
            side.enter(new, now)
            on[on.index(old)] = new
        side.weigh()

    def _best_five(self, side: Side, now: int) -> list[int]:
        box, targets, usable = side.box, side.targets, side.usable
        allowed = [n for n, row in enumerate(box) if row[PF] < FOUL_LIMIT and usable[n]]
        if len(allowed) < ON_COURT:  # everybody else has fouled out: the deep bench, then whoever is on court
            spare = [n for n, row in enumerate(box) if n not in allowed and row[PF] < FOUL_LIMIT]
            return (allowed + spare + [n for n in side.on if n not in allowed and n not in spare])[:ON_COURT]
        left = REGULATION - now
        if self.period >= QUARTERS:
            if 0 < left <= GARBAGE_SECONDS and abs(side.margin) >= GARBAGE_MARGIN:
                return allowed[-ON_COURT:]
            if left <= CLOSING_SECONDS:
                return allowed[:ON_COURT]
        elif self.clock == 0 and self.period == 3:
            return allowed[:ON_COURT]
        random, entered, on = self.random, side.entered, side.on
        share = (now + LOOK_AHEAD) / REGULATION
        need = {}
        for n in allowed:
            wanted = targets[n] * share - box[n][SEC] + random() * COACH_NOISE
            if n in on:
                wanted += STAY_ON - (now - entered[n])
            elif not targets[n]:
                wanted -= REGULATION  # the deep bench waits for decided games
            need[n] = wanted
        return sorted(allowed, key=need.__getitem__, reverse=True)[:ON_COURT]
