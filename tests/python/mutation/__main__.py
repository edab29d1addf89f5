"""`make mutants`: which small faults in the SQL of the published models a test notices. Exits 1 below the thresholds.

`python -m mutation [MODEL ...]`: all ten, or the named ones; raw data as for pytest (NBA_TEST_RAW). A mutant that
nobody can notice is named with the reason in equivalent.yml; a name there that is gone, or whose mutant a test notices,
fails the run as well.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from functools import reduce
from operator import add
from pathlib import Path
from unittest import mock

from building import REAL_RAW, build_first_weeks
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from mutation.judge import DATA, SURVIVED, UNIT, Judge, Model
from mutation.score import MODELS, OVERALL, Score, equivalents


def main(models: list[str]) -> int:
    """Build, judge, print."""
    started = time.monotonic()
    console = Console(width=120)
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, _artifacts(folder)):
        warehouse = Path(folder) / "built" / "nba.duckdb"
        build_first_weeks(REAL_RAW, warehouse)
        judge = Judge(warehouse, *(models or MODELS))
        scores = [score(judge, model, console) for model in judge.models.values()]
        judge.close()
    total = reduce(add, scores, Score("all"))
    console.print(score_table([*scores, total]))
    for mutant in total.survivors:
        console.print(f"survived: {mutant.name}", highlight=False, markup=False, soft_wrap=True)
    complaints = [complaint for one in scores for complaint in one.complaints()]
    if not models and total.percent < OVERALL:
        complaints.append(f"all models: {total.percent:.1f} %, below {OVERALL} %")
    for complaint in complaints:
        console.print(complaint, style="red", highlight=False, markup=False, soft_wrap=True)
    console.print(f"{time.monotonic() - started:.0f} s")
    return 1 if complaints else 0


def score(judge: Judge, model: Model, console: Console) -> Score:
    """Judge every mutant of a model; the model as it is must pass."""
    verdict = judge.verdict(model)
    assert verdict[0] == SURVIVED, f"{model.name} as it is fails {verdict[1]}"
    mutants = track(model.tree.edits, model.name, console=console, transient=True, disable=not console.is_terminal)
    return Score(model.name, {mutant: judge.verdict(model, mutant) for mutant in mutants}, equivalents(model.name))


def score_table(scores: list[Score]) -> Table:
    """One row per model: its mutants, what became of them, and the share that a test noticed."""
    table = Table(title="Mutants of the published models", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("model", no_wrap=True)
    for heading in ("mutants", "unit tests", "data tests", "equivalent", "survived", "score"):
        table.add_column(heading, justify="right")
    for one in scores:
        counts = (len(one.built), one.killed(UNIT), one.killed(DATA), len(one.equivalent), len(one.survivors))
        table.add_row(one.model, *(str(count) for count in counts), f"{one.percent:.1f} %")
    return table


def _artifacts(folder: str) -> dict[str, str]:
    """Where dbt writes: no other command's folder."""
    return {"DBT_TARGET_PATH": f"{folder}/target", "DBT_LOG_PATH": f"{folder}/logs"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
