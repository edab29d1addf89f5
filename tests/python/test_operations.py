"""Commands that answer questions: sound on a built warehouse, and each red for the fault it is there to find.

The fixture is 2021-22 built to 2021-12-09; a fault is made in a copy. Exit codes: 0 sound, 1 a finding, 2 critical or
not to be answered.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from backfill.base.warehouse import read_manifest
from building import PROJECT, backfill, change, copied, dbt, query

BUILT = ("--start", "2021-10-19", "--end", "2021-12-09")
DAY = "2021-12-05"
ON_DAY = ("--start", DAY, "--end", DAY)


@dataclass
class Answer:
    """What a command said: exit code, stdout, and stdout as data when it is JSON."""

    code: int
    text: str
    data: Any


def ask(warehouse: Path, *arguments: str, as_json: bool = True) -> Answer:
    """Run a command in a process of its own."""
    given = [*arguments, "--json"] if as_json else list(arguments)
    outcome = backfill(warehouse, *given)
    data = json.loads(outcome.stdout) if as_json else None
    return Answer(outcome.returncode, outcome.stdout + outcome.stderr, data)


@pytest.fixture(scope="module")
def sound(current: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built warehouse with views and code versions as in the checkout."""
    warehouse = copied(current, tmp_path_factory.mktemp("sound"))
    outcome = ask(warehouse, "gaps", *BUILT)
    assert outcome.code == 0, outcome.text
    return warehouse


@pytest.fixture
def broken(sound: Path, tmp_path: Path) -> Path:
    """A copy to break."""
    return copied(sound, tmp_path)


@pytest.fixture
def holder(sound: Path, tmp_path: Path) -> Any:
    """A copy that another process has open for writing."""
    warehouse = copied(sound, tmp_path)
    script = f"import duckdb; c = duckdb.connect({str(warehouse)!r}); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stdout.readline().strip() == "open"
        yield warehouse, process.pid
        process.communicate("\n")


def gap_of(answer: Answer, model: str, column: str | None = None, day: str = DAY) -> dict[str, Any]:
    """The one gap of a partition or a column."""
    found = [
        gap for gap in answer.data["gaps"] if (gap["model"], gap["column"], gap["game_date"]) == (model, column, day)
    ]
    assert len(found) == 1, (model, column, day, [gap["model"] for gap in answer.data["gaps"]][:10])
    return found[0]


@pytest.mark.parametrize(
    "arguments",
    [
        ("doctor",),
        ("preflight", *BUILT),
        ("coverage", *BUILT, "--reconcile"),
        ("contamination", *BUILT, "--strict"),
        ("verify", *BUILT),
        ("verify", *ON_DAY, "--phase3-for-phase4"),
        ("history", "--model", "player_game_summary", "--date", DAY),
        ("why", "player_daily_cache", DAY),
        ("report", *BUILT),
    ],
    ids=lambda arguments: " ".join(arguments[:1]) + ("-gate" if "--phase3-for-phase4" in arguments else ""),
)
def test_a_built_range_is_sound(sound: Path, arguments: tuple[str, ...]) -> None:
    outcome = ask(sound, *arguments)
    assert outcome.code == 0, outcome.text


def test_keys_and_values_of_the_views(sound: Path) -> None:
    for view, key in (
        ("chain_status", "chain, game_id"),
        ("column_health", "model, game_date, column_name"),
        ("data_gaps", "model, game_date, column_name"),
        ("partition_states", "model, game_date"),
    ):
        ((rows, keys),) = query(sound, f"select count(*), count(distinct ({key})) from nba_orchestration.{view}")
        assert rows == keys > 0, view
    statuses = {status for (status,) in query(sound, "select distinct status from nba_orchestration.chain_status")}
    assert statuses <= {"SERVED", "PARTIAL", "MISSING", "KNOWN_GAP", "NOT_DUE"}
    # the players of a game, added up, stand in for its team box score
    assert query(sound, "select count(distinct chain) from nba_orchestration.chain_status") == [(7,)]


