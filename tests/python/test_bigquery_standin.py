"""The real dbt-bigquery adapter builds a real week in a BigQuery emulator, and DuckDB holds the same, cell by cell."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from backfill.cost.scans import Catalog, scans
from bigquery.bounds import unfiltered
from bigquery.compiled import analysed
from bigquery.week import Both, build_both
from googlesql import check_statements

#: From opening night on, so the last week, the first after bootstrap, has games before it and every Phase 4 table rows.
END = date(2023, 11, 13)
#: Its games vanish from the schedule after the first build.
EMPTIED = date(2023, 11, 12)
#: What builds that day again; `make bigquery` does it with every model.
AGAIN = {"nba_analytics.player_game_summary", "nba_analytics.team_offense_game_summary"}
#: dbt's comment, then what it sends for a test or to make a view or a scratch table from a model's own SQL.
NODE_QUERY = r"(?s)\s*/\*[^*]*\"node_id\": \"(test|model)\.[^*]*\*/\s*(select\b|create or replace (view|table)\b)"
PHASES = {
    "nba_analytics.player_game_summary",
    "nba_analytics.team_defense_game_summary",
    "nba_analytics.team_offense_game_summary",
    "nba_analytics.upcoming_player_game_context",
    "nba_analytics.upcoming_team_game_context",
    "nba_precompute.player_composite_factors",
    "nba_precompute.player_daily_cache",
    "nba_precompute.player_shot_zone_analysis",
    "nba_precompute.team_defense_zone_analysis",
    "nba_predictions.ml_feature_store_v2",
    "nba_predictions.player_prop_predictions",
    "nba_predictions.prediction_accuracy",
    "nba_predictions.system_daily_performance",
}


@pytest.fixture(scope="module")
def week(real_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Both:
    return build_both(real_raw, tmp_path_factory.mktemp("week"), END, EMPTIED, again="+player_game_summary")


def test_every_node_and_test_of_the_week_is_green(week: Both) -> None:
    assert {result["status"] for result in week.results} <= {"success", "pass"}
    kinds = Counter(result["unique_id"].split(".")[0] for result in week.results)
    nodes = week.manifest["nodes"].values()
    assert kinds["test"] == sum(node["resource_type"] == "test" for node in nodes) > 100
    assert kinds["model"] == sum(
        node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral" for node in nodes
    )


def test_both_engines_hold_the_same_cells(week: Both) -> None:
    assert {found.table for found in week.comparisons} >= PHASES
    for found in week.comparisons:
        assert found.identical, found
        assert found.rows_bigquery > 0 or found.table not in PHASES, found


def test_trained_systems_are_scored_as_the_library_does(week: Both) -> None:
    """On every row of the feature store in the week, to a millionth of a point."""
    assert set(week.scores) == {"gradient_boosting_v1", "gradient_boosting_line_v1"}
    assert all(rows > 1_000 and distance < 1e-6 for rows, distance in week.scores.values()), week.scores


def test_a_day_without_games_is_emptied(week: Both) -> None:
    emptied = {table for table, rows in week.rows_on_emptied_day.items() if table in PHASES and rows == 0}
    assert emptied == AGAIN


def test_dates_that_somebody_builds_are_refused_with_his_name(week: Both) -> None:
    assert f"game dates {EMPTIED} to {EMPTIED} are in use by the alive owner" in week.lease.refused
    assert "Nothing was built" in week.lease.refused


def test_a_silent_run_is_taken_over_and_writes_nothing_more(week: Both) -> None:
    assert week.lease.silent_status == "killed"
    assert "was taken over by another" in week.lease.fenced


def test_an_odd_game_is_held_on_both_engines_and_the_last_good_rows_stay(week: Both) -> None:
    assert "not sound: " in week.hold.said or "not sound. " in week.hold.said, week.hold.said[-2000:]
    assert "numbers_are_plausible" in week.hold.said
    assert week.hold.on_bigquery == week.hold.on_duckdb
    held, published = week.hold.on_bigquery
    assert held == published > 15


@pytest.fixture(scope="module")
def sent(week: Both) -> list[str]:
    """Hooks, MERGEs and queries of macros. Models and tests are checked as compiled, in the other test files."""
    return [statement for statement in week.statements if not re.match(NODE_QUERY, statement)]


def test_hooks_and_merges_that_were_sent_are_googlesql(week: Both, sent: list[str]) -> None:
    assert any("merge into" in statement for statement in sent)
    problems = check_statements(week.manifest, analysed().outputs, sent)
    assert not problems, "\n".join(map(str, problems))


def test_hooks_and_merges_that_were_sent_pass_require_partition_filter(week: Both, sent: list[str]) -> None:
    catalog = Catalog.of(week.manifest)
    found = {
        f"{' '.join(statement.split())[:240]} {problem}"
        for statement in sent
        for problem in unfiltered(scans(statement, catalog))
    }
    assert not found, "\n".join(sorted(found))
