"""`backfill query`: reads, in three forms, and never writes."""

import json
from pathlib import Path

import pytest
from building import backfill

TOP = (
    "select player_lookup, points from nba_analytics.player_game_summary where game_date = '2021-11-15' order by 2 desc"
)


def test_a_table_in_three_forms(built_warehouse: Path) -> None:
    shown = backfill(built_warehouse, "query", TOP, "--limit", "2")
    assert shown.returncode == 0
    rows = json.loads(backfill(built_warehouse, "query", TOP, "--json").stdout)
    assert list(rows[0]) == ["player_lookup", "points"] and len(rows) > 100
    assert rows[0]["player_lookup"] in shown.stdout and f"{len(rows):,} rows, 2 shown" in shown.stdout
    lines = backfill(built_warehouse, "query", TOP, "--csv").stdout.splitlines()
    assert lines[:2] == ["player_lookup,points", f"{rows[0]['player_lookup']},{rows[0]['points']}"]
    assert len(lines) == len(rows) + 1
    named = "select count(*) as n from {{ ref('player_game_summary') }} where game_date = '2021-11-15'"
    assert json.loads(backfill(built_warehouse, "query", named, "--json").stdout) == [{"n": len(rows)}]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("delete from nba_analytics.player_game_summary", "only queries are answered"),
        ("with t as (select 1) select * from nowhere", "cannot be answered"),
        ("select 1; drop table nba_analytics.player_game_summary", "read-only"),
    ],
)
def test_what_is_no_question_is_refused(built_warehouse: Path, sql: str, said: str) -> None:
    outcome = backfill(built_warehouse, "query", sql)
    assert outcome.returncode == 2
    assert said in outcome.stderr and outcome.stderr.startswith("Error: ")