def test_progress_is_that_of_the_slowest_table(broken: Path) -> None:
    parts = {part["phase"]: part for part in ask(broken, "status", "--season", "2021-22").data["progress"]}
    before = parts["4"]["done"]
    assert parts["3"]["done"] < parts["3"]["known"], "the season goes on after the fixture"
    change(broken, f"delete from nba_precompute.player_shot_zone_analysis where game_date >= '{DAY}'")
    outcome = ask(broken, "status")
    parts = {part["phase"]: part for part in outcome.data["progress"]}
    assert outcome.code == 1
    assert parts["4"]["slowest"] == "player_shot_zone_analysis"
    assert parts["4"]["done"] < before
    assert outcome.data["states"]["NEVER_RAN"] > 0
    assert outcome.data["stale"]["CONTENT_CHANGED"] > 0


def test_a_deleted_partition_is_missing_everywhere(broken: Path) -> None:
    change(broken, f"delete from nba_analytics.team_defense_game_summary where game_date = '{DAY}'")
    found = ask(broken, "gaps", *BUILT)
    assert found.code == 1
    gap = gap_of(found, "team_defense_game_summary")
    assert (gap["gap_type"], gap["severity"], gap["actual"]) == ("MISSING_DATE", "HIGH", 0)
    assert {"team_defense_zone_analysis", "ml_feature_store_v2"} <= set(gap["downstream"])
    assert gap["remedy"] == f"backfill heal --start {DAY} --end {DAY}"
    plan = ask(broken, "plan", *BUILT)
    assert ("team_defense_game_summary", DAY, "CONTENT_CHANGED") in {
        (partition["model"], partition["game_date"], partition["reason"]) for partition in plan.data["partitions"]
    }
    for arguments in (
        ("verify", *ON_DAY),
        ("verify", *ON_DAY, "--phase3-for-phase4"),
        ("preflight", *ON_DAY),
        ("coverage", *ON_DAY),
        ("contamination", *ON_DAY),
        ("why", "team_defense_game_summary", DAY),
        ("report", *ON_DAY),
    ):
        assert ask(broken, *arguments).code == 1, arguments
    verdicts = ask(broken, "contamination", *ON_DAY, "--stage", "phase3").data["columns"]
    assert {row["verdict"] for row in verdicts if row["model"] == "team_defense_game_summary"} == {"NO_DATA"}


def test_a_dropped_player_is_partial_and_unaccounted(broken: Path) -> None:
    change(
        broken,
        f"""delete from nba_analytics.player_game_summary where game_date = '{DAY}' and player_lookup = (
        select min(player_lookup) from nba_analytics.player_game_summary where game_date = '{DAY}')""",
    )
    gap = gap_of(ask(broken, "gaps", *ON_DAY), "player_game_summary")
    assert (gap["gap_type"], gap["severity"]) == ("PARTIAL", "MEDIUM")
    assert gap["expected"] == gap["actual"] + 1
    outcome = ask(broken, "coverage", *ON_DAY, "--reconcile", "--model", "player_game_summary")
    assert outcome.code == 1
    assert [row["state"] for row in outcome.data["unsound"]] == ["unaccounted"]


