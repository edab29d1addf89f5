"""What trained systems learn from, and how: walk-forward, a version a month, from the rows that they are asked with."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from backfill.base.errors import BackfillError
from backfill.base.project import project_root
from backfill.base.warehouse import Warehouse
from backfill.models.trees import Tree, trees_of, version_of

#: Players of games that a version needs at least.
LEAST_ROWS = 5_000
SHARED = {
    "objective": "l1",
    "max_depth": 6,
    "learning_rate": 0.05,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "min_data_in_leaf": 50,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
}
#: System -> parameters, `num_iterations` among them. Depth at most trees.DEPTH.
PARAMETERS: dict[str, dict[str, Any]] = {
    "gradient_boosting_v1": {**SHARED, "num_leaves": 31, "num_iterations": 200},
    "gradient_boosting_line_v1": {**SHARED, "num_leaves": 8, "num_iterations": 100},
}
ROWS = """
    select inputs.game_date, inputs.points_avg_season as baseline, results.points, inputs.%s
    from {{ ref('int_predictions__model_inputs') }} as inputs
    inner join {{ ref('player_game_summary') }} as results
        on inputs.game_id = results.game_id and inputs.player_lookup = results.player_lookup
    where results.seconds_played > 0 and inputs.points_avg_season is not null and inputs.game_date <= date '%s'
    order by inputs.game_date, inputs.game_id, inputs.player_lookup
"""
MONTHS = """
    select distinct date_trunc('month', game_date)::date as month from {{ ref('int_schedule__precompute_days') }}
    order by month
"""
VERSIONS = "select * from {{ source('models', 'model_versions') }} order by system_id, effective_from, trained_at"


@dataclass(frozen=True)
class Rows:
    """Players of games in the order of their dates: inputs by name, NaN where unknown, and what they scored."""

    dates: np.ndarray
    points: np.ndarray
    baseline: np.ndarray
    inputs: dict[str, np.ndarray]

    def before(self, day: date, *, since: date | None = None) -> np.ndarray:
        """TRUE for rows of games before a day, and not before another."""
        chosen = self.dates < np.datetime64(day)
        return chosen if since is None else chosen & (self.dates >= np.datetime64(since))


@dataclass(frozen=True)
class Version:
    """A trained version: what it is good for, what it was made of, its trees, and how it did in its first month."""

    version: str
    system_id: str
    effective_from: date
    trained_from: date
    trained_through: date
    training_rows: int
    training_digest: str
    inputs: tuple[str, ...]
    parameters: str
    trees: list[Tree]
    metrics: dict[str, float]


def inputs_of(system_id: str) -> tuple[str, ...]:
    """Names of a system's inputs in the order of macro model_inputs()."""
    text = (project_root() / "macros/predictions/trained_models.sql").read_text(encoding="utf-8")
    features = (project_root() / "macros/basketball/features.sql").read_text(encoding="utf-8")
    (listed,) = re.findall(r"set names = names \+ \[(.*?)\]", text, re.S)
    (defined,) = re.findall(r"macro feature_definitions.*?return\(\[(.*?)\]\)", features, re.S)
    names = re.findall(r"\('(\w+)'", defined) + re.findall(r"'(\w+)'", listed)
    return tuple(names + (["points_line", "market_probability_over"] if "line" in system_id else []))


def read_rows(warehouse: Warehouse, through: date) -> Rows:
    """Everybody who played through a date. Raises BackfillError when nothing is built."""
    if not warehouse.is_duckdb:
        raise BackfillError(
            "train reads and writes a DuckDB warehouse",
            "train there, and copy the three tables of nba_models to BigQuery",
        )
    names = dict.fromkeys(name for system in PARAMETERS for name in inputs_of(system))
    sql = warehouse.resolved(ROWS % (", inputs.".join(names), through))
    with warehouse.connection() as connection:
        found = connection.execute(sql).fetchnumpy()
    if not len(found["points"]):
        raise BackfillError("nobody has played in a game that is built", "backfill heal")

    def numbers(column: str) -> np.ndarray:
        return np.ma.filled(np.ma.masked_invalid(np.ma.asarray(found[column], dtype=float)), np.nan)

    dates = np.asarray(found["game_date"]).astype("datetime64[D]")
    return Rows(dates, numbers("points"), numbers("baseline"), {name: numbers(name) for name in names})


def months_of(warehouse: Warehouse) -> list[date]:
    """First days of the months that have predictions."""
    return [row["month"] for row in warehouse.rows(MONTHS)]


