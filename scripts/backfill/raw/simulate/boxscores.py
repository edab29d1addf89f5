"""A finished game as rows: schedule, gamebook, second and third player box score, team box score, play-by-play."""

from __future__ import annotations

from random import Random

from .game import AST, BLK, DRB, FGA, FGM, FTA, FTM, ON_COURT, ORB, PF, PLUS, PTS, SEC, STL, TOV, TPA, TPM, Game, Side
from .league import CLUB, deleting_lookup
from .lineups import Sheet
from .schedule import PLAYOFFS, REGULAR, Fixture
from .write import SeasonTables

FINAL, SCHEDULED = 3, 1
#: Why a dressed man did not play, by frequency out of 100.
DNP_REASONS = (
    *("Did Not Play",) * 90,
    *("Did Not Dress",) * 8,
    "Not With Team",
    "Player Suspended",
)
#: The optional third box score covers this many days from opening night.
PLAYER_BOXSCORE_DAYS = 28
TEAM_MINUTES, OVERTIME_TEAM_MINUTES = 240, 25
#: From this season on a missed heave is an attempt of the team alone: one of ten periods of a team ends with one.
HEAVES_SINCE, HEAVE_SHARE = 2025, 0.1
NO_STATISTICS = (None,) * 18


def clock_text(seconds: int) -> str:
    """``MM:SS``."""
    return f"{seconds // 60:02d}:{seconds % 60:02d}"


def whole_minutes_text(seconds: int) -> str:
    """Rounded minutes; ``00`` is less than half a minute."""
    return str((seconds + 30) // 60) if seconds >= 30 else "00"


def schedule_row(fixture: Fixture, home_score: int | None, away_score: int | None, postponed: bool = False) -> tuple:
    """Row of ``nbac_schedule``: final with scores, else scheduled."""
    final = home_score is not None and away_score is not None
    winner = (fixture.home if home_score > away_score else fixture.away) if final else None
    place = fixture.neutral or CLUB[fixture.home]
    return (
        fixture.nba_id,
        fixture.date,
        fixture.tip,
        fixture.year,
        FINAL if final else SCHEDULED,
        fixture.home,
        fixture.away,
        winner,
        home_score,
        away_score,
        fixture.kind == PLAYOFFS,
        fixture.kind == REGULAR,
        None,
        fixture.neutral is not None,
        place.arena,
        place.city,
        place.state,
        "Y" if postponed else None,
        "simulated",
    )


def add_game(
    tables: SeasonTables, rng: Random, fixture: Fixture, game: Game, sheets: tuple[Sheet, Sheet], day_of_season: int
) -> None:
    """Add the rows of a finished game to all tables of results."""
    tables.rows["nbac_schedule"].append(schedule_row(fixture, game.home.score, game.away.score))
    for side, sheet in zip((game.home, game.away), sheets, strict=True):
        _gamebook(tables, rng, fixture, side, sheet)
        heaves = heaves_of(rng, fixture.year)
        tables.rows["nbac_team_boxscore"].append(_team_row(fixture, side, game.overtimes, heaves))
        if fixture.kind == REGULAR:
            _second_box(tables, fixture, side)
        if day_of_season < PLAYER_BOXSCORE_DAYS:
            _third_box(tables, fixture, side)
    header = (fixture.game_id, fixture.nba_id, fixture.date, fixture.year, fixture.home, fixture.away)
    tables.add_play_by_play(header, game.events)


def _gamebook(tables: SeasonTables, rng: Random, fixture: Fixture, side: Side, sheet: Sheet) -> None:
    head = (fixture.game_id, fixture.date, fixture.year, fixture.home, fixture.away)
    rows = tables.rows["nbac_gamebook_player_stats"]
    for n, (player, box) in enumerate(zip(side.players, side.box, strict=True)):
        who = (*head, player.name, player.lookup, side.tricode)
        if not side.appeared[n]:
            rows.append((*who, "dnp", rng.choice(DNP_REASONS), *NO_STATISTICS, False, None, None))
            continue
        statistics = (
            clock_text(box[SEC]),
            round(box[SEC] / 60, 4),
            box[PTS],
            box[FGM],
            box[FGA],
            box[TPM],
            box[TPA],
            box[FTM],
            box[FTA],
            box[ORB],
            box[DRB],
            box[ORB] + box[DRB],
            box[AST],
            box[STL],
            box[BLK],
            box[TOV],
            box[PF],
            box[PLUS],
        )
        rows.append((*who, "active", None, *statistics, n < ON_COURT, None, None))
    for player in sheet.inactive:
        who = (*head, player.name, player.lookup, side.tricode)
        rows.append((*who, "inactive", None, *NO_STATISTICS, False, None, None))


def heaves_of(rng: Random, year: int) -> int:
    """Long shots at the end of periods 1 to 3 that went in nobody's book: attempts of the team alone (from 2025-26)."""
    return sum(rng.random() < HEAVE_SHARE for _ in range(3)) if year >= HEAVES_SINCE else 0


def _team_row(fixture: Fixture, side: Side, overtimes: int, heaves: int) -> tuple:
    total = [sum(column) for column in zip(*side.box, strict=True)]
    return (
        fixture.game_id,
        fixture.nba_id,
        fixture.date,
        fixture.year,
        side.tricode,
        side.tricode == fixture.home,
        f"{TEAM_MINUTES + OVERTIME_TEAM_MINUTES * overtimes}:00",
        total[PTS],
        total[FGM],
        total[FGA] + heaves,
        total[TPM],
        total[TPA],
        total[FTM],
        total[FTA],
        total[ORB],
        total[DRB],
        total[ORB] + total[DRB],
        total[AST],
        total[STL],
        total[BLK],
        total[TOV] + side.team_turnovers,
        total[PF],
        side.margin,
    )


def _second_box(tables: SeasonTables, fixture: Fixture, side: Side) -> None:
    rows = tables.rows["bdl_player_boxscores"]
    for player, box, appeared in zip(side.players, side.box, side.appeared, strict=True):
        if appeared:
            rows.append(
                (
                    fixture.game_id,
                    fixture.date,
                    fixture.year,
                    "Final",
                    False,
                    fixture.home,
                    fixture.away,
                    side.tricode,
                    player.bdl_name,
                    deleting_lookup(player.bdl_name),
                    whole_minutes_text(box[SEC]),
                    box[ORB] + box[DRB],
                    box[PTS],
                    box[FGM],
                    box[FGA],
                    box[TPM],
                    box[TPA],
                    box[FTM],
                    box[FTA],
                    box[ORB],
                    box[DRB],
                    box[AST],
                    box[STL],
                    box[BLK],
                    box[TOV],
                    box[PF],
                )
            )


def _third_box(tables: SeasonTables, fixture: Fixture, side: Side) -> None:
    rows = tables.rows["nbac_player_boxscores"]
    for n, (player, box) in enumerate(zip(side.players, side.box, strict=True)):
        if side.appeared[n]:
            minutes = clock_text(box[SEC])
            rows.append(
                (fixture.game_id, fixture.nba_id, fixture.date, player.lookup, side.tricode, n < ON_COURT, minutes)
            )