def test_a_null_is_reported_at_the_first_table_and_what_follows_as_a_cascade(broken: Path) -> None:
    change(
        broken,
        f"update nba_analytics.team_offense_game_summary set team_paint_attempts = null where game_date = '{DAY}'",
        f"update nba_analytics.team_defense_game_summary set opp_paint_attempts = null where game_date = '{DAY}'",
    )
    found = ask(broken, "gaps", *ON_DAY)
    assert found.code == 2
    cause = gap_of(found, "team_offense_game_summary", "team_paint_attempts")
    symptom = gap_of(found, "team_defense_game_summary", "opp_paint_attempts")
    assert (cause["gap_type"], cause["severity"]) == ("NULL_FIELD", "HIGH")
    assert (symptom["gap_type"], symptom["severity"]) == ("CASCADE", "CRITICAL")
    assert symptom["cause"] == f"{DAY} team_offense_game_summary.team_paint_attempts"
    assert cause["contaminates"] == [f"{DAY} team_defense_game_summary.opp_paint_attempts"]
    answer = ask(broken, "why", "team_defense_game_summary", DAY, "--column", "opp_paint_attempts")
    assert answer.code == 1
    assert answer.data["chain"][1]["name"] == symptom["cause"]
    outcome = ask(broken, "contamination", *ON_DAY, "--stage", "phase3")
    assert outcome.code == 1
    verdicts = {(row["model"], row["column"]): row["verdict"] for row in outcome.data["columns"]}
    assert verdicts["team_offense_game_summary", "team_paint_attempts"] == "CONTAMINATED"
    assert verdicts["team_offense_game_summary", "pace"] == "CLEAN"


def test_a_zero_that_cannot_be_is_of_medium_severity(broken: Path) -> None:
    change(broken, f"update nba_analytics.team_offense_game_summary set pace = 0 where game_date = '{DAY}'")
    gap = gap_of(ask(broken, "gaps", *ON_DAY), "team_offense_game_summary", "pace")
    assert (gap["gap_type"], gap["severity"], gap["actual"]) == ("ZERO_VALUE", "MEDIUM", 0)


def test_strict_also_fails_on_partial(broken: Path) -> None:
    change(
        broken,
        f"""update nba_analytics.player_game_summary set usage_rate = null
        where game_date = '{DAY}' and player_lookup in (
        select player_lookup from nba_analytics.player_game_summary where game_date = '{DAY}'
        order by player_lookup limit 10)""",
    )
    assert ask(broken, "contamination", *ON_DAY, "--stage", "phase3").code == 0
    assert ask(broken, "contamination", *ON_DAY, "--stage", "phase3", "--strict").code == 1


def test_what_never_ran_is_named(sound: Path) -> None:
    found = ask(sound, "gaps", "--start", "2021-12-10")
    assert found.code == 1
    assert {gap["state"] for gap in found.data["gaps"]} == {"NEVER_RAN"}
    assert {gap["gap_type"] for gap in found.data["gaps"]} == {"MISSING_DATE"}
    assert ask(sound, "verify", "--start", "2021-12-10").code == 1
    assert ask(sound, "coverage", "--start", "2021-12-10").code == 1
    assert ask(sound, "preflight", "--start", "2021-12-10", "--phases", "2").code == 0
    assert ask(sound, "preflight", "--start", "2021-12-10", "--phases", "3").code == 1


def test_an_emptied_source_is_the_cause_of_what_ran_without_data(broken: Path) -> None:
    for table in ("nbac_gamebook_player_stats", "bdl_player_boxscores", "nbac_team_boxscore"):
        change(broken, f"delete from nba_raw.{table} where game_date = '{DAY}'")
    assert ask(broken, "preflight", *ON_DAY, "--phases", "2").code == 1
    stale = gap_of(ask(broken, "gaps", *ON_DAY), "player_game_summary")
    assert stale["gap_type"] == "STALE"  # not rebuilt yet: it still holds what raw had
    assert dbt(broken, "build", "--exclude-resource-type", "test", "unit_test", window=(DAY, DAY)).success
    found = ask(broken, "gaps", *ON_DAY)
    assert found.code == 2
    gap = gap_of(found, "player_game_summary")
    assert (gap["gap_type"], gap["state"]) == ("CASCADE", "RAN_NO_DATA")
    assert gap["cause"] == f"{DAY} nbac_gamebook_player_stats"
    answer = ask(broken, "why", "player_game_summary", DAY)
    assert answer.data["first_bad"] == f"{DAY} nbac_gamebook_player_stats"
    assert answer.data["command"].startswith("backfill raw load")