def matrix(rows: Rows, system_id: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(usable rows, inputs, what is learned) of a system: points, or with the line points above it."""
    table = np.column_stack([rows.inputs[name] for name in inputs_of(system_id)])
    if "line" in system_id:
        line = rows.inputs["points_line"]
        return ~np.isnan(line), table, rows.points - line
    return np.ones(len(rows.points), dtype=bool), table, rows.points


def digest_of(table: np.ndarray, learned: np.ndarray) -> str:
    """Digest of what a version is trained on."""
    return hashlib.sha256(np.ascontiguousarray(table).tobytes() + np.ascontiguousarray(learned).tobytes()).hexdigest()[
        :16
    ]


def train_version(rows: Rows, system_id: str, month: date, following: date | None) -> Version | None:
    """The version that is in force from a month on; None when too few have played before it.

    `following` is the next month, for the metrics of the first one. Raises BackfillError without LightGBM.
    """
    lightgbm = _lightgbm()
    usable, table, learned = matrix(rows, system_id)
    chosen = usable & rows.before(month)
    if chosen.sum() < LEAST_ROWS:
        return None
    parameters = PARAMETERS[system_id]
    inputs = inputs_of(system_id)
    data = lightgbm.Dataset(table[chosen], learned[chosen], params={"verbose": -1})
    booster = lightgbm.train({**parameters, "verbose": -1}, data)
    trees = trees_of(booster.dump_model())
    tested = usable & ~rows.before(month) & (rows.before(following) if following else True)
    metrics: dict[str, float] = {"rows": int(tested.sum())}
    if tested.any():
        metrics["mae"] = float(np.abs(booster.predict(table[tested]) - learned[tested]).mean())
        metrics["mae_of_season_average"] = float(np.abs(rows.baseline[tested] - rows.points[tested]).mean())
    days = rows.dates[chosen]
    return Version(
        version_of(system_id, month, inputs, parameters, trees),
        system_id,
        month,
        days[0].astype(date),
        days[-1].astype(date),
        int(chosen.sum()),
        digest_of(table[chosen], learned[chosen]),
        inputs,
        json.dumps(parameters, sort_keys=True),
        trees,
        metrics,
    )


def known_versions(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Every version that was ever written, in the order of systems, months and training."""
    return warehouse.rows(VERSIONS)


def is_trained(known: Sequence[dict[str, Any]], rows: Rows, system_id: str, month: date) -> dict[str, Any] | None:
    """The version in force from a month on, made with today's inputs and parameters; with `is_stale`."""
    inputs, parameters = " ".join(inputs_of(system_id)), json.dumps(PARAMETERS[system_id], sort_keys=True)
    same = [
        version
        for version in known
        if (version["system_id"], version["effective_from"], version["inputs"], version["parameters"])
        == (system_id, month, inputs, parameters)
    ]
    if not same:
        return None
    usable, table, learned = matrix(rows, system_id)
    chosen = usable & rows.before(month)
    return {**same[-1], "is_stale": same[-1]["training_digest"] != digest_of(table[chosen], learned[chosen])}


def write_version(warehouse: Warehouse, made: Version) -> None:
    """Store a version with its trees and metrics, in one transaction: a killed training leaves whole versions."""
    schema = warehouse.resolved("{{ source('models', 'model_versions') }}").rsplit(".", 1)[0]
    with warehouse.connection(read_only=False) as connection:
        connection.execute("begin")
        ((there,),) = connection.execute(
            f"select count(*) from {schema}.model_trees where version = ?", [made.version]
        ).fetchall()
        connection.execute(
            f"insert into {schema}.model_versions by name select ? as version, ? as system_id, ? as effective_from, "
            "? as trained_through, ? as trained_from, ? as training_rows, ? as training_digest, ? as inputs, "
            "? as parameters, ? as trained_at",
            [
                *(made.version, made.system_id, made.effective_from, made.trained_through, made.trained_from),
                *(made.training_rows, made.training_digest, " ".join(made.inputs), made.parameters),
                datetime.now(UTC).replace(tzinfo=None),
            ],
        )
        if not there:
            connection.executemany(
                f"insert into {schema}.model_trees values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    [
                        *(made.version, made.effective_from, number, tree.input, tree.threshold),
                        *(tree.left_child, tree.right_child, tree.unknown_goes_left, tree.value_x1e9),
                    ]
                    for number, tree in enumerate(made.trees)
                ],
            )
            connection.executemany(
                f"insert into {schema}.model_metrics values (?, ?, ?)",
                [[made.version, name, value] for name, value in made.metrics.items()],
            )
        connection.execute("commit")


def _lightgbm() -> Any:
    try:
        import lightgbm
    except ImportError as error:
        raise BackfillError(
            "training needs LightGBM, which is not installed", "pip install 'nba-backfill[train]'"
        ) from error
    return lightgbm
