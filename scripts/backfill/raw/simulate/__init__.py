"""A simulated basketball league in the shape of the raw contract (``models/staging/*/_*__sources.yml``).

The clubs carry the names of the thirty NBA clubs; players, games, scores, injuries, prices and every other value
are made up by a random generator. **Nothing written by this package is a real NBA record, and it must never be
presented as one**: each row says so in ``source_file_path`` (``simulated:seed=<seed>``).

The rules of a season are those of its year: 2019-20 breaks off in March and ends in October, 2020-21 begins in
December; from 2025-26 on there are the NBA Cup and heaves that are charged to no player.

Where things are:

=================== =================================================================================
``league.py``       clubs, fictional players and how each source spells them, trades, turnover of rosters
``schedule.py``     82 games a club, tip-off times, postponements, play-in and playoff brackets
``lineups.py``      who is hurt, who is dressed, who starts, how many minutes a coach plans
``game.py``         one game, possession by possession: play-by-play and box score
``boxscores.py``    a finished game as rows of the schedule, box score and play-by-play tables
``injury_report.py`` rows of the official injury report
``markets.py``      player points props and game lines
``season.py``       one season from opening night to the last final
``write.py``        table layouts and parquet files
=================== =================================================================================
"""

from __future__ import annotations

from pathlib import Path
from random import Random

from .league import build_league
from .season import simulate_season
from .write import REGISTRY_TABLE, season_label, write_table

#: Text a user interface shows beside anything computed from these files.
NOTICE = "Simulated league: fictional players and results. Not NBA data; never present it as real."

__all__ = ["NOTICE", "write_league"]


def write_league(directory: Path, seasons: int, seed: int, first_season: int = 2023) -> None:
    """Simulate a league and write it as ``<directory>/<table>/<season>.parquet``.

    ``seasons`` counts seasons, ``first_season`` is the first calendar year of the first one (2023 = 2023-24).
    The same ``seed`` gives the same rows, and a longer run starts with the seasons of a shorter one (the registry,
    ``reference/nba_players_registry.parquet``, covers the whole run). Files that exist are overwritten.

    Raises ``ValueError`` if ``seasons`` is less than one.
    """
    if seasons < 1:
        raise ValueError(f"seasons must be 1 or more, got {seasons}")
    rng = Random(seed)
    league = build_league(rng, first_season)
    registry: list[tuple] = []
    for year in range(first_season, first_season + seasons):
        if year > first_season:
            league.turn_over(rng, year)
        tables = simulate_season(league, year, rng)
        registry += tables.rows.pop(REGISTRY_TABLE)
        for name in sorted(tables.rows):
            write_table(directory / name / f"{season_label(year)}.parquet", name, tables.rows[name], seed)
        tables.write_play_by_play(directory, year, seed)
    write_table(directory / "reference" / f"{REGISTRY_TABLE}.parquet", REGISTRY_TABLE, registry, seed)
