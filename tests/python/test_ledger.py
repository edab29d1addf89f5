"""The ledger, plan, run and heal: what is missing and stale is known exactly.

A sample of corrections runs here; `make drills` runs as many as the acceptance of the ledger asks for.
"""

from __future__ import annotations

import os
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from backfill.base.warehouse import Warehouse, read_manifest
from backfill.build import execution
from backfill.build.planning import Partition, Step, steps_of
from building import BUILT, PROJECT, backfill, change, copied, dbt, fingerprints, planned, query, run_models

#: A model that fails in a test, and what it reads the changed rows from.
FAILING = ("int_boxscores__player_lines", "player_game_summary")
CORRECTIONS = int(os.environ.get("NBA_TEST_CORRECTIONS", "1"))

STATES = {
    "HAS_DATA",
    "HAS_DATA_NO_RECORD",
    "PARTIAL",
    "RAN_NO_DATA",
    "RAN_FAILED",
    "RUNNING",
    "STALE_RUNNING",
    "SKIPPED",
    "NEVER_RAN",
    "NOT_EXPECTED",
}


def partitions(plan: dict) -> set[tuple[str, str]]:
    """(model, date) of a plan."""
    return {(partition["model"], partition["game_date"]) for partition in plan["partitions"]}


@pytest.fixture
def copy(current: Path, tmp_path: Path) -> Path:
    """A copy of it to change."""
    return copied(current, tmp_path / "copy")


