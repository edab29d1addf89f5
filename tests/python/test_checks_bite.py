"""Every data test turns red on the fault it is for, and none is red on sound data.

The compiled tests run directly on a built real warehouse, each fault inside a transaction that is rolled back.
"""

import re
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

import duckdb
import pytest
import yaml
from backfill.build.execution import Outcome
from building import MARTS, PROJECT, change, copied, dbt, query

WINDOW = ("2021-11-10", "2021-11-20")
#: Whether a number varies is looked at over 30 dates and more.
LONG_WINDOW = ("2021-11-06", "2021-12-09")
A = "nba_analytics"
PREDICTIONS = "nba_predictions.player_prop_predictions"
ONE_GAME = f"(select min(game_id) from {A}.team_offense_game_summary where game_date = '2021-11-15')"
ONE_PLAYER = (
    f"game_id = {ONE_GAME} and player_lookup = "
    f"(select min(player_lookup) from {A}.player_game_summary where game_id = {ONE_GAME} and seconds_played > 600)"
)
ONE_DAY = "game_date = '2021-11-15'"


def doubled(table: str) -> str:
    """A statement that stores one game's rows of a table twice."""
    return f"insert into {table} select * from {table} where game_id = {ONE_GAME}"


SCHEDULES = ("nba_raw.nbac_schedule", "nba_staging.int_schedule__games")
# fault -> (statements, data tests that must be red; other tests may be, too)
FAULTS: dict[str, tuple[list[str], list[str]]] = {
    "a team row is missing": (
        [f"delete from {A}.team_offense_game_summary where game_id = {ONE_GAME} and home_game"],
        ["team_tables_hold_both_teams_of_each_final", "defence_mirrors_offence"],
    ),
    "a game is missing": (
        [f"delete from {A}.player_game_summary where game_id = {ONE_GAME}"],
        ["season_has_every_game", "no_player_is_dropped", "player_totals_equal_team_totals"],
    ),
    "the tables of a day are empty": (
        [f"delete from {A}.{table} where {ONE_DAY}" for table in MARTS],
        [
            "season_has_every_game",
            "no_player_is_dropped",
            "team_tables_hold_both_teams_of_each_final",
            "upcoming_rows_match_the_schedule",
            "raw_game_lines_reach_the_team_context",
        ],
    ),
    "a player is dropped": (
        [f"delete from {A}.player_game_summary where {ONE_PLAYER}"],
        ["no_player_is_dropped", "team_minutes_equal_player_minutes", "player_zones_add_up_to_team_zones"],
    ),
    "a player of a team nobody listed": (
        [f"update {A}.player_game_summary set team_abbr = 'XXX' where {ONE_PLAYER}"],
        ["no_player_is_dropped"],
    ),
    "rows of a game without a box score": (
        [
            f"delete from nba_raw.{table} where {ONE_DAY}"
            for table in ("nbac_gamebook_player_stats", "bdl_player_boxscores")
        ],
        ["no_player_is_dropped"],
    ),
    "a player's points are wrong": (
        [f"update {A}.player_game_summary set points = points + 1 where {ONE_PLAYER}"],
        ["player_totals_equal_team_totals", "numbers_are_plausible"],
    ),
    "a player's shot is in the wrong zone": (
        [f"update {A}.player_game_summary set paint_attempts = paint_attempts + 1 where {ONE_PLAYER}"],
        ["player_zones_add_up_to_team_zones"],
    ),
    "minutes are lost": (
        [f"update {A}.player_game_summary set seconds_played = seconds_played - 120 where {ONE_PLAYER}"],
        ["team_minutes_equal_player_minutes"],
    ),
    "defence and offence disagree": (
        [f"update {A}.team_defense_game_summary set opp_paint_makes = opp_paint_makes + 1 where game_id = {ONE_GAME}"],
        ["defence_mirrors_offence"],
    ),
    "no source serves a game": (
        [f"delete from nba_staging.int_boxscores__player_lines where game_id = {ONE_GAME}"],
        ["finals_are_served_by_a_critical_source"],
    ),
    "play-by-play is missing": (
        [f"delete from nba_staging.int_play_by_play__games where game_id = {ONE_GAME}"],
        ["finals_have_play_by_play"],
    ),
    "a box score of an unscheduled game": (
        [f"delete from {table} where {ONE_DAY}" for table in SCHEDULES],
        ["boxscore_games_are_scheduled"],
    ),
    "half of the shots are lost": (
        [f"update {A}.team_offense_game_summary set team_paint_attempts = 0 where game_id = {ONE_GAME}"],
        ["zones_cover_the_shots_of_the_box_score"],
    ),
    "home and away are swapped": (
        [f"update {A}.team_offense_game_summary set home_game = not home_game where game_id = {ONE_GAME}"],
        ["home_and_away_follow_the_schedule"],
    ),
    "a game of another season": (
        [f"update nba_staging.int_schedule__games set season_year = 2020 where game_id = {ONE_GAME}"],
        ["seasons_follow_from_dates"],
    ),
    "an outcome of a line names nobody": (
        [
            "update nba_raw.odds_api_game_lines set outcome_name = 'The Home Side' "
            f"where {ONE_DAY} and market_key = 'spreads' and outcome_point > 0"
        ],
        ["game_line_outcomes_are_known"],
    ),
    "a game in a city that nobody knows": (
        [f"update nba_staging.int_schedule__games set venue_key = null where game_id = {ONE_GAME}"],
        ["games_are_at_known_venues"],
    ),
    "the schedule has another score": (
        [f"update nba_staging.int_schedule__games set home_team_score = 7 where game_id = {ONE_GAME}"],
        ["schedule_scores_are_those_of_the_box_score"],
    ),
    "usage is not filled": (
        [f"update {A}.player_game_summary set usage_rate = null where {ONE_DAY}"],
        ["usage_rate_is_filled"],
    ),
    "a key is spelled differently": (
        [f"update {A}.player_game_summary set player_lookup = 'Some_Body' where {ONE_PLAYER}"],
        ["player_lookups_are_normalised"],
    ),
    "the spreads of a game have the same sign": (
        [f"update {A}.upcoming_team_game_context set game_spread = 3.5 where game_id = {ONE_GAME}"],
        ["spreads_of_a_game_sum_to_zero", "player_rows_carry_the_lines_of_other_tables"],
    ),
    "a margin is not points minus line": (
        [f"update {A}.player_game_summary set margin = margin + 1 where {ONE_DAY} and margin is not null"],
        ["margins_are_points_minus_line"],
    ),
    "a game line is lost": (
        [f"update {A}.upcoming_team_game_context set game_spread = null where game_id = {ONE_GAME}"],
        ["raw_game_lines_reach_the_team_context", "player_rows_carry_the_lines_of_other_tables"],
    ),
    "a quote from after the tip-off": (
        [f"update nba_staging.int_betting__player_points_lines set closing_quoted_at = '2030-01-01' where {ONE_DAY}"],
        ["nothing_after_tip_off_is_used"],
    ),
    "an upcoming team row is missing": (
        [f"delete from {A}.upcoming_team_game_context where game_id = {ONE_GAME} and home_game"],
        ["upcoming_rows_match_the_schedule"],
    ),
    "one player, two ids": (
        [
            "insert into nba_raw.nba_players_registry (universal_player_id, player_lookup, season, team_abbr) "
            "select 'other_002', min(player_lookup), '1999-00', 'BOS' from nba_raw.nba_players_registry"
        ],
        ["one_universal_id_per_player"],
    ),
    "many players are unresolved": (
        [f"update {A}.player_game_summary set is_player_resolved = false where {ONE_DAY}"],
        ["unresolved_names_are_rare"],
    ),
    "an alias leads to an alias": (
        [
            "insert into nba_reference.player_aliases select nba_canonical_lookup, 'somebody', true "
            "from nba_reference.player_aliases limit 1"
        ],
        ["aliases_point_one_way"],
    ),
    "the days before were not built": (
        [f"update {A}.upcoming_team_game_context set missing_games_count = 2 where {ONE_DAY}"],
        ["as_of_rows_have_their_history"],
    ),
    "a defence is missing": (
        [f"delete from nba_precompute.team_defense_zone_analysis where {ONE_DAY} and team_abbr = 'BOS'"],
        ["defences_are_the_eligible_teams"],
    ),
    "a shot share is wrong": (
        [f"update nba_precompute.player_shot_zone_analysis set paint_rate_last_10 = 0 where {ONE_DAY}"],
        ["shot_shares_sum_to_100"],
    ),
    "a row on a bootstrap day": (
        [
            "update nba_precompute.player_daily_cache set game_date = '2021-11-15' where game_date = '2021-11-16'",
            "update nba_raw.nbac_schedule set game_status = 3 where game_date = '2021-11-15'",
            "update nba_staging.int_schedule__games set opening_night = '2021-11-10'",
        ],
        ["bootstrap_days_are_empty"],
    ),
    "a player has no features": (
        [f"delete from nba_predictions.ml_feature_store_v2 where game_id = {ONE_GAME}"],
        ["upcoming_rows_reach_the_feature_store"],
    ),
    "a factor is out of bounds": (
        [f"update nba_precompute.player_composite_factors set travel_impact_score = 1 where {ONE_DAY}"],
        ["factors_and_features_stay_in_bounds"],
    ),
    "a prediction is not the sum of its parts": (
        [f"update {PREDICTIONS} set predicted_points = predicted_points + 1 where {ONE_DAY}"],
        ["predictions_follow_from_their_parts"],
    ),
    "a line that nobody offered": (
        [f"update {PREDICTIONS} set points_line = 19.5 where {ONE_DAY} and points_line is null"],
        ["predictions_carry_the_lines_of_other_tables"],
    ),
    "the same line for everybody": (
        [f"update {PREDICTIONS} set points_line = 20.0 where points_line > 12"],
        ["no_line_is_a_constant"],
    ),
    "a grade of another result": (
        [f"update nba_predictions.prediction_accuracy set actual_points = actual_points + 1 where {ONE_DAY}"],
        ["grades_follow_from_results"],
    ),
    "a system that has seen the results": (
        [
            "update nba_predictions.prediction_accuracy set prediction_correct = true "
            "where prediction_correct is not null and system_id = 'moving_average'"
        ],
        ["no_system_sees_the_result"],
    ),
    "predictions that nobody graded": (
        [f"delete from nba_predictions.prediction_accuracy where game_id = {ONE_GAME}"],
        ["rollups_hold_every_prediction", "everybody_is_accounted_for"],
    ),
    "a version that has seen the game": (
        [
            "insert into nba_models.model_versions by name select 'leak' as version, "
            "date '2021-11-15' as effective_from, date '2021-11-15' as trained_through",
            f"update {PREDICTIONS} set model_version = 'leak' where {ONE_DAY} and system_id = 'moving_average'",
        ],
        ["models_knew_nothing_of_their_day"],
    ),
    "a version in force before its time": (
        [
            "insert into nba_models.model_versions by name select 'early' as version, "
            "date '2021-11-16' as effective_from, date '2021-11-01' as trained_through",
            f"update {PREDICTIONS} set model_version = 'early' where {ONE_DAY} and system_id = 'moving_average'",
        ],
        ["models_knew_nothing_of_their_day"],
    ),
    "a system said nothing and nothing says why": (
        [f"delete from {PREDICTIONS} where {ONE_DAY} and system_id = 'ensemble_v1'"],
        ["everybody_is_accounted_for"],
    ),
    "a row vanishes and nothing says why": (
        ["delete from nba_precompute.player_daily_cache where game_date = '2021-11-15' and team_abbr = 'BOS'"],
        ["everybody_is_accounted_for"],
    ),
    "nobody is expected on a day": (
        [
            f"delete from {table} where {ONE_DAY}"
            for table in (
                "nba_processing.expected_entities",
                "nba_processing.precompute_failures",
                *(f"{A}.{name}" for name in MARTS),
                "nba_precompute.player_shot_zone_analysis",
                "nba_precompute.team_defense_zone_analysis",
                "nba_precompute.player_composite_factors",
                "nba_precompute.player_daily_cache",
                "nba_predictions.ml_feature_store_v2",
            )
        ],
        ["everybody_is_accounted_for"],
    ),
    "a row and an open failure": (
        [
            "update nba_processing.precompute_failures set processor_name = 'player_shot_zone_analysis', "
            "entity_id = (select min(player_lookup) from nba_precompute.player_shot_zone_analysis "
            f"where {ONE_DAY}), game_id = '' where {ONE_DAY} and processor_name = 'player_daily_cache' "
            f"and entity_id = (select min(entity_id) from nba_processing.precompute_failures where {ONE_DAY} "
            "and processor_name = 'player_daily_cache')"
        ],
        ["everybody_is_accounted_for"],
    ),
    "a failure that sound data does not have": (
        [
            f"update nba_processing.precompute_failures set failure_category = 'PROCESSING_ERROR' where {ONE_DAY} "
            "and processor_name = 'player_daily_cache'"
        ],
        ["failures_keep_to_their_budget"],
    ),
    "shot zones of a week are gone": (
        [
            "delete from nba_precompute.player_shot_zone_analysis "
            "where game_date between '2021-11-10' and '2021-11-16' and player_lookup < 'k'"
        ],
        ["shot_zone_failures_are_in_their_band"],
    ),
    "rows are stored twice": (
        [doubled(f"{A}.{table}") for table in ("player_game_summary", "upcoming_player_game_context")],
        ["keeps_contract: unique_key"],
    ),
    "a key has a hole": (
        ["update nba_staging.int_play_by_play__player_games set player_lookup = null where " + ONE_DAY],
        ["keeps_contract: not_null"],
    ),
    "a critical column is empty": (
        [f"update {A}.player_game_summary set usage_rate = null, win_flag = null where {ONE_PLAYER}"],
        ["keeps_contract: not_null"],
    ),
    "an unknown is stored as zero": (
        [f"update {A}.player_game_summary set points_line = 0 where {ONE_PLAYER}"],
        ["keeps_contract: never_zero"],
    ),
    "a factor is the same for everybody": (
        [f"update nba_precompute.player_composite_factors set opponent_strength_score = 0 where {ONE_DAY}"],
        ["keeps_contract: varies_on_date"],
    ),
    "a percentage above 100": (
        [f"update {A}.player_game_summary set usage_rate = 101 where {ONE_PLAYER}"],
        ["keeps_contract: range"],
    ),
    "shot zones of a date are gone": (
        [f"update {A}.player_game_summary set paint_attempts = null where {ONE_DAY}"],
        ["keeps_contract: null_budget"],
    ),
    "a number is a constant": (
        [f"update {A}.player_game_summary set points = 10"],
        ["keeps_contract: varies"],
    ),
    "a number is nowhere": (
        [f"update {A}.player_game_summary set assists = null"],
        ["keeps_contract: varies"],
    ),
    "a seed row is stored twice": (
        ["insert into nba_reference.venues select * from nba_reference.venues limit 1"],
        ["unique"],
    ),
    "a seed row lacks its key": (
        ["insert into nba_reference.team_names (team_name, team_abbr) values (null, null)"],
        ["not_null"],
    ),
    "a value outside its list": (
        [f"update {A}.player_game_summary set over_under_result = 'EVEN' where {ONE_PLAYER}"],
        ["keeps_contract: accepted_values"],
    ),
    "a game that does not exist": (
        [f"update {A}.player_game_summary set game_id = '20211115_XXX_YYY' where {ONE_PLAYER}"],
        ["relationships"],
    ),
}


