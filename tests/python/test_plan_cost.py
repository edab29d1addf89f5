"""`backfill plan` and `run` on BigQuery: bytes per step before anything runs, and no run above the limit.

No BigQuery is there: the ledger is made up, and the project is compiled by the real dbt-bigquery adapter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from backfill.base.errors import BackfillError
from backfill.base.warehouse import Warehouse
from backfill.build import plan_cost, planning
from backfill.build.planning import Plan, Step
from backfill.cli import app
from backfill.cost.estimate import MINIMUM_BILLED, NodeReads, read_build
from bigquery.compiled import compiled
from typer.testing import CliRunner

DAY = date(2022, 1, 10)
MODELS = ["player_game_summary", "upcoming_player_game_context"]
#: Eight games a day since opening night, and what the ledger says of two models and one raw table.
GAMES = {date(2021, 10, 19) + timedelta(days=number): 8 for number in range(165)}
LEDGER = [
    {"model": model, "game_date": day, "row_count": rows}
    for model, rows in (("player_game_summary", 170), ("stg_bigdataball__play_by_play", 3_800))
    for day in GAMES
    if day < DAY
]


def manifest_of(start: date, end: date) -> Mapping[str, Any]:
    return compiled((start.isoformat(), end.isoformat()))


def stop(*_: Any) -> None:
    raise BackfillError("far enough")


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slow half of an estimate, once for each manifest."""
    monkeypatch.setattr(plan_cost, "read_build", lambda manifest: read_of(manifest["metadata"]["invocation_id"]))


@cache
def read_of(invocation: str) -> list[NodeReads]:
    manifest = manifest_of(DAY, DAY)
    assert manifest["metadata"]["invocation_id"] == invocation
    return read_build(manifest)


@pytest.fixture
def on_bigquery(monkeypatch: pytest.MonkeyPatch) -> None:
    """A warehouse of which two models of one day are stale, as `plan --target bigquery` would find it."""
    order = [*MODELS, "player_daily_cache"]
    answers = {
        planning.STALE: [
            {"model": model, "game_date": DAY, "phase": 3, "reason": "NEVER_RAN", "cause": f"{DAY} {model}"}
            for model in MODELS
        ],
        planning.KNOWN: [
            {"model": model, "build_order": number, "phase": 3, "game_date": DAY, "row_count": None}
            for number, model in enumerate(order)
        ],
        planning.DURATIONS: [],
        plan_cost.MODEL_ROWS: [row for row in LEDGER if not row["model"].startswith("stg_")],
        plan_cost.SOURCE_ROWS: [row for row in LEDGER if row["model"].startswith("stg_")],
        plan_cost.GAMES: [{"game_date": day, "games": games} for day, games in GAMES.items()],
    }
    monkeypatch.setattr(Warehouse, "refresh", lambda self: None)
    monkeypatch.setattr(planning, "open_findings", lambda *_, **__: [])
    monkeypatch.setattr(Warehouse, "rows", lambda self, sql: answers[sql])
    monkeypatch.setattr(plan_cost, "compiled", lambda warehouse, start, end: manifest_of(start, end))
    monkeypatch.delenv(plan_cost.LIMIT_VARIABLE, raising=False)


def backfill(*arguments: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(app, [*arguments, "--target", "bigquery_local"])
    return outcome.exit_code, outcome.output


def test_plan_shows_bytes_and_dollars(on_bigquery: None) -> None:
    code, said = backfill("plan")
    assert code == 1
    assert "billed" in said
    assert "BigQuery would bill about" in " ".join(said.split())
    _, said = backfill("plan", "--json")
    found = json.loads(said)
    (step,) = found["steps"]
    assert 10 * MINIMUM_BILLED < step["bytes"] < found["bytes"]


@pytest.mark.parametrize(("option", "variable"), [("1000000", None), (None, "1000000")])
def test_run_refuses_above_the_limit(
    on_bigquery: None, monkeypatch: pytest.MonkeyPatch, option: str | None, variable: str | None
) -> None:
    if variable:
        monkeypatch.setenv(plan_cost.LIMIT_VARIABLE, variable)
    code, said = backfill("run", "--start", str(DAY), *(["--max-bytes", option] if option else []))
    assert code == 1
    assert "more than the limit of 976.6 KiB" in " ".join(said.split())


def test_run_below_the_limit_is_not_refused(on_bigquery: None, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Plan] = []
    monkeypatch.setattr("backfill.build.run.build_plan", lambda place, plan, outcome, **more: built.append(plan))
    monkeypatch.setattr("backfill.build.run.summarise", stop)
    backfill("run", "--start", str(DAY), "--override-gate", "no ledger here")
    assert [step.models for plan in built for step in plan.steps] == [MODELS]


def test_a_step_costs_what_its_models_and_their_tests_read() -> None:
    small = Plan([], [], [Step(["player_game_summary"], DAY, DAY, 1)], ["player_game_summary", "player_daily_cache"])
    large = Plan([], [], [Step(MODELS, DAY, DAY, 2)], [*MODELS, "player_daily_cache"])
    whole = Plan([], [], [Step(MODELS, DAY, DAY, 2)], MODELS)
    estimates = [plan_cost.estimate_steps(plan, manifest_of, LEDGER, GAMES) for plan in (small, large, whole)]
    assert small.steps[0].bytes < large.steps[0].bytes < whole.steps[0].bytes
    # the checks of all dates come on top, unless one step has them already
    assert small.bytes > small.steps[0].bytes
    assert whole.bytes == whole.steps[0].bytes
    names = {node.name for node in estimates[0].nodes}
    assert "player_game_summary" in names
    assert "upcoming_player_game_context" not in names
    assert "ledger of nba_raw.bigdataball_play_by_play" in names


def test_rows_are_those_of_the_ledger() -> None:
    statistics = plan_cost.statistics_of(manifest_of(DAY, DAY), LEDGER, GAMES)
    before = DAY - timedelta(days=1)
    assert statistics.rows["nba_analytics.player_game_summary"][before] == 170
    assert statistics.rows["nba_raw.bigdataball_play_by_play"][before] == 3_800
    # not built yet: the mean per game
    assert statistics.rows["nba_analytics.player_game_summary"][DAY] == 170
    assert statistics.rows["nba_staging.int_schedule__team_games"][DAY] == 16
    assert statistics.rows["nba_raw.nba_players_registry"] == {None: plan_cost.UNDATED_ROWS}
