"""Failures and coverage: who is expected and missing, why, and what happens to a failure once its row is there."""

from pathlib import Path

import yaml
from building import PROJECT, change, copied, query
from building import run_models as build

DAY = ("2021-11-20", "2021-11-20")
#: What the failures of phase 3 are found in.
PHASE_3 = ("+analytics_failures",)
#: Columns in which two equal builds may differ.
VOLATILE = "created_at, resolved_at"


def run_models(warehouse: Path, start: str, end: str, *selected: str) -> None:
    """Build tables and failures of a range, or some of them; views are there."""
    chosen = ("--select", *selected) if selected else ()
    build(warehouse, start, end, *chosen, "--exclude", "config.materialized:view", "config.materialized:seed")


def test_the_list_of_published_tables_is_the_one_in_yaml() -> None:
    text = (PROJECT / "macros/processing/published_tables.sql").read_text()
    listed = [yaml.safe_load(line.strip().rstrip(",")) for line in text.splitlines() if line.strip().startswith("{'")]
    declared = []
    for folder, phase in (("analytics", "3"), ("precompute", "4"), ("predictions", None)):
        for path in (PROJECT / "models" / folder).glob("*.yml"):
            (model,) = yaml.safe_load(path.read_text()).get("models", [None])
            if model is None or "expected_entities" not in model["config"]["meta"]:
                continue
            grain = model["config"]["meta"]["grain"]
            declared.append(
                {
                    "name": model["name"],
                    "phase": phase or model["config"]["tags"][0].removeprefix("phase"),
                    "entity": " || ' ' || ".join(part for part in grain if part not in ("game_id", "game_date")),
                    "per_game": "game_id" in grain,
                }
            )
    assert sorted(listed, key=lambda table: table["name"]) == sorted(declared, key=lambda table: table["name"])
    assert len(listed) == 12


def test_everybody_is_accounted_for_in_three_seasons(seasons: Path) -> None:
    states = dict(query(seasons, "select state, count(*) from nba_processing.coverage_reconciliation group by state"))
    assert set(states) == {"record", "failure_expected"}
    assert states["record"] > 800_000
    ((dates, unaccounted),) = query(
        seasons, "select count(distinct game_date), sum(unaccounted) from nba_processing.coverage_by_date"
    )
    assert (dates, unaccounted) == (632, 0)


def test_no_failure_is_an_error_and_each_season_is_in_its_bands(seasons: Path) -> None:
    categories = {
        category
        for (category,) in query(seasons, "select distinct failure_category from nba_processing.precompute_failures")
    }
    assert categories == {"BOOTSTRAP", "INSUFFICIENT_DATA"}
    assert query(seasons, "select count(*) from nba_processing.analytics_failures") == [(0,)]
    verdicts = query(seasons, "select verdict, count(*) from nba_processing.shot_zone_failure_rates group by verdict")
    assert verdicts == [("WITHIN", 15)]


def failures(warehouse: Path, table: str, where: str = "true") -> list[tuple]:
    """Entity, category, type, resolution and whether a resolution time is set, of the failures of a table."""
    return query(
        warehouse,
        f"""select entity_id, failure_category, failure_type, resolution_status, resolved_at is not null
        from nba_processing.{table} where {where} order by all""",
    )


def test_a_failure_is_opened_resolved_and_opened_again(built_warehouse: Path, tmp_path: Path) -> None:
    warehouse = copied(built_warehouse, tmp_path / "copy")
    ((game, team),) = query(
        warehouse,
        "select min(game_id), min(team_abbr) from nba_analytics.team_offense_game_summary "
        f"where game_date = '{DAY[0]}'",
    )
    sources = ("nbac_team_boxscore", "nbac_gamebook_player_stats", "bdl_player_boxscores")
    keys = f"game_date = '{DAY[0]}'"
    change(warehouse, *(f"create table {table}_kept as from nba_raw.{table} where {keys}" for table in sources))
    lose = [f"delete from nba_raw.{table} where {keys}" for table in sources]
    restore = [f"insert into nba_raw.{table} from {table}_kept" for table in sources]
    assert failures(warehouse, "analytics_failures") == []

    change(warehouse, *lose)
    run_models(warehouse, *DAY, *PHASE_3)
    opened = failures(warehouse, "analytics_failures")
    assert (game, "MISSING_DEPENDENCY", "DATA_GAP", "UNRESOLVED", False) in opened
    assert (team, "MISSING_DEPENDENCY", "DATA_GAP", "UNRESOLVED", False) in opened
    assert "DEPS_MISS" in {
        status for (status,) in query(warehouse, f"select status from nba_processing.coverage_by_date where {keys}")
    }

    change(warehouse, *restore)
    run_models(warehouse, *DAY, *PHASE_3)
    assert failures(warehouse, "analytics_failures") == [(*row[:3], "RESOLVED", True) for row in opened]
    first_resolution = query(warehouse, "select min(resolved_at) from nba_processing.analytics_failures")
    run_models(warehouse, *DAY, *PHASE_3)
    assert query(warehouse, "select min(resolved_at) from nba_processing.analytics_failures") == first_resolution

    change(warehouse, *lose)
    run_models(warehouse, *DAY, *PHASE_3)
    assert failures(warehouse, "analytics_failures") == opened


def test_a_lost_game_is_told_from_a_player_who_sat_out(built_warehouse: Path, tmp_path: Path) -> None:
    warehouse = copied(built_warehouse, tmp_path / "copy")
    before = query(warehouse, f"select count(*) from nba_processing.precompute_failures where game_date = '{DAY[0]}'")
    change(warehouse, "delete from nba_analytics.player_game_summary where game_date = '2021-11-10'")
    run_models(warehouse, *DAY)
    lost = failures(
        warehouse, "precompute_failures", f"game_date = '{DAY[0]}' and failure_category = 'INCOMPLETE_DATA'"
    )
    assert lost
    assert {kind for _, _, kind, _, _ in lost} <= {"DATA_GAP", "MIXED"}
    named = query(
        warehouse,
        f"""select distinct missing_game_dates like '%2021-11-10%' from nba_processing.precompute_failures
        where game_date = '{DAY[0]}' and failure_category = 'INCOMPLETE_DATA'""",
    )
    assert named == [(True,)]
    assert before[0][0] < len(failures(warehouse, "precompute_failures", f"game_date = '{DAY[0]}'"))


def test_failures_do_not_depend_on_how_the_range_is_cut(built_warehouse: Path, tmp_path: Path) -> None:
    warehouse = copied(built_warehouse, tmp_path / "copy")
    tables = ("analytics_failures", "precompute_failures")
    content = [
        f"select count(*), sum(hash(t)::hugeint) from (select * exclude ({VOLATILE}) from nba_processing.{t}) t"
        for t in tables
    ]
    whole = [query(warehouse, sql) for sql in content]
    for start, end in (("2021-11-15", "2021-11-20"), ("2021-11-16", "2021-11-16"), ("2021-10-25", "2021-11-02")):
        run_models(warehouse, start, end)
    assert [query(warehouse, sql) for sql in content] == whole