def kind_of(node: object) -> str:
    """A singular test by its name, a generic one by the name of its macro."""
    metadata = getattr(node, "test_metadata", None)
    return metadata.name if metadata else node.name


@pytest.fixture(scope="module")
def checks(built_warehouse: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[tuple, tuple[str, str]]]]:
    """A connection to a copy of the built warehouse, and (test name, window) -> (kind, compiled query)."""
    folder = built_warehouse.parents[1] / "faults"
    folder.mkdir()
    warehouse = Path(shutil.copy(built_warehouse, folder / "nba.duckdb"))
    queries = {}
    for select, window in (("test_type:data", WINDOW), ("player_game_summary_keeps_its_contract", LONG_WINDOW)):
        outcome = dbt(warehouse, "compile", "--select", select, window=window)
        assert outcome.success, outcome.message
        for result in outcome.results:
            queries[result.node.name, window] = (kind_of(result.node), result.node.compiled_code)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection, queries


def red(
    connection: duckdb.DuckDBPyConnection, queries: dict[tuple, tuple[str, str]], asked: Collection[str] | None = None
) -> set[str]:
    """Kinds of the tests that return rows, of all or of those asked; of the contract's tests the checks they name."""
    kinds = set()
    for kind, sql in queries.values():
        if asked is None or kind in asked:
            found = connection.execute(sql)
            kinds |= {f"{kind}: {row[0]}" if kind == "keeps_contract" else kind for row in found.fetchall()}
    return kinds


