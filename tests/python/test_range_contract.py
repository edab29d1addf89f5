"""The range contract (decisions D1 to D4, D8) on real data: what a range replaces, and what it refuses."""

import random
import shutil
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from building import MARTS, PROJECT, TABLES_ONLY, change, dbt, fingerprints, parsed_project, query, run_models
from dbt.contracts.graph.manifest import Manifest

FIRST, LAST = date(2021, 11, 22), date(2021, 12, 9)


@pytest.fixture
def warehouse(built_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the built real warehouse (2021-10-19 to 2021-12-09), free to be changed."""
    folder = built_warehouse.parents[1] / f"copy-{tmp_path_factory.mktemp('copy').name}"
    folder.mkdir()
    return Path(shutil.copy(built_warehouse, folder / "nba.duckdb"))


@pytest.fixture(scope="module")
def expected(built_warehouse: Path) -> dict[str, tuple]:
    """What the built warehouse holds."""
    return fingerprints(built_warehouse)


def empty_from(warehouse: Path, tables: Iterable[str], first: date) -> None:
    """Take every built partition from a date on out of the warehouse."""
    schedule = {f"nba_staging.int_schedule__{name}" for name in ("games", "team_games", "precompute_days")}
    change(warehouse, *(f"delete from {table} where game_date >= '{first}'" for table in {*tables} - schedule))


def pieces(first: date, last: date, cuts: list[date]) -> list[tuple[str, str]]:
    """The range cut before each of the given dates."""
    starts = [first, *sorted(cuts)]
    ends = [start - timedelta(days=1) for start in starts[1:]] + [last]
    return [(start.isoformat(), end.isoformat()) for start, end in zip(starts, ends, strict=True)]


def partitions() -> dict[str, list[tuple[str, str]]]:
    """Ways to cut the range: by month, at random, and day by day for its first days."""
    days = [FIRST + timedelta(days=number) for number in range(1, (LAST - FIRST).days + 1)]
    return {
        "by month": pieces(FIRST, LAST, [date(2021, 12, 1)]),
        "at random": pieces(FIRST, LAST, random.Random(7).sample(days, 3)),
        "day by day, then the rest": pieces(FIRST, LAST, days[:3]),
    }


@pytest.mark.parametrize("way", list(partitions()))
def test_any_cut_of_a_range_gives_the_same_tables(warehouse: Path, expected: dict[str, tuple], way: str) -> None:
    assert sum(rows for rows, _ in expected.values()) > 100_000
    empty_from(warehouse, expected, FIRST)
    emptied = "select count(*) from nba_predictions.ml_feature_store_v2 where game_date >= "
    assert query(warehouse, f"{emptied}'{FIRST}'") == [(0,)]
    for start, end in partitions()[way]:
        run_models(warehouse, start, end, *TABLES_ONLY)
    assert fingerprints(warehouse) == expected


def test_a_range_built_again_gives_the_same_tables(warehouse: Path, expected: dict[str, tuple]) -> None:
    run_models(warehouse, FIRST.isoformat(), LAST.isoformat(), *TABLES_ONLY)
    assert fingerprints(warehouse) == expected


def test_a_range_leaves_other_dates_alone(warehouse: Path) -> None:
    outside = "game_date not between '2021-11-20' and '2021-11-21'"
    before = fingerprints(warehouse, outside)
    change(warehouse, "delete from nba_raw.bigdataball_play_by_play")
    run_models(warehouse, "2021-11-20", "2021-11-21", *TABLES_ONLY)
    assert fingerprints(warehouse, outside) == before
    assert query(
        warehouse,
        "select count(team_paint_attempts) from nba_analytics.team_offense_game_summary "
        "where game_date between '2021-11-20' and '2021-11-21'",
    ) == [(0,)]


def test_a_game_deleted_from_raw_disappears(warehouse: Path) -> None:
    game, day = "20211120_BOS_OKC", "2021-11-20"
    (nba_id, game), *_ = query(
        warehouse,
        f"select nba_game_id, game_id from nba_staging.int_schedule__games where game_date = '{day}' order by 2",
    )
    assert all(
        query(warehouse, f"select count(*) > 0 from nba_analytics.{mart} where game_id = '{game}'")[0][0]
        for mart in MARTS
    )
    change(warehouse, f"delete from nba_raw.nbac_schedule where game_id = '{nba_id}'")
    run_models(warehouse, day, day, *TABLES_ONLY)
    for mart in MARTS:
        assert query(warehouse, f"select count(*) from nba_analytics.{mart} where game_id = '{game}'") == [(0,)]
        assert query(warehouse, f"select count(*) > 0 from nba_analytics.{mart} where game_date = '{day}'") == [(True,)]


def test_an_emptied_date_becomes_empty(warehouse: Path) -> None:
    change(warehouse, "update nba_raw.nbac_schedule set postponed_status = 'Y' where game_date = '2021-11-20'")
    run_models(warehouse, "2021-11-20", "2021-11-20", *TABLES_ONLY)
    for mart in MARTS:
        assert query(warehouse, f"select count(*) from nba_analytics.{mart} where game_date = '2021-11-20'") == [(0,)]


def test_a_failing_model_leaves_its_table_as_it_was(warehouse: Path, expected: dict[str, tuple]) -> None:
    """Delete and insert are one transaction: a row that breaks the contract undoes the delete, too."""
    change(warehouse, "update nba_raw.nbac_schedule set season_year = null where game_date = '2021-11-20'")
    selected = ("+team_offense_game_summary", "--exclude", "config.materialized:view")
    outcome = dbt(warehouse, "run", "--select", *selected, window=("2021-11-20", "2021-11-21"))
    assert outcome.status("team_offense_game_summary") == "error", outcome.message
    offense = "nba_analytics.team_offense_game_summary"
    assert fingerprints(warehouse)[offense] == expected[offense]


def test_no_range_means_since_the_last_built_date(warehouse: Path) -> None:
    change(warehouse, "delete from nba_raw.nbac_schedule where game_date > '2021-12-09'")
    assert dbt(warehouse, "run", "--select", "int_schedule__games").success
    asked = query(
        warehouse,
        "select first_game_date, last_game_date, range_source, mode from nba_orchestration.invocations "
        "order by started_at desc limit 1",
    )
    assert asked == [(date(2021, 12, 6), LAST, "data", "backfill")]


@pytest.fixture(scope="module")
def project(built_warehouse: Path) -> Manifest:
    """The parsed project: vars matter when dbt runs it."""
    return parsed_project(built_warehouse)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ("{start_date: '2021-13-40'}", "start_date is '2021-13-40', which is not a date"),
        ("{end_date: 2021-11-01}", "start_date is missing"),
        ("{start_date: 2021-11-20, mode: hourly}", "mode is 'hourly', allowed are daily and backfill"),
        ("{start_dat: 2021-11-20}", "Unknown var 'start_dat'"),
    ],
)
def test_a_bad_var_is_refused_before_anything_is_written(
    built_warehouse: Path, project: Manifest, variables: str, message: str
) -> None:
    refused(built_warehouse, message, "--vars", variables, manifest=project)


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("2021-02-29", "2021-03-01", "start_date is '2021-02-29', which is not a date"),
        ("yesterday", "2021-11-01", "start_date is 'yesterday', which is not a date"),
        ("2021-12-01", "2021-11-01", "end_date 2021-11-01 is before start_date 2021-12-01"),
        ("", "2021-11-01", "NBA_WINDOW_START is set and empty"),
        ("2011-12-01", "2021-11-01", "more than max_range_days"),
    ],
)
def test_a_bad_range_is_refused_before_anything_is_written(
    built_warehouse: Path, start: str, end: str, message: str
) -> None:
    """Vars and environment give the same range; a new environment is no new project to parse."""
    refused(built_warehouse, message, window=(start, end))


def refused(warehouse: Path, message: str, *arguments: str, **how: Any) -> None:
    """A run that ends with the message and changes nothing."""
    said = unchanged(warehouse, *arguments, **how)
    assert message in said
    assert "Nothing was built" in said


def unchanged(warehouse: Path, *arguments: str, **how: Any) -> str:
    """What a run said that failed and wrote nothing, neither into the file nor into a log beside it."""
    before = warehouse.read_bytes()
    outcome = dbt(warehouse, "run", *arguments, **how)
    assert not outcome.success
    assert warehouse.read_bytes() == before
    assert not Path(f"{warehouse}.wal").exists()
    return outcome.message


def test_an_unquoted_impossible_date_is_refused_by_dbt_itself(built_warehouse: Path) -> None:
    """YAML reads an unquoted date before any macro can; the message is PyYAML's."""
    assert "month must be in 1..12" in unchanged(built_warehouse, "--vars", "{start_date: 2021-13-40}")


def test_full_refresh_of_a_range_is_refused(built_warehouse: Path) -> None:
    message = "--full-refresh rebuilds the whole history"
    refused(built_warehouse, message, "--full-refresh", window=("2021-11-20", "2021-11-20"))


def test_declared_vars_are_those_of_the_project() -> None:
    """The list that refuses unknown vars holds every var of dbt_project.yml and nothing else."""
    declared = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]
    macro = (PROJECT / "macros/window/range.sql").read_text()
    listed = macro.split("return([")[1].split("])")[0]
    assert [name.strip(" '\n") for name in listed.split(",") if name.strip()] == list(declared)


def test_no_model_mentions_dates_or_range_vars() -> None:
    """Range logic lives in macros/window alone, and never in config(), where dbt would freeze it."""
    for model in (PROJECT / "models").rglob("*.sql"):
        text = model.read_text()
        for forbidden in ("start_date", "end_date", "NBA_WINDOW", "window_start", "is_incremental"):
            assert forbidden not in text, f"{model.name} mentions {forbidden}"
