"""Builds without a fault: real dates and simulated leagues, on which no check may raise an alarm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from building import REAL_RAW, backfill_process, copied

MONTH = ("--start", "2023-10-24", "--end", "2023-11-23")
SEEDS = range(1, 11)
#: Opening nights, bootstrap days, the days after, mid-season, around the All-Star break, playoffs; of three seasons.
REAL_DATES = (
    "2021-10-20",
    "2021-11-03",
    "2022-01-10",
    "2022-04-10",
    "2022-10-19",
    "2022-11-21",
    "2023-02-24",
    "2023-05-20",
    "2023-12-07",
    "2024-03-15",
)


def alarms(warehouse: Path, window: tuple[str, ...], *options: str) -> list[str]:
    """What `backfill run` and `backfill validate` have against a range, except warnings."""
    ran = backfill_process(warehouse, "run", *window, *options, "--json")
    if not ran.stdout:
        return [ran.stderr]
    said = [f"run: {name} {message}" for name, message in json.loads(ran.stdout)["failed"]]
    checked = backfill_process(warehouse, "validate", *window, "--json", "--docs", str(warehouse.parent / "docs"))
    if not checked.stdout:
        return [*said, checked.stderr]
    broken = [found for found in json.loads(checked.stdout)["broken"] if found["severity"] == "error"]
    return said + [f"validate: {found['suite']} {found['column_name']} {found['expectation']}" for found in broken]


def clean_builds(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """A name and its alarms for ten simulated leagues and ten real dates."""
    for seed in SEEDS:
        warehouse = folder / f"seed{seed}" / "nba.duckdb"
        made = backfill_process(warehouse, "raw", "simulate", "--seasons", "1", "--seed", str(seed))
        assert made.returncode == 0, made.stderr
        yield f"simulated league, seed {seed}", alarms(warehouse, MONTH)
    real = folder / "real" / "nba.duckdb"
    loaded = backfill_process(real, "raw", "load", str(REAL_RAW))
    assert loaded.returncode == 0, loaded.stderr
    built = backfill_process(real, "run", "--start", "2021-10-19", "--end", "2024-06-17", "--json")
    assert built.returncode == 0, built.stdout + built.stderr
    for day in REAL_DATES:
        yield f"real date {day}", alarms(copied(real, folder / "day"), ("--start", day, "--end", day), "--rebuild")