def test_sound_data_is_green(checks: tuple) -> None:
    assert red(*checks) == set()


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_fault_turns_its_checks_red(checks: tuple, fault: str) -> None:
    connection, queries = checks
    statements, expected = FAULTS[fault]
    connection.execute("begin")
    try:
        for statement in statements:
            assert connection.execute(statement).fetchone()[0] > 0, f"the fault changes nothing: {statement}"
        assert set(expected) <= red(connection, queries, {check.split(":")[0] for check in expected})
    finally:
        connection.execute("rollback")


def test_each_factor_and_feature_that_is_the_same_for_everybody_is_found(checks: tuple) -> None:
    connection, queries = checks
    planted = 0
    for schema, table in (("nba_precompute", "player_composite_factors"), ("nba_predictions", "ml_feature_store_v2")):
        folder = schema.removeprefix("nba_")
        (model,) = yaml.safe_load((PROJECT / f"models/{folder}/{table}.yml").read_text(encoding="utf-8"))["models"]
        _, sql = queries[f"{table}_keeps_its_contract", WINDOW]
        for column in model["columns"]:
            if "must_vary_among" in column.get("config", {}).get("meta", {}):
                connection.execute("begin")
                connection.execute(f"update {schema}.{table} set {column['name']} = 1 where {ONE_DAY}")
                found = {row[:2] for row in connection.execute(sql).fetchall()}
                connection.execute("rollback")
                assert ("varies_on_date", column["name"]) in found
                planted += 1
    assert planted == 9


def test_every_check_has_a_fault(checks: tuple) -> None:
    _, queries = checks
    covered = {check for _, expected in FAULTS.values() for check in expected}
    macro = (PROJECT / "macros/quality/contract_violations.sql").read_text()
    contract = {f"keeps_contract: {check}" for check in re.findall(r"^        (\w+)  +\S", macro, re.M)}
    assert len(contract) == 8
    assert ({kind for kind, _ in queries.values()} - {"keeps_contract"} | contract) - covered == set()


def test_a_test_of_its_own_file_keeps_the_rows_it_found(built_warehouse: Path, tmp_path: Path) -> None:
    name = "player_totals_equal_team_totals"
    warehouse = copied(built_warehouse, tmp_path / "kept")
    change(warehouse, f"update {A}.player_game_summary set points = points + 1 where {ONE_PLAYER}")
    outcome = Outcome()
    outcome.add(dbt(warehouse, "test", "--select", name, window=WINDOW).results)
    ((rows,),) = query(warehouse, f"select count(*) from nba_orchestration.{name}")
    assert rows > 0
    path = f"tests/singular/phase3/{name}.sql"
    assert outcome.failed == [(name, f"{rows:,} rows in nba_orchestration.{name}, found by {path}")]
