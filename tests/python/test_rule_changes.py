"""Seasons under other rules: the NBA Cup and heaves of 2025-26, one that ends in October, one that begins late."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from random import Random

import duckdb
import pytest
from backfill.base.seasons import season_of, season_start
from backfill.contract import load_contract
from backfill.raw.load import load_directory
from backfill.raw.simulate import write_league
from backfill.raw.simulate.schedule import regular_season
from building import PROJECT, change, dbt, query, run_models

FINAL_WEEK = ("2025-12-11", "2025-12-20")


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw files of a simulated 2025-26."""
    folder = tmp_path_factory.mktemp("season_2025")
    write_league(folder, seasons=1, seed=7, first_season=2025)
    return folder


@pytest.fixture(scope="module")
def built(season: Path, warehouses: Path) -> Path:
    """The days around the Cup's final, Phase 3 built."""
    warehouse = warehouses / "rules_2025" / "nba.duckdb"
    warehouse.parent.mkdir(parents=True)
    load_directory(season, warehouse, load_contract(PROJECT))
    run_models(warehouse, *FINAL_WEEK, "--selector", "phase3")
    return warehouse


def rows(season: Path, table: str, where: str = "true") -> list[tuple]:
    return duckdb.sql(f"select * from read_parquet('{season}/{table}/*.parquet') where {where}").fetchall()


def test_the_cup_has_two_semifinals_of_the_regular_season_and_a_final_outside_it(season: Path) -> None:
    games = duckdb.sql(
        "select left(game_id, 3), is_regular_season, game_date, neutral_site_flag "
        f"from read_parquet('{season}/nbac_schedule/*.parquet') where arena_city = 'Las Vegas' order by game_date"
    ).fetchall()
    assert [game[:2] for game in games] == [("002", True), ("002", True), ("006", False)]
    assert all(game[3] for game in games)
    assert games[0][2] == games[1][2] < games[2][2]
    semifinalists = rows(season, "nbac_schedule", "arena_city = 'Las Vegas' and game_id like '002%'")
    finalists = rows(season, "nbac_schedule", "game_id like '006%'")[0]
    assert {finalists[5], finalists[6]} == {game[7] for game in semifinalists}


def test_a_season_before_has_neither(tmp_path: Path) -> None:
    assert regular_season(Random(7), 2024).cup_final_day is None


def heaves(warehouse: Path, table: str) -> dict[int, int]:
    """Attempts of teams beyond their players', and of how many team games."""
    return dict(
        query(
            warehouse,
            f"""
            with players as (
                select game_id, team_abbr, sum(fg_attempts) as attempts
                from nba_analytics.player_game_summary group by all
            )
            select team.fg_attempts - players.attempts, count(*)
            from {table} as team inner join players using (game_id, team_abbr) group by 1
            """,
        )
    )


def test_heaves_are_the_teams_and_no_finding(built: Path) -> None:
    counted = heaves(built, "nba_analytics.team_offense_game_summary")
    assert set(counted) <= {0, 1, 2, 3} and counted[0] > counted[1] > 10
    found = query(
        built,
        "select count(*) from nba_orchestration.audit_findings where check_id = 'player_totals_equal_team_totals'",
    )
    assert found == [(0,)]


def test_the_final_is_in_no_table_and_its_clubs_are(built: Path) -> None:
    """It counts in no standing or season average; both clubs have their other games."""
    final = query(
        built, "select home_team_tricode, away_team_tricode from nba_raw.nbac_schedule where game_id like '006%'"
    )
    assert query(built, "select count(*) from nba_analytics.player_game_summary where nba_game_id like '006%'") == [
        (0,)
    ]
    for team in final[0]:
        assert query(
            built, f"select count(*) > 0 from nba_analytics.team_offense_game_summary where team_abbr = '{team}'"
        ) == [(True,)]


@pytest.mark.parametrize(("attempts", "year", "severity"), [(-1, 2025, "flag"), (4, 2025, "hold"), (1, 2024, "flag")])
def test_other_differences_are_found_as_before(
    attempts: int, year: int, severity: str, built: Path, tmp_path: Path
) -> None:
    """Fewer than the players', more than three, or a season without the rule."""
    warehouse = tmp_path / "nba.duckdb"
    shutil.copy(built, warehouse)
    game = query(
        built,
        "with players as (select game_id, team_abbr, sum(fg_attempts) as attempts "
        "from nba_analytics.player_game_summary group by all) "
        "select game_id, team_abbr, attempts from players order by 1, 2 limit 1",
    )[0]
    change(
        warehouse,
        f"update nba_analytics.team_offense_game_summary set fg_attempts = {game[2] + attempts}, season_year = {year} "
        f"where game_id = '{game[0]}' and team_abbr = '{game[1]}'",
    )
    dbt(warehouse, "test", "--select", "player_totals_equal_team_totals", window=FINAL_WEEK)
    found = query(
        warehouse,
        "select statistic, severity from nba_orchestration.player_totals_equal_team_totals "
        f"where game_id = '{game[0]}' and team_abbr = '{game[1]}'",
    )
    assert found == [("fg_attempts", severity)]


# ---- seasons that begin and end elsewhere ----


@pytest.mark.parametrize(
    ("year", "first", "last"),
    [(2019, (2019, 10), (2020, 10)), (2020, (2020, 12), (2021, 7)), (2025, (2025, 10), (2026, 6))],
)
def test_a_season_begins_and_ends_where_its_year_did(
    year: int, first: tuple[int, int], last: tuple[int, int], tmp_path: Path
) -> None:
    write_league(tmp_path, seasons=1, seed=7, first_season=year)
    begins, ends, years = duckdb.sql(
        "select min(game_date), max(game_date), list(distinct season_year) "
        f"from read_parquet('{tmp_path}/nbac_schedule/*.parquet')"
    ).fetchone()
    assert ((begins.year, begins.month), (ends.year, ends.month), years) == (first, last, [year])
    assert {season_of(begins), season_of(ends)} == {year}


@pytest.mark.parametrize(
    ("day", "year"),
    [("2020-10-11", 2019), ("2020-10-12", 2020), ("2021-07-31", 2020), ("2020-12-22", 2020), ("2024-07-31", 2023)],
)
def test_a_date_is_of_the_season_that_it_is_played_in(day: str, year: int) -> None:
    assert season_of(date.fromisoformat(day)) == year
    assert season_start(date.fromisoformat(day)) == date(year, 10, 12)


def test_averages_go_on_past_the_first_of_august(tmp_path: Path, warehouses: Path) -> None:
    """On 2 August 2020 a player of 2019-20 has the games of July behind him, and his averages say so."""
    write_league(tmp_path / "raw", seasons=1, seed=7, first_season=2019)
    warehouse = warehouses / "rules_2019" / "nba.duckdb"
    warehouse.parent.mkdir(parents=True)
    load_directory(tmp_path / "raw", warehouse, load_contract(PROJECT))
    run_models(warehouse, "2020-07-22", "2020-08-05", "--selector", "phase3")
    august = query(
        warehouse,
        "select count(*), count(points_avg_last_5), max(games_played_season), min(season_year), max(season_year) "
        "from nba_analytics.upcoming_player_game_context where game_date >= date '2020-08-01'",
    )[0]
    assert august[0] > 50 and august[1] > 0.4 * august[0]
    assert august[2] > 4 and august[3:] == (2019, 2019)
    open_on_season = query(
        warehouse,
        "select count(*) from nba_orchestration.audit_findings where check_id = 'seasons_follow_from_dates'",
    )
    assert open_on_season == [(0,)]
