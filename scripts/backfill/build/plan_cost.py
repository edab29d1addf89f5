"""What the steps of a plan would cost on BigQuery, before anything runs: rows from the ledger, bytes from cost.py."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache, partial
from typing import Any

from backfill.base.dbt import environment, invoke
from backfill.base.warehouse import SCHEDULE, Warehouse, read_manifest
from backfill.build.planning import Plan
from backfill.cost.estimate import Estimate, NodeCost, Rows, Statistics, price, read_build, refuse_above, typical

LIMIT_VARIABLE = "NBA_BIGQUERY_MAX_BYTES"
#: The same default as maximum_bytes_billed in profiles.yml, which is per statement; here it is for the whole run.
DEFAULT_LIMIT = 20_000_000_000
#: Rows of a table without dates, of which no ledger knows how many it has: seeds and the registry.
UNDATED_ROWS = 1_000

MODEL_ROWS = "select model, game_date, row_count from {{ ref('latest_attempts') }} where row_count is not null"
SOURCE_ROWS = """
    select model, game_date, row_count from {{ source('ledger', 'source_ledger') }}
    where game_date >= cast('1946-11-01' as date)
    qualify row_number() over (partition by model, game_date order by recorded_at desc) = 1
"""
GAMES = "select game_date, count(*) as games from {{ ref('int_schedule__games') }} group by game_date"


def refuse_plan_above(found: Estimate, limit: int | None) -> None:
    """Raise BackfillError above `limit` billed bytes, by default NBA_BIGQUERY_MAX_BYTES or DEFAULT_LIMIT."""
    refuse_above(found, limit if limit is not None else int(os.environ.get(LIMIT_VARIABLE) or DEFAULT_LIMIT))


def estimate_plan(plan: Plan, warehouse: Warehouse) -> Estimate:
    """Fill in `bytes` of every step and of the plan, and return the estimate for all of it. Not for DuckDB.

    The project is compiled once for each range of dates, without queries: about half a minute each. Reads the ledger.
    """
    if not plan.steps:
        return Estimate(())
    ledger = [*warehouse.rows(MODEL_ROWS), *warehouse.rows(SOURCE_ROWS)]
    games = {row["game_date"]: int(row["games"]) for row in warehouse.rows(GAMES)}
    return estimate_steps(plan, partial(compiled, warehouse), ledger, games)


def compiled(warehouse: Warehouse, start: date, end: date) -> Mapping[str, Any]:
    """The manifest of the project, compiled for a range without asking the warehouse anything."""
    with environment((start.isoformat(), end.isoformat()), warehouse.path):
        invoke(["compile", "--no-populate-cache", "--no-introspect"], warehouse.target)
    return read_manifest()


def estimate_steps(
    plan: Plan,
    compiled_for: Callable[[date, date], Mapping[str, Any]],
    ledger: Sequence[Mapping[str, Any]],
    games: Mapping[date, int],
) -> Estimate:
    """The same from what it is given: a manifest per range, rows per model or staging view and date, games per date.

    A step is billed for its models, for what writes the ledger and for the tests that look at its models; the plan for
    its steps and, unless one step builds everything, for every test of its dates at the end, as `backfill run` does it.
    """

    @cache
    def priced(start: date, end: date) -> tuple[Mapping[str, Any], Estimate]:
        manifest = compiled_for(start, end)
        statistics = statistics_of(manifest, ledger, games)
        return manifest, price(read_build(manifest), statistics, start, end)

    nodes: list[NodeCost] = []
    for step in plan.steps:
        manifest, everything = priced(step.start, step.end)
        models = None if plan.is_everything else {*step.models, *SCHEDULE.split()}
        found = [node for node in everything.nodes if models is None or _belongs(node, manifest, models)]
        step.bytes = sum(node.billed for node in found)
        nodes += found
    if not plan.is_everything:
        _, everything = priced(min(step.start for step in plan.steps), max(step.end for step in plan.steps))
        nodes += [node for node in everything.nodes if node.resource_type == "test"]
    whole = Estimate(tuple(nodes))
    plan.bytes = whole.billed
    return whole


def _belongs(node: NodeCost, manifest: Mapping[str, Any], models: set[str]) -> bool:
    """TRUE for these models, for what records raw in the ledger, and for tests that look at one of the models."""
    if node.resource_type != "test":
        return node.resource_type == "operation" or node.name in models
    looked_at = manifest["nodes"][node.unique_id]["depends_on"]["nodes"]
    return any(key.split(".")[-1] in models for key in looked_at)


def statistics_of(
    manifest: Mapping[str, Any], ledger: Sequence[Mapping[str, Any]], games: Mapping[date, int]
) -> Statistics:
    """Rows per table and date as the ledger last saw them; the mean per game on dates that it has not seen."""
    tables = _tables_of_models(manifest)
    rows: dict[str, Rows] = {}
    for row in ledger:
        if row["model"] in tables:
            rows.setdefault(tables[row["model"]], {})[row["game_date"]] = int(row["row_count"])
    nodes = manifest["nodes"].values()
    for node in nodes:
        if node["resource_type"] == "seed":
            rows[f"{node['schema']}.{node['alias']}"] = {None: UNDATED_ROWS}
    for source in manifest["sources"].values():
        if not source["config"]["meta"].get("partition_by"):
            rows[f"{source['schema']}.{source['identifier']}"] = {None: UNDATED_ROWS}
    rows["nba_raw.nbac_schedule"] = dict(games)
    for name, per_game in (
        ("int_schedule__games", 1),
        ("int_schedule__team_games", 2),
        ("int_schedule__precompute_days", 0),
    ):
        rows[tables[name]] = {day: max(1, per_game * count) for day, count in games.items()}
    return typical(manifest, rows).expecting(games)


def _tables_of_models(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Name of a model, or of the staging view by which the ledger names a raw table -> 'schema.table'."""
    tables = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model":
            continue
        parents = [manifest["sources"][key] for key in node["depends_on"]["nodes"] if key in manifest["sources"]]
        if node["config"]["materialized"] == "view" and len(parents) == 1:
            tables[node["name"]] = f"{parents[0]['schema']}.{parents[0]['identifier']}"
        else:
            tables[node["name"]] = f"{node['schema']}.{node['alias']}"
    return tables