def test_the_list_of_ledgered_models_is_the_incremental_ones(current: Path) -> None:
    listed = yaml.safe_load(
        (PROJECT / "macros/ledger/ledgered_names.sql").read_text().split("return(")[1].split(")")[0]
    )
    incremental = {
        node["name"]
        for node in read_manifest()["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["materialized"] == "incremental"
    }
    assert sorted(listed) == sorted(incremental)


def test_every_partition_has_exactly_one_state(current: Path) -> None:
    states = query(
        current, "select model, game_date, count(*), min(state) from nba_orchestration.partition_states group by all"
    )
    assert {count for _, _, count, _ in states} == {1}
    assert {state for _, _, _, state in states} <= STATES
    ((scheduled,),) = query(current, "select count(distinct game_date) from nba_staging.int_schedule__games")
    models = {model for model, _, _, _ in states}
    assert len(states) == scheduled * len(models) > 0
    built = {state for _, day, _, state in states if str(day) <= BUILT[1]}
    assert built == {"HAS_DATA", "RAN_NO_DATA", "NOT_EXPECTED"}
    assert {state for _, day, _, state in states if str(day) > BUILT[1]} == {"NEVER_RAN"}


def test_the_command_line_knows_the_code_that_the_hooks_recorded(current: Path) -> None:
    seen = dict(
        query(current, "select model, arg_max(code_version, seen_at) from nba_orchestration.code_versions group by 1")
    )
    recorded = dict(query(current, "select distinct model, code_version from nba_orchestration.partition_ledger"))
    assert recorded
    assert {model: seen[model] for model in recorded} == recorded


def test_building_again_changes_no_fingerprint(copy: Path) -> None:
    outcome = backfill(copy, "run", "--start", "2021-11-20", "--end", "2021-11-22", "--rebuild", "--json")
    assert outcome.returncode == 0, outcome.stderr
    versions = query(
        copy,
        """select count(*), count(distinct (output_fingerprint, inputs, code_version)), max(attempt)
        from nba_orchestration.partition_ledger where game_date between '2021-11-20' and '2021-11-22'
        group by model, game_date""",
    )
    assert set(versions) == {(2, 1, 2)}
    assert planned(copy, "--end", BUILT[1], "--start", BUILT[0])["partitions"] == []


def test_a_ledger_of_an_older_version_gets_the_columns_it_lacks(copy: Path) -> None:
    change(
        copy,
        "drop view nba_orchestration.invocations",
        "alter table nba_orchestration.invocation_events drop column owner",
        "create view nba_orchestration.invocations as select * from nba_orchestration.invocation_events",
        "alter table nba_orchestration.partition_ledger drop column inputs",
    )
    outcome = dbt(copy, "run", "--select", "team_offense_game_summary", window=("2021-12-09", "2021-12-09"))
    assert outcome.success, outcome.message
    owners = query(copy, "select owner, status from nba_orchestration.invocations order by started_at")
    assert owners[-1] == ("dbt run", "success")
    assert {owner for owner, _ in owners[:-1]} == {None}
    recorded = query(
        copy,
        """select game_date, inputs is not null from nba_orchestration.latest_attempts
        where model = 'team_offense_game_summary' and game_date between '2021-12-08' and '2021-12-09' order by 1""",
    )
    assert recorded == [(date(2021, 12, 8), False), (date(2021, 12, 9), True)]


def test_a_range_that_is_done_is_not_done_again(copy: Path) -> None:
    before = query(copy, "select count(*) from nba_orchestration.partition_ledger")
    outcome = backfill(copy, "run", "--start", "2021-11-20", "--end", "2021-11-22")
    assert outcome.returncode == 0
    assert "Nothing to do" in outcome.stdout
    assert query(copy, "select count(*) from nba_orchestration.partition_ledger") == before


@pytest.mark.parametrize("seed", range(CORRECTIONS))
def test_a_correction_reaches_exactly_what_reads_it(copy: Path, seed: int, tmp_path: Path) -> None:
    """Sound: a rebuild from scratch changes nothing that the plan did not list. Healed equals rebuilt."""
    chance = random.Random(seed)
    players = query(
        copy,
        """select cast(game_date as varchar), player_name, team_abbr from nba_raw.nbac_gamebook_player_stats
        where player_status = 'active' and points > 0 and game_date between '2021-10-25' and '2021-12-05'
        and season_year = 2021 order by all""",
    )
    day, player, team = chance.choice(players)
    # a layup that the score-keeper missed: the box score of his team has it, too, so that the sums stay right
    before = partition_contents(copy)
    change(
        copy,
        "update nba_raw.nbac_gamebook_player_stats set points = points + 2, field_goals_made = field_goals_made + 1, "
        f"field_goals_attempted = field_goals_attempted + 1 where game_date = '{day}' and player_name = $${player}$$",
        "update nba_raw.nbac_team_boxscore set points = points + 2, fg_made = fg_made + 1, "
        f"fg_attempted = fg_attempted + 1 where game_date = '{day}' and team_abbr = '{team}'",
    )
    plan = planned(copy, "--start", BUILT[0], "--end", BUILT[1])
    listed = partitions(plan)
    assert listed
    assert all(date >= day for _, date in listed), "the reach goes forward"
    causes = {partition["cause"] for partition in plan["partitions"]}
    assert causes <= {f"{day} stg_nbacom__gamebook_player_stats", f"{day} stg_nbacom__team_boxscore"}

    scratch = copied(copy, tmp_path / "scratch")
    run_models(scratch, *BUILT)
    after = partition_contents(scratch)
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert changed, "the correction changes something"
    assert changed <= listed

    healed = backfill(copy, "heal", "--start", BUILT[0], "--end", BUILT[1])
    assert healed.returncode == 0, healed.stdout + healed.stderr
    assert fingerprints(copy) == fingerprints(scratch)
    assert planned(copy, "--start", BUILT[0], "--end", BUILT[1])["partitions"] == []
    unchanged = 100 * (1 - len(changed) / len(listed))
    print(f"\n{day} {len(listed)} partitions listed, {len(changed)} changed: {unchanged:.0f} % listed but unchanged")


def partition_contents(warehouse: Path) -> dict[tuple[str, str], tuple[int, int]]:
    """(model, date) -> rows and content, of every ledgered table."""
    return {
        (model, str(day)): (rows, content)
        for model, day, rows, content in query(
            warehouse,
            """select model, game_date, row_count, output_fingerprint from nba_orchestration.latest_attempts
            where row_count > 0 and model not like '%_failures'""",
        )
    }


def test_a_postponed_game_vanishes_and_what_read_it_is_built_again(copy: Path) -> None:
    ((game, day),) = query(
        copy,
        "select nba_game_id, cast(game_date as varchar) from nba_staging.int_schedule__games "
        "where game_date = '2021-11-20' limit 1",
    )
    change(
        copy,
        f"update nba_raw.nbac_schedule set postponed_status = 'Y', game_status = 1 where game_id = '{game}'",
        *(
            f"delete from nba_raw.{table} where game_date = '{day}' and "
            f"game_id in (select game_id from nba_staging.int_schedule__games where nba_game_id = '{game}')"
            for table in ("nbac_gamebook_player_stats",)
        ),
    )
    listed = partitions(planned(copy, "--start", BUILT[0], "--end", BUILT[1]))
    assert ("player_game_summary", day) in listed
    assert ("upcoming_team_game_context", day) in listed


def test_a_failing_model_is_tried_three_times_and_again_when_its_input_changes(copy: Path) -> None:
    # a usage rate that no column can hold: the model fails, as it should
    change(
        copy,
        "create table kept as from nba_raw.nbac_gamebook_player_stats where game_date = '2021-12-08'",
        """update nba_raw.nbac_gamebook_player_stats set minutes = '0:01', field_goals_attempted = 90000
        where game_date = '2021-12-08' and player_name = (
            select min(player_name) from nba_raw.nbac_gamebook_player_stats
            where game_date = '2021-12-08' and player_status = 'active')""",
    )
    window = ("--start", "2021-12-08", "--end", "2021-12-09")
    assert not dbt(copy, "run", "--select", *FAILING, window=("2021-12-08", "2021-12-08")).success
    outcome = backfill(copy, "run", *window)
    assert outcome.returncode == 1, (outcome.stdout, outcome.stderr)
    assert not dbt(copy, "run", window=("2021-12-08", "2021-12-08")).success
    states = dict(
        query(copy, "select model, state from nba_orchestration.partition_states where game_date = '2021-12-08'")
    )
    assert states["player_game_summary"] == "RAN_FAILED"
    assert states["player_daily_cache"] == "SKIPPED"
    plan = planned(copy, *window)
    assert [partition["model"] for partition in plan["left_alone"]] == ["player_game_summary"]
    # what the next day reads of it waits; what was skipped and does not read it goes on
    waiting = {(partition["model"], partition["game_date"]) for partition in plan["waiting"]}
    assert ("int_players__form_entering", "2021-12-09") in waiting
    assert ("player_daily_cache", "2021-12-08") in partitions(plan)
    assert not waiting & partitions(plan)
    assert backfill(copy, "plan", *window).returncode == 2

    change(
        copy,
        "delete from nba_raw.nbac_gamebook_player_stats where game_date = '2021-12-08'",
        "insert into nba_raw.nbac_gamebook_player_stats from kept",
    )
    plan = planned(copy, *window)
    assert plan["left_alone"] == []
    assert ("player_game_summary", "2021-12-08") in partitions(plan)
    results = (*window, "--phases", "3")
    assert backfill(copy, "run", *results).returncode == 0
    assert planned(copy, *results)["partitions"] == []


def test_separate_dates_are_built_apart_and_many_as_one_range() -> None:
    """Two corrections leave alone what is between them; every second date of a month is not worth 15 invocations."""
    days = [date(2021, 11, 1) + timedelta(days=number) for number in range(30)]
    known = [{"model": "player_daily_cache", "game_date": day} for day in days]

    def steps(wanted: list[date]) -> list[tuple[date, date, int]]:
        partitions = [Partition("player_daily_cache", day, 4, "UPSTREAM", "") for day in wanted]
        found = steps_of(partitions, {"player_daily_cache": 1}, known, None)
        return [(step.start, step.end, step.partitions) for step in found]

    assert steps(days[3:5] + days[20:21]) == [(days[3], days[4], 2), (days[20], days[20], 1)]
    assert steps(days[::2]) == [(days[0], days[28], 15)]
    assert steps(days) == [(days[0], days[29], 30)]


def test_views_and_schedule_come_with_the_first_step_of_a_range(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that reaches beyond what was prepared brings them again, and the content of its dates is recorded."""
    selected: list[list[str]] = []
    monkeypatch.setattr(execution, "_invoke", lambda _, arguments, *__, **___: selected.append(arguments))
    monkeypatch.setattr(execution, "open_checks", lambda *_: [])
    days = [date(2021, 11, 1) + timedelta(days=number) for number in range(4)]
    outcome = execution.Outcome()
    for start, end in ((days[0], days[2]), (days[1], days[2]), (days[1], days[3])):
        step = Step(["player_daily_cache"], start, end, 1)
        execution.build_step(Warehouse("duckdb", Path("nba.duckdb")), step, outcome)
    assert ["tag:staging" in arguments for arguments in selected] == [True, False, True]
    assert all("player_daily_cache" in arguments for arguments in selected)


def test_a_row_changed_by_hand_is_found_and_repaired(copy: Path) -> None:
    before = fingerprints(copy)
    change(copy, "update nba_analytics.player_game_summary set points = points + 1 where game_date = '2021-12-01'")
    plan = planned(copy, "--start", BUILT[0], "--end", BUILT[1])
    reasons = {(p["model"], p["game_date"]): p["reason"] for p in plan["partitions"]}
    assert reasons["player_game_summary", "2021-12-01"] == "CONTENT_CHANGED"
    assert backfill(copy, "heal", "--start", BUILT[0], "--end", BUILT[1]).returncode == 0
    assert fingerprints(copy) == before


def test_phases_wait_for_each_other_unless_told_otherwise(copy: Path) -> None:
    window = ("--start", "2021-12-10", "--end", "2021-12-11")
    refused = backfill(copy, "run", *window, "--phases", "4")
    assert refused.returncode == 1
    assert "missing or stale" in refused.stderr
    forced = backfill(copy, "run", *window, "--phases", "4", "--override-gate", "drill")
    assert forced.returncode in (0, 1)
    notes = query(copy, "select distinct note from nba_orchestration.invocations where note like 'gate%'")
    assert notes == [("gate overridden: drill",)]


def test_months_are_built_one_by_one(copy: Path) -> None:
    outcome = backfill(copy, "run", "--start", "2021-12-28", "--end", "2022-01-03", "--chunk", "month", "--dry-run")
    assert outcome.returncode == 1
    steps = planned(copy, "--start", "2021-12-28", "--end", "2022-01-03")["steps"]
    assert len(steps) == 1
    assert "2021-12-28 to 2021-12-31" in outcome.stdout
    assert "2022-01-01 to 2022-01-03" in outcome.stdout
