"""Each gap of the emulator that gaps.py fills: still there without it, filled with it, and GoogleSQL knows better.

A gap that the emulator no longer has turns the first test red: then its filling and its entry in docs/bigquery.md go.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from googlesql import GoogleSQL

#: Reproductions: name -> statements, of which the last one is refused (or answered wrongly).
TABLE = "create table `p`.`d`.`t` (game_date date, n int64) partition by game_date"
ROUNDED = "select cast(numeric '2.345' as numeric(6, 2)) as x"
GAPS = {
    "normalize": ["select normalize('Jokić', NFD) as x"],
    "zone_of_a_column": [
        "select datetime(timestamp '2022-01-10 12:00:00+00', z) as x from (select 'America/Phoenix' as z)"
    ],
    "numeric_with_scale": [f"create table `p`.`d`.`rounded` as ({ROUNDED})", "select x from `p`.`d`.`rounded`"],
    "partition_filter": [f"{TABLE} options (require_partition_filter = true)"],
    "farm_fingerprint": ["select farm_fingerprint('x') as x"],
    "bignumeric": ["select cast(1 as bignumeric) as x"],
    "update": [TABLE, "update `p`.`d`.`t` set n = 1 where n is null"],
}
#: Run in a process of its own: filling the gaps changes the emulator for good.
ASK = """
import json, sys
if sys.argv[1] == "filled":
    from bigquery.gaps import fill_gaps
    fill_gaps()
from crucible.dialects.bigquery.dialect import BigQueryDialect
from crucible.engine import CrucibleError, Engine, Session
from crucible.engine.pipeline import Pipeline
answers = {}
for name, statements in json.load(sys.stdin).items():
    engine = Engine()
    pipeline, session = Pipeline(engine, BigQueryDialect()), Session(default_catalog="p", default_schema="d")
    try:
        for statement in ["create schema `p`.`d`", *statements]:
            results = pipeline.execute(session, statement)
        answers[name] = [str(cell) for row in results[-1].rows for cell in row]
    except CrucibleError as error:
        answers[name] = f"{type(error).__name__}: {error}"
print(json.dumps(answers))
"""


def _ask(how: str) -> dict[str, list[str] | str]:
    outcome = subprocess.run(
        [sys.executable, "-c", ASK, how],
        cwd=Path(__file__).parent,
        input=json.dumps(GAPS),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(outcome.stdout)


def test_the_emulator_has_each_gap() -> None:
    answers = _ask("bare")
    assert {name for name, answer in answers.items() if isinstance(answer, str)} == set(GAPS), answers


def test_each_gap_is_filled() -> None:
    answers = _ask("filled")
    assert not [answer for answer in answers.values() if isinstance(answer, str)], answers
    assert answers["zone_of_a_column"] == ["2022-01-10 05:00:00"]
    assert [float(value) for value in answers["numeric_with_scale"]] == [2.35]


@pytest.mark.parametrize("name", GAPS)
def test_googlesql_accepts_what_the_emulator_does_not(name: str) -> None:
    engine = GoogleSQL()
    engine.add_table("p", "d", "t", {"game_date": "date", "n": "int64"})
    engine.add_table("p", "d", "rounded", {"x": "numeric"})
    for statement in GAPS[name]:
        engine.analyze(statement)


def test_googlesql_says_what_is_right() -> None:
    engine = GoogleSQL()
    assert str(engine.execute(GAPS["zone_of_a_column"][0]).rows[0][0]) == "2022-01-10 05:00:00"
    assert float(engine.execute(ROUNDED).rows[0][0]) == 2.35
