"""BigQuery without BigQuery: the project compiles offline and the real GoogleSQL analyser accepts every node.

The red half feeds small made-up manifests to the same checker, so that a checker that stopped looking is noticed.
"""

from __future__ import annotations

from typing import Any

import pytest
from bigquery.compiled import analysed, compiled
from googlesql import GoogleSQL, GoogleSQLError, Report, check_manifest, check_statements, parse_type, type_name

#: phase3.md and phase4.md; analysis_date and cache_date are game_date, data_quality_tier is quality_tier.
CLUSTERS = {
    "player_game_summary": ["universal_player_id", "player_lookup", "team_abbr", "game_date"],
    "team_defense_game_summary": ["defending_team_abbr", "game_date", "quality_tier"],
    "team_offense_game_summary": ["team_abbr", "game_date", "home_game"],
    "upcoming_player_game_context": ["player_lookup", "universal_player_id", "game_date"],
    "upcoming_team_game_context": ["game_date", "team_abbr", "game_id"],
    "team_defense_zone_analysis": ["team_abbr", "game_date"],
    "player_shot_zone_analysis": ["player_lookup", "universal_player_id", "game_date"],
    "player_composite_factors": ["player_lookup", "universal_player_id", "game_date"],
    "player_daily_cache": ["player_lookup", "universal_player_id"],
    "ml_feature_store_v2": ["player_lookup", "feature_version", "game_date"],
}
#: Characters; BigQuery takes no longer definition of a view.
LONGEST_VIEW = 256_000
PROJECT, DATASET = "nba-backfill", "nba_raw"


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    return compiled()


@pytest.fixture(scope="session")
def report() -> Report:
    return analysed()


def test_every_model_test_and_analysis_is_googlesql(report: Report) -> None:
    assert not report.problems, f"\n{report}"


def test_nothing_was_left_out(manifest: dict[str, Any], report: Report) -> None:
    checked = {node for nodes in report.checked.values() for node in nodes}
    expected = {
        key
        for key, node in manifest["nodes"].items()
        if node["resource_type"] != "operation" and not key.endswith(".googlesql_merge")
    }
    assert checked == expected | set(manifest["sources"])
    assert len(report.outputs) == sum(key.startswith("model.") for key in expected)


def listed_otherwise(manifest: dict[str, Any], outputs: dict[str, dict[str, str]]) -> dict[str, set[str]]:
    """Relation that lists columns -> those that are listed and not in its SQL, or in its SQL and not listed."""
    differing = {
        node["name"]: set(node["columns"]) ^ set(outputs[node["name"]])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["columns"]
    }
    return {name: columns for name, columns in differing.items() if columns}


def test_listed_columns_are_those_of_the_sql(manifest: dict[str, Any], report: Report) -> None:
    """With dbt-bouncer.yml, which wants public relations to list columns and each to be described."""
    assert listed_otherwise(manifest, report.outputs) == {}


