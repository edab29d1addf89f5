"""How many distinct values the columns of healthy data have in 30 game dates: tests/expectations/baseline.csv."""

from __future__ import annotations

import csv
from pathlib import Path

PATH = Path("tests/expectations/baseline.csv")
HEADER = ("table_name", "column_name", "distinct_values")

Baseline = dict[str, dict[str, int]]


def read_baseline(root: Path) -> Baseline:
    """Table -> column -> the smallest number of distinct values in 30 game dates of a regular season."""
    baseline: Baseline = {}
    with (root / PATH).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            baseline.setdefault(row["table_name"], {})[row["column_name"]] = int(row["distinct_values"])
    return baseline


def write_baseline(root: Path, baseline: Baseline) -> Path:
    """Write the counts, sorted, so that a change of the file shows what changed. Returns the file."""
    with (root / PATH).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for table in sorted(baseline):
            writer.writerows((table, column, count) for column, count in sorted(baseline[table].items()))
    return root / PATH
