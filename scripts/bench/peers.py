"""The same work done otherwise, on the same machine in the same run: a `dbt build` a date, and a pandas
loop over dates and players, as the hand-run jobs before this project worked.

Each runs on a copy of the built warehouse and replaces the dates it is given.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from bench.measure import Run, run


def one_build_a_date(project: Path, dbt: Path, warehouse: Path, days: list[date]) -> Run:
    """A loop of `dbt build`, a process a date, as a shell script would write it."""
    runs = [
        run(
            [
                dbt,
                "build",
                "--quiet",
                "--exclude-resource-type",
                "unit_test",
                "--project-dir",
                project,
                "--profiles-dir",
                project,
            ],
            project,
            {
                "NBA_DUCKDB_PATH": str(warehouse),
                "NBA_WINDOW_START": day.isoformat(),
                "NBA_WINDOW_END": day.isoformat(),
            },
        )
        for day in days
    ]
    return Run(sum(one.wall for one in runs), sum(one.cpu for one in runs), max(one.peak_mib for one in runs))


def pandas_loop(project: Path, warehouse: Path, start: date, end: date) -> Run:
    """player_shot_zone_analysis alone, a query and a loop over players for each date."""
    return run([sys.executable, "-m", "bench.pandas_loop", warehouse, start, end], project, {"PYTHONPATH": "scripts"})
