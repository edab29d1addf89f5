"""The same work done otherwise, on the same machine in the same run: dbt microbatch by day, a `dbt build` a date, and a
pandas loop over dates and players, as the hand-run jobs before this project worked.

Each runs on a copy of the built warehouse and replaces the dates it is given.
"""

from __future__ import annotations

import re
import shutil
import sys
from datetime import date
from pathlib import Path

from bench.measure import Run, run

#: A model asks for its dates; under microbatch each batch has its own.
MICROBATCH_WINDOW = """
{% macro window_start() %}
    {%- set batch = model.batch if model is defined and model.batch is defined else none -%}
    {{ return(batch.event_time_start.strftime('%Y-%m-%d') if batch else (requested_range().start if execute else '')) }}
{% endmacro %}

{% macro window_end() %}
    {%- set batch = model.batch if model is defined and model.batch is defined else none -%}
    {{ return(batch.event_time_start.strftime('%Y-%m-%d') if batch else (requested_range().end if execute else '')) }}
{% endmacro %}
"""


def microbatch_project(project: Path, folder: Path, begin: date) -> Path:
    """A copy of the project whose incremental models are dbt microbatch models of one day, under dbt's own strategy."""
    shutil.copytree(
        project,
        folder,
        ignore=shutil.ignore_patterns(".git", ".venv", "target*", "logs", "warehouse", "site", "tests", "bench"),
    )
    (folder / "tests" / "generic").mkdir(parents=True)
    for file in (project / "tests" / "generic").glob("*.sql"):
        shutil.copy(file, folder / "tests" / "generic")
    settings = folder / "dbt_project.yml"
    text = re.sub(
        r"\+incremental_strategy: .*",
        f"+incremental_strategy: microbatch\n    +batch_size: day\n    +begin: '{begin}'",
        settings.read_text(encoding="utf-8"),
    )
    settings.write_text(text, encoding="utf-8")
    window = folder / "macros" / "window" / "range.sql"
    text = re.sub(
        r"\{# The (?:first|last) requested date.*?\{% endmacro %\}\n",
        "",
        window.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    window.write_text(text + MICROBATCH_WINDOW, encoding="utf-8")
    return folder


def microbatch(project: Path, dbt: Path, warehouse: Path, start: date, end: date) -> Run:
    """`dbt run` of the microbatch models over the dates, without tests: one batch a model and day."""
    return run(
        [
            *(dbt, "run", "--select", "config.materialized:incremental", "--quiet"),
            *(
                "--event-time-start",
                start.isoformat(),
                "--event-time-end",
                date.fromordinal(end.toordinal() + 1).isoformat(),
            ),
            *("--project-dir", project, "--profiles-dir", project, "--target-path", project / "target"),
        ],
        project,
        {
            "NBA_DUCKDB_PATH": str(warehouse),
            "NBA_WINDOW_START": start.isoformat(),
            "NBA_WINDOW_END": end.isoformat(),
        },
    )


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
