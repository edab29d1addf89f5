"""A run that is killed, and two that overlap: the ledger stays true, and the same command ends as one run would.

A sample runs here; `make drills` runs as many kills and races as the acceptance of the ledger asks for.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from building import MARTS, PROJECT, backfill, backfill_command, backfill_environment, copied, fingerprints, query

KILLS = int(os.environ.get("NBA_TEST_KILLS", "2"))
RACES = int(os.environ.get("NBA_TEST_RACES", "1"))
#: Dates with a gap among them, Christmas Eve; and the first half of them.
NEXT = ("2021-12-10", "2021-12-26")
HALF = ("2021-12-10", "2021-12-18")


@dataclass(frozen=True)
class Whole:
    """What one undisturbed run of the dates makes, and how long it takes."""

    fingerprints: dict[str, tuple]
    seconds: float


@pytest.fixture(scope="module")
def whole(current: Path, warehouses: Path) -> Whole:
    """One run from the first to the last of the dates."""
    warehouse = copied(current, warehouses / "whole")
    began = time.monotonic()
    assert backfill(warehouse, "run", "--start", NEXT[0], "--end", NEXT[1]).returncode == 0
    return Whole(fingerprints(warehouse), time.monotonic() - began)


def ledger_claims_what_is_there(warehouse: Path) -> bool:
    """TRUE when every partition that the ledger calls a success holds exactly what was recorded."""
    wrong = query(
        warehouse,
        """select model, game_date, reason from nba_orchestration.stale_partitions
        where reason in ('CONTENT_CHANGED', 'NO_RECORD')""",
    )
    return not wrong


def test_kill_anywhere(current: Path, whole: Whole, tmp_path: Path) -> None:
    """A killed run is resumed by the same command: nothing is lost, nothing that was done is done twice."""
    run = ("run", "--start", NEXT[0], "--end", NEXT[1])
    chance = random.Random(1)
    kills, warehouse = 0, copied(current, tmp_path / "killed")
    while kills < KILLS:
        process = subprocess.Popen(
            backfill_command(*run),
            env=backfill_environment(warehouse),
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            said, _ = process.communicate(timeout=chance.uniform(0.05, 1.0) * whole.seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kills += 1
            assert ledger_claims_what_is_there(warehouse)
            continue
        # it ended before the kill: what the interrupted runs made together is what one run makes
        assert process.returncode == 0, said
        assert fingerprints(warehouse) == whole.fingerprints
        warehouse = copied(current, tmp_path / "killed")
    assert backfill(warehouse, *run).returncode == 0
    assert fingerprints(warehouse) == whole.fingerprints
    again = query(
        warehouse,
        f"""select model, game_date, count(*) from nba_orchestration.partition_ledger
        where state = 'SUCCESS' and game_date between '{NEXT[0]}' and '{NEXT[1]}' group by all having count(*) > 1""",
    )
    assert again == []


@pytest.mark.parametrize("race", range(RACES))
def test_two_overlapping_runs_end_as_one(current: Path, whole: Whole, tmp_path: Path, race: int) -> None:
    warehouse = copied(current, tmp_path / "race")
    processes = [
        subprocess.Popen(
            backfill_command("run", "--start", start, "--end", end, "--wait", "120"),
            env=backfill_environment(warehouse),
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for start, end in ((HALF, NEXT) if race % 2 else (NEXT, HALF))
    ]
    said = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    # whoever was second built what was missing; the rest is made whole by a heal
    assert backfill(warehouse, "heal", "--start", NEXT[0], "--end", NEXT[1]).returncode == 0
    assert fingerprints(warehouse) == whole.fingerprints
    for table in MARTS:
        keys = "game_id, " + ("player_lookup" if "player" in table else "team_abbr")
        keys = keys.replace("team_abbr", "defending_team_abbr") if "defense" in table else keys
        assert query(warehouse, f"select {keys} from nba_analytics.{table} group by all having count(*) > 1") == []
