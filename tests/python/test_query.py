"""`backfill query`: reads, in three forms, and never writes."""

import json
from pathlib import Path

import pytest
from building import backfill, change, copied, query

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


#: As the old documents ask, in today's dialect; what a query must find.
OLD_QUERIES = {
    "processor failures": (
        "select processor_name, data_date, status, error_message from nba_reference.processor_run_history "
        "where status = 'failed' and processed_at > now() at time zone 'UTC' - interval 1 day "
        "order by processed_at desc",
        lambda rows: rows == [],
    ),
    "processor run history of a date": (
        "select processor_name, data_date, status, substr(error_message, 1, 100) as error "
        "from nba_reference.processor_run_history where data_date = '2021-12-06' and processor_name like '%composite%' "
        "order by started_at desc",
        lambda rows: (
            [tuple(row.values()) for row in rows] == [("player_composite_factors", "2021-12-06", "success", None)]
        ),
    ),
    "progress": (
        "select processor_name, count(*) as records from nba_reference.processor_run_history "
        "where run_date >= '2021-11-01' group by 1",
        lambda rows: {row["processor_name"]: row["records"] for row in rows}["player_game_summary"] > 40,
    ),
}


@pytest.mark.parametrize("name", list(OLD_QUERIES))
def test_queries_of_the_old_documents_are_answered(built_warehouse: Path, name: str) -> None:
    sql, is_right = OLD_QUERIES[name]
    outcome = backfill(built_warehouse, "query", sql, "--json")
    assert outcome.returncode == 0, outcome.stderr
    rows = json.loads(outcome.stdout)
    assert is_right(rows), rows


def test_a_name_that_nobody_knows_is_a_registry_error_with_its_time(built_warehouse: Path, tmp_path: Path) -> None:
    """The query of the old documents, on a name that lost its key on one date."""
    warehouse = copied(built_warehouse, tmp_path / "names")
    asked = (
        "select * from nba_reference.registry_errors "
        "where created_at > now() at time zone 'UTC' - interval 1 day order by created_at desc limit 20"
    )
    known = json.loads(backfill(warehouse, "query", asked, "--json").stdout)
    ((source, name),) = query(
        warehouse,
        "select source_system, player_name_key from nba_staging.int_players__resolved_names "
        "where game_date = '2021-11-15' and method <> 'unresolved' order by all limit 1",
    )
    change(
        warehouse,
        "update nba_staging.int_players__resolved_names set method = 'unresolved' where game_date = '2021-11-15' "
        f"and source_system = '{source}' and player_name_key = '{name}'",
    )
    (found,) = [row for row in json.loads(backfill(warehouse, "query", asked, "--json").stdout) if row not in known]
    assert (found["source_system"], found["player_name_key"]) == (source, name)
    assert (found["error_message"], found["first_seen_date"]) == ("no gamebook key", "2021-11-15")
    ((built,),) = query(
        warehouse,
        "select max(finished_at) from nba_orchestration.partition_ledger "
        "where model = 'int_players__resolved_names' and game_date = '2021-11-15' and state = 'SUCCESS'",
    )
    assert found["created_at"][:19] == str(built)[:19]


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
