"""A sample of the fault matrix; `make faults` prints all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import copied
from faults.harness import Fault, Sound, judge
from faults.kinds import FAULTS

#: One fault in raw that a build finds, one in a built table, and one that has to change nothing.
SAMPLE = ("box scores of a game are lost", "a game is built four times", "a box score is stored twice")


@pytest.fixture(scope="module")
def sound(current: Path, tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """The built warehouse, and what its checks say without a fault."""
    return Sound(copied(current, tmp_path_factory.mktemp("sound")))


def test_the_matrix_is_as_large_as_asked() -> None:
    assert len({fault.kind for fault in FAULTS}) == len(FAULTS) >= 40


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.kind in SAMPLE], ids=lambda fault: fault.kind)
def test_a_fault_is_seen_in_its_place(sound: Sound, fault: Fault, tmp_path: Path) -> None:
    verdict = judge(sound, fault, tmp_path)
    assert verdict.detected and verdict.localised, verdict.checks
