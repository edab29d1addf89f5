"""A command as a process of its own: wall and CPU seconds and peak memory, of it and everything it started."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """One measured run: seconds on the clock, seconds of CPU, and the largest resident set, MiB."""

    wall: float
    cpu: float
    peak_mib: float


@dataclass(frozen=True)
class Figure:
    """Several runs of the same work: medians, and the shortest and longest run in seconds."""

    runs: int
    wall: float
    shortest: float
    longest: float
    cpu: float
    peak_mib: float

    @classmethod
    def of(cls, runs: Sequence[Run]) -> Figure:
        """Raises statistics.StatisticsError when there are none."""
        walls = [run.wall for run in runs]
        return cls(
            len(runs),
            round(statistics.median(walls), 2),
            round(min(walls), 2),
            round(max(walls), 2),
            round(statistics.median(run.cpu for run in runs), 2),
            round(max(run.peak_mib for run in runs)),
        )


def run(command: Sequence[str | Path], folder: Path, variables: Mapping[str, str] | None = None) -> Run:
    """Run a command and measure it.

    Raises CalledProcessError, with what it said, when its exit code is neither 0 nor 1, which is an answer, too.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, **(variables or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    if process.returncode not in (0, 1):
        raise subprocess.CalledProcessError(process.returncode, process.args, said)
    kibibytes = used.ru_maxrss / 1024 if sys.platform == "darwin" else used.ru_maxrss
    return Run(wall, used.ru_utime + used.ru_stime, kibibytes / 1024)


def machine() -> dict[str, str | int]:
    """What the figures hold for: cores, memory in GiB, and the versions of what does the work."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": os.cpu_count() or 0,
        "memory_gib": round(pages / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("dbt-core", "dbt-duckdb", "duckdb")},
    }


def as_row(figure: Figure) -> dict[str, float]:
    """A figure as JSON."""
    return asdict(figure)
