"""Cost proof, counted half: what a one-date build scans does not grow with the history, and the counting is right."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from backfill.base.errors import BackfillError
from backfill.cost.estimate import (
    LEDGER,
    MIB,
    MINIMUM_BILLED,
    Estimate,
    NodeCost,
    Statistics,
    measure,
    price,
    read_build,
    refuse_above,
)
from backfill.cost.estimate import typical as typical_statistics
from backfill.cost.scans import Bounds
from bigquery.compiled import compiled

#: The date is in the middle of a season: 10 January 2022.
DATES = ("2022-01-10", "2022-01-10")
DAY = date(2022, 1, 10)
GAMES_A_DAY, DAYS_A_SEASON, OPENING_NIGHT = 8, 165, date(2021, 10, 19)
#: Rows per game, rounded up, as in the real seasons 2021-22 to 2023-24; 40 for the others.
ROWS_PER_GAME = {
    "nba_raw.bigdataball_play_by_play": 480,
    "nba_models.model_trees": 3,
    "nba_raw.odds_api_player_points_props": 165,
    "nba_raw.nbac_schedule": 1,
    "nba_raw.nbac_team_boxscore": 2,
    "nba_staging.int_play_by_play__shots": 180,
    "nba_staging.int_schedule__games": 1,
    "nba_staging.int_schedule__team_games": 2,
    "nba_staging.int_schedule__precompute_days": 1 / GAMES_A_DAY,
    "nba_staging.int_players__resolved_names": 60,
    "nba_analytics.team_offense_game_summary": 2,
    "nba_analytics.team_defense_game_summary": 2,
    "nba_analytics.upcoming_team_game_context": 2,
}
#: Per season: players, and a version a month of two systems.
UNDATED = {"nba_raw.nba_players_registry": 550, "nba_models.model_versions": 18}
#: What grows: the schedule and what is made of it, read whole where it is made, and the registry. One row a game.
MAY_GROW = {
    "nba_raw.nbac_schedule",
    "nba_staging.int_schedule__games",
    "nba_staging.int_schedule__team_games",
    "nba_staging.int_schedule__precompute_days",
    *UNDATED,
}


def history(seasons: int) -> Statistics:
    """Simulated row counts: the season of DAY and `seasons` - 1 before it, for every stored table."""
    days = [
        OPENING_NIGHT + timedelta(days=day) - timedelta(days=364 * season)
        for season in range(seasons)
        for day in range(DAYS_A_SEASON)
    ]
    manifest = compiled(DATES)
    stored = typical_statistics(manifest, {})
    seeds = {f"{n['schema']}.{n['alias']}" for n in manifest["nodes"].values() if n["resource_type"] == "seed"}
    rows = {
        table: dict.fromkeys(days, round(ROWS_PER_GAME.get(table, 40) * GAMES_A_DAY))
        for table in stored.widths
        if table not in seeds
    }
    rows |= {table: {None: count * seasons} for table, count in UNDATED.items()}
    rows |= {table: {None: 100} for table in seeds}
    return Statistics(rows, stored.widths)


@pytest.fixture(scope="module")
def by_seasons() -> dict[int, Estimate]:
    """Estimates for one date, with hooks and data tests, after so many seasons: no window is longer than two years."""
    manifest = compiled(DATES)
    build = read_build(manifest)
    return {seasons: price(build, history(seasons), DAY, DAY) for seasons in (3, 4, 10)}


def test_a_one_date_build_is_not_billed_more_with_ten_seasons(by_seasons: dict[int, Estimate]) -> None:
    # every model, hook and data test; one wide test a model took the place of a hundred narrow ones
    assert len(by_seasons[3].nodes) > 140
    assert by_seasons[3].billed > 0
    assert by_seasons[10].billed < 1.05 * by_seasons[3].billed


def test_a_one_date_build_does_not_scan_more_with_ten_seasons(by_seasons: dict[int, Estimate]) -> None:
    assert by_seasons[10].bytes < 1.05 * by_seasons[3].bytes


def test_partitioned_tables_scan_the_same_bytes(by_seasons: dict[int, Estimate]) -> None:
    three, four, ten = (
        {table: size for table, size in of_tables(found).items() if table not in MAY_GROW}
        for found in by_seasons.values()
    )
    assert sum(three.values()) > 10 * MIB
    assert ten == four == three


def test_what_grows_is_small_and_named(by_seasons: dict[int, Estimate]) -> None:
    four, ten = of_tables(by_seasons[4]), of_tables(by_seasons[10])
    assert {table for table in ten if ten[table] > four[table]} <= MAY_GROW
    for nodes in zip(by_seasons[3].nodes, by_seasons[10].nodes, strict=True):
        small, large = (node.scanned for node in nodes)
        for table in MAY_GROW & set(large):
            assert large[table] - small[table] < MINIMUM_BILLED, (nodes[0].name, table)


def of_tables(found: Estimate) -> dict[str, int]:
    """Bytes scanned per table."""
    sizes: dict[str, int] = {}
    for node in found.nodes:
        for table, size in node.scanned.items():
            sizes[table] = sizes.get(table, 0) + size
    return sizes


# ---- the counting ---------------------------------------------------------------------------------------------------

PROJECT_ID = "p"


def small_manifest(sql: str, materialized: str = "incremental") -> dict:
    """A raw table `games`, partitioned by game_date, and one model on it."""
    column = {name: {"name": name, "data_type": kind} for name, kind in (("game_date", "date"), ("points", "int64"))}
    source = {
        "schema": "raw",
        "identifier": "games",
        "columns": column,
        "config": {"meta": {"partition_by": "game_date"}},
    }
    config = {"materialized": materialized, "partition_by": {"field": "game_date"}, "meta": {}}
    model = {
        **{"unique_id": "model.small", "name": "small", "resource_type": "model", "schema": "marts", "alias": "small"},
        **{"compiled_code": sql, "columns": column, "config": config, "depends_on": {"nodes": []}},
    }
    return {"sources": {"source.games": source}, "nodes": {"model.small": model}}


TEN_ROWS_A_DAY = {date(2022, 1, day): 10 for day in range(1, 31)}
WITHIN = "where game_date between cast('2022-01-10' as date) and cast('2022-01-12' as date)"


def counted(sql: str, materialized: str = "table") -> NodeCost:
    manifest = small_manifest(sql, materialized)
    statistics = typical_statistics(manifest, {"raw.games": TEN_ROWS_A_DAY, "marts.small": TEN_ROWS_A_DAY})
    (node,) = price(read_build(manifest), statistics, date(2022, 1, 10), date(2022, 1, 12)).nodes
    return node


def test_only_named_columns_of_bounded_dates_count() -> None:
    assert counted(f"select points from p.raw.games {WITHIN}").scanned == {"raw.games": 3 * 10 * 16}
    assert counted("select points from p.raw.games").scanned == {"raw.games": 30 * 10 * 8}


def test_a_table_that_is_named_twice_is_read_once() -> None:
    within = WITHIN.replace("game_date", "a.game_date")
    sql = f"select a.points from p.raw.games as a cross join p.raw.games as b {within}"
    # b is unbounded: all dates, and the columns of both
    assert counted(sql).scanned == {"raw.games": 30 * 10 * 16}


def test_an_incremental_model_pays_for_its_merge_and_its_hook() -> None:
    node = counted(f"select game_date, points from p.raw.games {WITHIN}", "incremental")
    ledger = dict.fromkeys(LEDGER, 0)
    # the MERGE and, for the ledger, the rows that are there after it
    assert node.scanned == {"raw.games": 480, "marts.small": 2 * 480, "marts.small (scratch)": 480, **ledger}
    assert node.billed == (1 + 2 + 3) * MINIMUM_BILLED


def test_dates_that_are_not_built_count_as_the_others() -> None:
    known = Statistics({"a": {DAY: 20}, "b": {}, "c": {None: 7}}, {"a": {"x": 8.0}, "b": {}, "c": {}})
    later = DAY + timedelta(days=1)
    expected = known.expecting({DAY: 2, later: 3})
    assert expected.rows == {"a": {DAY: 20, later: 30}, "b": {DAY: 120, later: 180}, "c": {None: 7}}
    assert expected.rows_within("a", Bounds(later, later)) == 30


def test_widths_are_what_bigquery_stores(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "nba.duckdb")) as connection:
        connection.execute(
            "create schema raw; create table raw.games as select date '2022-01-10' as game_date, x::bigint as points, "
            "'é' as name, [1.0::double, 2.0] as list, (x / 3)::decimal(6, 2) as share from range(4) as r(x)"
        )
        connection.execute("insert into raw.games (game_date) values ('2022-01-11')")
        found = measure(connection, small_manifest("select 1 as x"))
    assert found.rows == {"raw.games": {date(2022, 1, 10): 4, date(2022, 1, 11): 1}}
    expected = {"game_date": 8.0, "points": 6.4, "name": 3.2, "list": 12.8, "share": 12.8}
    assert found.widths["raw.games"] == pytest.approx(expected)


def test_above_the_limit_is_refused() -> None:
    found = Estimate((NodeCost("model.dear", "dear", "model", {"t": 5 * MIB}, 10 * MIB),))
    refuse_above(found, 10 * MIB)
    with pytest.raises(
        BackfillError, match=r"about 10\.0 MiB, more than the limit of 9\.0 MiB; dearest: dear 10\.0 MiB"
    ):
        refuse_above(found, 9 * MIB)