def test_a_failing_model_and_what_it_stops_are_named(broken: Path) -> None:
    day = "2021-12-09"
    change(
        broken,
        f"""update nba_raw.nbac_gamebook_player_stats set minutes = '0:01', field_goals_attempted = 90000
        where game_date = '{day}' and player_name = (
            select min(player_name) from nba_raw.nbac_gamebook_player_stats
            where game_date = '{day}' and player_status = 'active')""",
    )
    assert not dbt(broken, "build", "--exclude-resource-type", "test", "unit_test", window=(day, day)).success
    found = ask(broken, "gaps", "--start", day)
    assert found.code == 2
    failed = gap_of(found, "player_game_summary", day=day)
    assert (failed["state"], failed["severity"]) == ("RAN_FAILED", "HIGH")
    assert gap_of(found, "player_daily_cache", day=day)["state"] == "SKIPPED"
    status = ask(broken, "status").data
    assert status["failures"][0]["model"] == "player_game_summary"
    assert status["states"]["SKIPPED"] > 0
    history = ask(broken, "history", "--date", day, "--failed", "--limit", "100").data
    assert {row["status"] for row in history["attempts"]} == {"failed", "skipped"}
    assert {row["status"] for row in history["invocations"]} == {"failed"}


def test_other_code_makes_stale(broken: Path) -> None:
    change(
        broken,
        "update nba_orchestration.partition_ledger set code_version = 'another' "
        f"where model = 'player_shot_zone_analysis' and game_date = '{DAY}'",
    )
    found = ask(broken, "gaps", *ON_DAY)
    assert gap_of(found, "player_shot_zone_analysis")["reason"].startswith("CODE_CHANGED")
    assert found.code == 0, "what is stale is for plan and verify to refuse"
    assert ask(broken, "verify", *ON_DAY).code == 1
    assert ask(broken, "status").data["stale"]["CODE_CHANGED"] == 1


def test_a_postponed_game_makes_stale_what_counted_it(broken: Path) -> None:
    change(
        broken,
        f"""update nba_raw.nbac_schedule set postponed_status = 'Y', game_status = 1 where game_id = (
        select min(nba_game_id) from nba_staging.int_schedule__games where game_date = '{DAY}')""",
    )
    gap = gap_of(ask(broken, "gaps", *ON_DAY), "upcoming_team_game_context")
    assert gap["gap_type"] in ("STALE", "PARTIAL")
    assert gap["reason"].startswith("INPUT_CHANGED")
    assert ask(broken, "verify", *ON_DAY).code == 1


def test_a_locked_file_is_named_not_traced(holder: tuple[Path, int]) -> None:
    warehouse, pid = holder
    for arguments in (("status",), ("gaps",), ("coverage",), ("verify", *ON_DAY), ("history",)):
        outcome = ask(warehouse, *arguments)
        assert outcome.code == 2, arguments
        assert str(pid) in outcome.data["error"]
    watched = ask(warehouse, "status", "--watch", "--looks", "2", "--interval", "0.1", as_json=False)
    assert watched.code == 2
    assert f"in use by process {pid}" in " ".join(watched.text.split())
    doctor = ask(warehouse, "doctor", "--quick")
    assert doctor.code == 2
    failed = next(check for check in doctor.data["checks"] if check["outcome"] == "fail")
    assert failed["concern"] == "not locked by another run"


def test_watching_ends_when_it_was_told_to(sound: Path) -> None:
    outcome = ask(sound, "status", "--watch", "--looks", "1", as_json=False)
    assert outcome.code == 1
    assert "Phase 4" in outcome.text


def test_doctor_misses_a_raw_column_and_a_changed_seed(broken: Path) -> None:
    change(
        broken,
        "alter table nba_raw.odds_api_game_lines drop column data_source",
        "delete from nba_reference.player_aliases",
        "delete from nba_raw.bdl_player_boxscores",
    )
    outcome = ask(broken, "doctor", "--quick")
    checks = {check["concern"]: check for check in outcome.data["checks"]}
    assert outcome.code == 1
    assert len(checks) == 13
    assert "odds_api_game_lines.data_source" in checks["raw tables and columns as declared"]["detail"]
    assert checks["raw tables and columns as declared"]["command"] == "backfill raw load DIR"
    assert checks["seeds as in the checkout"]["outcome"] == "warn"
    assert checks["fallback sources are there"]["outcome"] == "warn"


