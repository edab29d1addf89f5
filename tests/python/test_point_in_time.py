"""As-of rows are blind to the future (decision D3): by experiment on real dates, and by what the SQL can read.

Ten dates over three seasons run here, twenty with `make drills`.
"""

import datetime as dt
import os
import re
import shutil
from pathlib import Path

import pytest
import sqlglot
from building import PROJECT, TABLES_ONLY, change, dbt, query, run_models
from sqlglot import exp

AS_OF_TABLES = (
    "nba_analytics.upcoming_team_game_context",
    "nba_analytics.upcoming_player_game_context",
    "nba_precompute.team_defense_zone_analysis",
    "nba_precompute.player_shot_zone_analysis",
    "nba_precompute.player_composite_factors",
    "nba_precompute.player_daily_cache",
    "nba_predictions.ml_feature_store_v2",
    "nba_predictions.player_prop_predictions",
)
# tables that hold what happened in games; an as-of model may read them only before its date
RESULTS = (
    "player_game_summary",
    "team_offense_game_summary",
    "team_defense_game_summary",
    "int_boxscores__player_lines",
    "int_boxscores__team_lines",
    "int_play_by_play__shots",
    "int_play_by_play__games",
    "int_play_by_play__player_games",
    "int_play_by_play__team_games",
    "stg_balldontlie__player_boxscores",
    "stg_bigdataball__play_by_play",
    "stg_nbacom__team_boxscore",
    "prediction_accuracy",
)
AS_OF_MODELS = (
    *(table.split(".")[1] for table in AS_OF_TABLES),
    "int_players__form_entering",
    "int_players__absences_around",
    "int_players__completeness",
    "int_players__line_streaks",
    "int_players__raw_games_played",
    "int_teams__form_entering",
    "int_predictions__single_systems",
    "int_predictions__points",
    "int_predictions__error_histograms",
    "int_predictions__model_inputs",
    "int_predictions__gradient_boosting_v1",
    "int_predictions__gradient_boosting_line_v1",
    "int_predictions__similarity_balanced_v1",
)
#: Dates that may be those of the row itself, and why: what they say is no result.
SAME_DATE_ALLOWED = {
    ("int_players__listings", "requested.game_date >= team_lists.game_date"): "who is listed for the game",
}
SAMPLED_DATES = int(os.environ.get("NBA_TEST_DATES", "10"))


def forget_from(warehouse: Path, day: dt.date) -> None:
    """Take from raw what nobody could know before the games of a day: all but its lists, pre-tip lines and reports."""
    change(
        warehouse,
        "update nba_raw.nbac_schedule set game_status = 1, home_team_score = null, away_team_score = null, "
        f"winning_team_tricode = null where game_date >= '{day}'",
        f"delete from nba_raw.nbac_gamebook_player_stats where game_date > '{day}'",
        "update nba_raw.nbac_gamebook_player_stats set minutes = '99:59', minutes_decimal = 99, points = 99, "
        "field_goals_made = 77, field_goals_attempted = 78, turnovers = 55, starter = not starter "
        f"where game_date = '{day}'",
        *(
            f"delete from nba_raw.{table} where game_date >= '{day}'"
            for table in (
                "bdl_player_boxscores",
                "nbac_team_boxscore",
                "bigdataball_play_by_play",
                "nbac_player_boxscores",
            )
        ),
        *(
            f"delete from nba_raw.{table} where game_date > '{day}'"
            for table in (
                "odds_api_game_lines",
                "odds_api_player_points_props",
                "bettingpros_player_points_props",
                "nbac_injury_report",
            )
        ),
        f"delete from nba_raw.odds_api_player_points_props where game_date = '{day}' and minutes_before_tipoff < -30",
    )


def rows_of(warehouse: Path, table: str, day: dt.date) -> tuple:
    """Number of rows of a day and a hash of their content."""
    return query(warehouse, f"select count(*), sum(hash(t)::hugeint) from {table} as t where game_date = '{day}'")[0]