def test_views_are_short_enough(manifest: dict[str, Any]) -> None:
    views = {
        node["name"]: len(node["compiled_code"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["materialized"] == "view"
    }
    assert not {name: length for name, length in views.items() if length > LONGEST_VIEW}


def test_result_tables_are_partitioned_and_replaced_by_range(manifest: dict[str, Any]) -> None:
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["config"]["materialized"] == "incremental":
            assert node["config"]["partition_by"] == {"field": "game_date", "data_type": "date", "granularity": "day"}
            assert node["config"]["event_time"] == "game_date", node["name"]
            assert node["config"]["incremental_strategy"] == "insert_overwrite", node["name"]
            assert node["config"]["require_partition_filter"] in (True, "True"), node["name"]
            assert not node["config"].get("partition_expiration_days"), node["name"]


@pytest.mark.parametrize(("table", "columns"), CLUSTERS.items())
def test_result_tables_are_clustered_for_their_readers(
    manifest: dict[str, Any], table: str, columns: list[str]
) -> None:
    (node,) = [node for node in manifest["nodes"].values() if node["name"] == table]
    assert node["config"]["cluster_by"] == columns


# ---- red fixtures ---------------------------------------------------------------------------------------------------


def small_manifest(
    sql: str, columns: dict[str, str | None] | None = None, enforced: bool = False, **config: Any
) -> dict[str, Any]:
    """A source `games` (game_id, game_date, points, tip_off_at) and one model on it."""
    source = {
        "unique_id": "source.games",
        "database": PROJECT,
        "schema": DATASET,
        "identifier": "games",
        "columns": {
            name: {"data_type": data_type}
            for name, data_type in {
                "game_id": "string",
                "game_date": "date",
                "points": "int64",
                "tip_off_at": "timestamp",
            }.items()
        },
        "config": {},
        "resource_type": "source",
    }
    model = {
        "unique_id": "model.small",
        "name": "small",
        "database": PROJECT,
        "schema": "nba_analytics",
        "alias": "small",
        "resource_type": "model",
        "compiled_code": sql.replace("GAMES", f"`{PROJECT}`.`{DATASET}`.`games`"),
        "columns": {name: {"data_type": data_type} for name, data_type in (columns or {}).items()},
        "config": {"materialized": "view", "contract": {"enforced": enforced}, **config},
        "depends_on": {"nodes": ["source.games"]},
    }
    return {"sources": {"source.games": source}, "nodes": {"model.small": model}}


def problems_of(*arguments: Any, **config: Any) -> list[str]:
    return [str(problem) for problem in check_manifest(small_manifest(*arguments, **config)).problems]


def test_a_column_that_is_not_listed_is_named() -> None:
    manifest = small_manifest("select game_id, points from GAMES", {"game_id": "string", "rebounds": "bigint"})
    assert listed_otherwise(manifest, check_manifest(manifest).outputs) == {"small": {"points", "rebounds"}}


def test_good_sql_has_no_problems() -> None:
    columns = {"game_id": "string", "points": "bigint", "share": "numeric(6, 2)"}
    sql = "select game_id, points, cast(points / 3 as numeric(6, 2)) as share from GAMES"
    assert problems_of(sql, columns, True, materialized="table", cluster_by=["game_id"]) == []


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select\n    median(points) as points\nfrom GAMES", "line 2: Function not found: median"),
        ("select strftime(tip_off_at, '%Y') as year from GAMES", "Function not found: strftime"),
        ("select points::string as points from GAMES", "Syntax error"),
        ("select cast(points as varchar) as points from GAMES", "Type not found: varchar"),
        ("select points // 2 as half from GAMES", "Syntax error"),
        ("select * exclude (points) from GAMES", "Syntax error"),
        ("select date_diff('day', game_date, game_date) as days from GAMES", "A valid date part name is required"),
        ("select game_id from GAMES union select game_id from GAMES", "Syntax error"),
        ("select game_id from GAMES where game_date < tip_off_at", "No matching signature for operator <"),
        ("select nope from GAMES", "Unrecognized name: nope"),
        ("select 1 as one from `nba-backfill`.`nba_raw`.`nope`", "Table not found"),
    ],
)
def test_duckdb_only_sql_is_a_problem(sql: str, message: str) -> None:
    found = problems_of(sql)
    assert any("model.small" in problem and message in problem for problem in found), found


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select greatest(0, points) as points from GAMES", "DuckDB skips NULL arguments"),
        ("select concat(game_id, 'x') as game_id from GAMES", "write ||"),
        (
            "select a.points from GAMES as a left join GAMES as b on a.game_date > b.game_date",
            "outer join only on an equality",
        ),
    ],
)
def test_sql_with_two_meanings_is_a_problem(sql: str, message: str) -> None:
    assert any(message in problem for problem in problems_of(sql))