def test_a_lost_raw_column_is_named_not_traced(broken: Path) -> None:
    change(broken, "alter table nba_raw.nbac_gamebook_player_stats rename points to punkte")
    outcomes = [ask(broken, "gaps", *ON_DAY)]
    outcomes += [ask(broken, command, *ON_DAY, as_json=False) for command in ("plan", "run", "heal")]
    for outcome in outcomes:
        said = " ".join(outcome.text.split())
        assert outcome.code != 0
        assert 'column "points" not found' in said and "backfill doctor" in said


def test_an_empty_range_is_never_a_pass(sound: Path) -> None:
    for arguments in (("preflight",), ("coverage",), ("contamination",), ("verify",), ("report",)):
        assert ask(sound, *arguments, "--start", "2021-08-15").code == 2, arguments
    assert ask(sound, "why", "player_game_summary", "2021-08-15").code == 2
    assert ask(sound, "history", "--date", "2021-08-15").code == 2


def test_nothing_failed_is_good_and_a_history_has_a_time(sound: Path) -> None:
    failed = ask(sound, "history", "--failed")
    assert (failed.code, failed.data["attempts"], failed.data["invocations"]) == (0, [], [])
    everything = ask(sound, "history").data
    days = sorted({row["processed_at"][:10] for row in everything["attempts"]})
    assert ask(sound, "history", "--since", days[0], "--until", days[-1]).data["attempts"] == everything["attempts"]
    before = ask(sound, "history", "--since", "2000-01-01", "--until", "2000-01-02")
    assert (before.code, before.data["attempts"], before.data["invocations"]) == (1, [], [])
    assert ask(sound, "history", "--until", "2000-01-02").data["error"].startswith("--until 2000-01-02 needs a --since")


def test_a_warehouse_that_is_not_there_cannot_be_asked(tmp_path: Path) -> None:
    for arguments in (("status",), ("gaps",), ("doctor", "--quick"), ("history",)):
        assert ask(tmp_path / "nba.duckdb", *arguments).code in (1, 2), arguments


def test_a_missing_manifest_is_parsed_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    assert "model.nba_backfill.player_game_summary" in read_manifest()["nodes"]


def test_the_report_is_written_as_markdown(sound: Path, tmp_path: Path) -> None:
    target = tmp_path / "reports" / "range.md"
    outcome = ask(sound, "report", *BUILT, "--output", str(target), as_json=False)
    assert outcome.code == 0, outcome.text
    text = target.read_text()
    for heading in ("Before and after", "Tables", "Failures by category", "Gaps", "Runs"):
        assert f"## {heading}" in text
    assert "| player_game_summary |" in text


def test_the_guide_from_the_old_tools_names_commands_and_options_that_exist() -> None:
    from backfill.cli import app
    from typer.main import get_command

    group = get_command(app)
    text = (PROJECT / "docs" / "from-the-old-tools.md").read_text()
    new = [cell for line in text.splitlines() if line.startswith("| ") for cell in [line.split(" | ")[1]]]
    commands = [found for cell in new for found in re.findall(r"`backfill ([^`]+)`", cell)]
    assert len(commands) > 20
    for command in commands:
        name, *words = command.replace("[", " ").replace("]", " ").split()
        options = {option for parameter in group.commands[name].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, command
    named = set()
    for document in sorted((PROJECT.parent / "shared" / "brief").glob("*.txt")):
        named |= set(re.findall(r"(?:bin|scripts)/[\w/]+\.(?:py|sh)", document.read_text()))
    assert {tool for tool in named if tool not in text} == set()