def test_forgetting_the_future_changes_no_row(seasons: Path, warehouses: Path) -> None:
    """For dates spread over three seasons, newest first: forget everything from the date on, rebuild it, compare."""
    (warehouses / "blind").mkdir()
    warehouse = Path(shutil.copy(seasons, warehouses / "blind" / "nba.duckdb"))
    days = [
        day for (day,) in query(warehouse, "select game_date from nba_staging.int_schedule__precompute_days order by 1")
    ]
    sampled = days[:: len(days) // (SAMPLED_DATES - 1)]
    assert len(sampled) >= SAMPLED_DATES
    expected = {(table, day): rows_of(warehouse, table, day) for table in AS_OF_TABLES for day in sampled}
    assert sum(rows for rows, _ in expected.values()) > 1_000 * SAMPLED_DATES
    for day in reversed(sampled):
        forget_from(warehouse, day)
        run_models(warehouse, day.isoformat(), day.isoformat(), *TABLES_ONLY)
        assert rows_of(warehouse, "nba_analytics.player_game_summary", day)[0] == 0, "the results were not forgotten"
        for table in AS_OF_TABLES:
            assert rows_of(warehouse, table, day) == expected[table, day], f"{table} of {day} saw the future"


@pytest.fixture(scope="module")
def compiled(built_warehouse: Path) -> dict[str, tuple[dict, str, set[str]]]:
    """Model name -> (meta.reads, SQL compiled for one date, names of its parents)."""
    outcome = dbt(built_warehouse, "compile", "--select", "resource_type:model", window=("2021-12-01", "2021-12-01"))
    assert outcome.success, outcome.message
    return {
        result.node.name: (
            result.node.config.meta.get("reads", {}),
            result.node.compiled_code,
            {parent.split(".")[-1] for parent in result.node.depends_on.nodes},
        )
        for result in outcome.results
        if result.node.resource_type == "model"
    }


def leaks(reads: dict, sql: str) -> list[str]:
    """Why a model could read results of its date (2021-12-01) or later; empty when it cannot."""
    found = [
        f"declares {parent}: {window}"
        for parent, window in reads.items()
        if parent in RESULTS and not (window == "season_to_date" or (isinstance(window, dict) and "days" in window))
    ]
    for table in RESULTS:
        for after in re.findall(rf'"{table}"(.{{0,120}})', sql, re.S):
            bounds = re.match(
                r"\s*where game_date between cast\('[\d-]+' as date\) and cast\('([\d-]+)' as date\)", after
            )
            if not bounds or bounds.group(1) >= "2021-12-01":
                found.append(f"reads {table} without an upper bound before the date: {after.strip()[:60]}")
    return found


@pytest.mark.parametrize("model", AS_OF_MODELS)
def test_an_as_of_model_cannot_read_its_own_date(compiled: dict, model: str) -> None:
    reads, sql, _ = compiled[model]
    assert reads, f"{model} declares no reads"
    assert leaks(reads, sql) == []


def same_date_pairs(sql: str) -> list[str]:
    """Joins inside a statement of a row with others of its own date: `<=` between two dates where `<` was meant.

    A range is built by one statement that reads the results of all its dates, so the bounds of what it reads do not
    protect a date from itself; the comparison of the dates does. A lower bound is a date minus days, not a column.
    """
    found = []
    for comparison in sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.GTE, exp.LTE):
        sides = (comparison.this, comparison.expression)
        if all(isinstance(side, exp.Column) and re.search(r"game_date$|earlier_date$", side.name) for side in sides):
            found.append(comparison.sql(dialect="duckdb"))
    return found


def pairing(compiled: dict) -> list[str]:
    """As-of models and everything between them and the sources, as far as it is compiled."""
    found, waiting = set(), [*AS_OF_MODELS]
    while waiting:
        name = waiting.pop()
        if name in compiled and name not in found and not name.startswith("stg_"):
            found.add(name)
            waiting.extend(compiled[name][2])
    return sorted(found)


def test_no_window_inside_a_statement_holds_the_date_itself(compiled: dict) -> None:
    found = {(name, pair) for name in pairing(compiled) for pair in same_date_pairs(compiled[name][1])}
    assert found == set(SAME_DATE_ALLOWED)


@pytest.mark.parametrize(
    ("model", "right", "wrong"),
    [
        (
            "int_predictions__error_histograms",
            "days.game_date > dates_with_errors.game_date",
            "days.game_date >= dates_with_errors.game_date",
        ),
        (
            "int_predictions__points",
            "requested.game_date > errors_by_day.game_date",
            "errors_by_day.game_date <= requested.game_date",
        ),
        (
            "int_predictions__similarity_balanced_v1",
            "coming.game_date > earlier.game_date",
            "coming.game_date >= earlier.game_date",
        ),
    ],
)
def test_the_check_of_windows_bites(compiled: dict, model: str, right: str, wrong: str) -> None:
    sql = compiled[model][1]
    assert right in sql and not same_date_pairs(sql)
    assert len(same_date_pairs(sql.replace(right, wrong))) == sql.count(right)


@pytest.mark.parametrize(
    "model",
    [
        *("int_players__form_entering", "int_predictions__points", "int_predictions__error_histograms"),
        "int_predictions__model_inputs",
    ],
)
def test_the_static_check_bites(compiled: dict, model: str) -> None:
    """Results of the day itself among those of a window: form, weights, errors behind an interval, a line's result."""
    reads, sql, _ = compiled[model]
    assert leaks(reads | {"player_game_summary": "same_day"}, sql)
    assert leaks(reads | {"player_game_summary": {"days_through": 365}}, sql)
    assert leaks(reads, sql.replace("2021-11-30", "2021-12-01"))
    assert leaks(reads, sql + ' select * from "nba"."nba_analytics"."player_game_summary"')
    assert leaks(reads | {"prediction_accuracy": "same_day"}, sql)


def test_every_parent_is_declared(compiled: dict) -> None:
    """meta.reads names exactly the parents of a model, so that planner and filters know all inputs."""
    # views over every date and over the ledger: no partition is built from them, whoever reads them cuts the dates
    views = {path.stem for path in (PROJECT / "models/orchestration").glob("*.sql")}
    views |= {"coverage_reconciliation", "coverage_by_date", "shot_zone_failure_rates", "processor_run_history"}
    views |= {"registry_errors"}
    views |= {"system_season_performance", "prediction_calibration"}
    for name, (reads, _, parents) in compiled.items():
        if not name.startswith("stg_") and name not in views:
            assert parents == set(reads), name