@pytest.mark.parametrize(
    "sql",
    [
        "select greatest(0, coalesce(points, 240) - 240) as points from GAMES",
        "select case when points is not null then least(points, 3) end as points from GAMES",
        "select a.points from GAMES as a left join GAMES as b on a.game_id = b.game_id and a.points > b.points",
        "select a.points from GAMES as a left join GAMES as b on a.game_id = b.game_id",
    ],
)
def test_sql_with_one_meaning_is_not_a_problem(sql: str) -> None:
    assert problems_of(sql) == []


def test_yaml_is_held_against_the_sql() -> None:
    sql = "select game_id, points from GAMES"
    assert problems_of(sql, {"game_id": "string", "points": "string"}) == [
        "model.small: column points is declared string but is INT64"
    ]
    assert problems_of(sql, {"points": "int64", "rebounds": None}) == [
        "model.small: column rebounds is declared but not selected"
    ]
    assert problems_of(sql, {"game_id": "string"}, True) == [
        "model.small: column points is selected but not in the contract"
    ]
    assert problems_of(sql, {"game_id": "varchar"}) == ["model.small: column game_id: BigQuery has no type 'varchar'"]


def test_executed_statements_are_checked() -> None:
    partition = {"field": "tip_off", "data_type": "date"}
    found = problems_of("select game_id, game_date from GAMES", materialized="incremental", partition_by=partition)
    assert any("Unrecognized name: tip_off" in problem for problem in found), found


def test_statements_that_were_sent_are_checked_in_their_order() -> None:
    manifest = small_manifest("select game_id, points from GAMES")
    made = f"`{PROJECT}`.`nba_analytics`.`small`"
    hook = f"create table if not exists `{PROJECT}`.`{DATASET}`.`runs` (run_id string, started_at timestamp)"
    insert = f"insert into `{PROJECT}`.`{DATASET}`.`runs` (run_id, started_at) values ('a', current_timestamp())"
    merge = (
        f"merge into {made} as t using (select * from `{PROJECT}`.`nba_analytics`.`small__dbt_tmp_1`) as s on false "
        "when not matched by source and t.points > 3 then delete when not matched then insert (points) values (points)"
    )
    outputs = check_manifest(manifest).outputs
    assert check_statements(manifest, outputs, [f"select points from {made}", hook, insert, merge]) == []
    wrong = [insert, insert.replace("started_at)", "nope)"), "select list_filter([1], x -> x)", "select from where"]
    assert {problem.node for problem in check_statements(manifest, outputs, wrong)} == set(wrong)


def test_untyped_source_column_is_a_problem() -> None:
    manifest = small_manifest("select game_id from GAMES")
    manifest["sources"]["source.games"]["columns"]["points"]["data_type"] = None
    assert str(check_manifest(manifest)) == "source.games: column points has no data_type"


def test_later_nodes_are_checked_after_a_broken_one() -> None:
    manifest = small_manifest("select nope from GAMES", {"game_id": "string"})
    manifest["nodes"]["test.unique"] = {
        "unique_id": "test.unique",
        "name": "unique",
        "resource_type": "test",
        "compiled_code": f"select game_id, nope from `{PROJECT}`.`nba_analytics`.`small`",
    }
    assert [problem.node for problem in check_manifest(manifest).problems] == ["model.small", "test.unique"]


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("string", "STRING"),
        ("Bigint", "INT64"),
        ("numeric(6, 2)", "NUMERIC"),
        ("array<string>", "ARRAY<STRING>"),
        ("array<struct<a int64, b array<numeric(5,1)>>>", "ARRAY<STRUCT<a INT64, b ARRAY<NUMERIC>>>"),
    ],
)
def test_types_have_one_name(written: str, canonical: str) -> None:
    assert type_name(parse_type(written)) == canonical


@pytest.mark.parametrize("written", ["varchar", "double", "", "string[]", "numeric 6"])
def test_types_of_other_engines_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="BigQuery has no type"):
        parse_type(written)


def test_errors_say_where() -> None:
    with pytest.raises(GoogleSQLError) as caught:
        GoogleSQL().analyze("select\n    1 as one,\n    nope\n")
    assert (caught.value.line, caught.value.message) == (3, "Unrecognized name: nope")
