"""Trained versions in the emulator: made by LightGBM, stored as data, and scored there by the project's SQL."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import lightgbm
import numpy as np
from backfill.base.warehouse import Warehouse
from backfill.models.training import PARAMETERS, Version, inputs_of, write_version
from backfill.models.trees import BILLIONTHS, trees_of, version_of
from building import dbt

from bigquery.standin import PROJECT_ID, dbt_command, query

#: In force in the whole week, learned from games before it.
IN_FORCE, LEARNED = date(2023, 11, 1), date(2023, 10, 31)
ROWS, TREES = 4_000, 40


def boosters() -> dict[str, lightgbm.Booster]:
    """A booster of each trained system, of made-up rows: values lie where those of real inputs do, some unknown."""
    made = {}
    for number, (system, parameters) in enumerate(PARAMETERS.items()):
        chance = np.random.default_rng(number)
        columns = len(inputs_of(system))
        table = chance.choice([-1, 1, 1], (ROWS, columns)) * 10 ** chance.uniform(-1, 2.2, (ROWS, columns))
        learned = table[:, : columns // 2].sum(axis=1) / 40 + chance.normal(0, 3, ROWS)
        table[chance.random((ROWS, columns)) < 0.1] = np.nan
        wanted = {**parameters, "num_iterations": TREES, "verbose": -1}
        made[system] = lightgbm.train(wanted, lightgbm.Dataset(table, learned))
    return made


def write_versions(warehouse: Path) -> dict[str, str]:
    """Store a version of each booster in a DuckDB warehouse that has none; system -> version."""
    assert dbt(warehouse, "run-operation", "create_model_tables").success
    written = {}
    for system, booster in boosters().items():
        inputs, trees = inputs_of(system), trees_of(booster.dump_model())
        version = version_of(system, IN_FORCE, inputs, {}, trees)
        write_version(
            Warehouse("duckdb", warehouse, 0),
            Version(version, system, IN_FORCE, LEARNED, LEARNED, ROWS, "made up", inputs, "{}", trees, {"rows": 0}),
        )
        written[system] = version
    return written


def largest_difference(
    project: Path, standin: Path, endpoint: str, window: tuple[str, str], system: str, version: str
) -> tuple[int, float]:
    """Rows of the window that SQL scores in the emulator, and its largest distance from the library, in points."""
    call = f"""{{%- set rows -%}}(
        select inputs.*, '{version}' as version from {{{{ ref('int_predictions__model_inputs') }}}} as inputs
        where inputs.game_date between '{window[0]}' and '{window[1]}'
    ){{%- endset -%}}{{%- set trees -%}}(
        select * from {{{{ source('models', 'model_trees') }}}}
        where effective_from between cast('{IN_FORCE}' as date) and cast('{IN_FORCE}' as date)
    ){{%- endset -%}}{{{{ scored_by_trees(rows, trees, model_inputs('{system}')) }}}}"""
    compiled = dbt_command(project, standin, endpoint, window, "compile", "--inline", call)
    found = {row[:2]: row[2] for row in query(endpoint, compiled["results"][0]["compiled_code"])}
    asked = query(
        endpoint,
        f"""select game_id, player_lookup, {", ".join(inputs_of(system))}
        from `{PROJECT_ID}`.nba_staging.int_predictions__model_inputs
        where game_date between '{window[0]}' and '{window[1]}'""",
    )
    expected = boosters()[system].predict(np.array([row[2:] for row in asked], dtype=float))
    scores = np.array([found[row[:2]] for row in asked], dtype=float) / BILLIONTHS
    assert len(found) == len(asked) and len(np.unique(scores)) > 100, len(np.unique(scores))
    return len(asked), float(np.abs(scores - expected).max())
