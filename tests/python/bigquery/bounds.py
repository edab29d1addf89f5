"""Every read of a partitioned table has literal dates, and a model reads no other dates than its meta.reads says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from backfill.cost.scans import EVERYTHING, Bounds, Catalog, Scan, scans
from googlesql import executed_statements, merge_template

DAY = timedelta(days=1)
#: Partitioned tables that are read whole, and why that is right.
READ_WHOLE = {
    "nba_raw.nbac_schedule": "a moved game is known by its id alone; 1,400 rows a season",
    "nba_staging.int_schedule__games": "the other two are made from it",
    "nba_staging.int_schedule__precompute_days": "a row a game day, joined by a test",
}


def unbounded(found: Iterable[Scan]) -> Iterator[str]:
    """One sentence for each read of a partitioned table that has not two literal dates."""
    for scan in found:
        if not scan.prunes and scan.table not in READ_WHOLE:
            through = "" if scan.named == scan.table else f" through {scan.named}"
            yield f"reads {scan.table}{through} without literal dates ({scan.bounds})"


def unfiltered(found: Iterable[Scan]) -> Iterator[str]:
    """One sentence for each read that BigQuery refuses under require_partition_filter: no literal date at all."""
    for scan in found:
        if scan.partitioned and scan.bounds == EVERYTHING and scan.table not in READ_WHOLE:
            yield f"reads {scan.table} through {scan.named} without a filter on its partitions"


def declared_bounds(window: Any, start: date, end: date) -> Bounds | None:
    """The dates that a meta.reads window means for a range (docs/range-contract.md); None for whole_table."""
    season = Bounds(_twelfth_of_october(start), _twelfth_of_october(end, 1) - DAY)
    if isinstance(window, Mapping):
        ((kind, days),) = window.items()
        return Bounds(start - days * DAY, {"days": end - DAY, "days_through": end}[kind])
    return {
        "whole_table": None,
        "content_addressed": None,
        "same_day": Bounds(start, end),
        "season_to_date": Bounds(season.first, end - DAY),
        "season_through_date": Bounds(season.first, end),
        "season": season,
    }[window]


def problems(
    manifest: Mapping[str, Any], catalog: Catalog, reads: Mapping[str, list[Scan]], start: date, end: date
) -> dict[str, list[str]]:
    """What is wrong with the `reads` of models, tests and analyses (by unique id); by name, only where something is."""
    merge = merge_template(manifest)
    found: dict[str, list[str]] = {}
    for key, read in reads.items():
        node = manifest["nodes"][key]
        said = [*unbounded(read)]
        if node["resource_type"] == "model":
            said += _outside_of_declared(read, _declared(manifest, node), start, end)
            said += _wrong_target(node, catalog, merge, Bounds(start, end))
        if said:
            found[node["name"]] = list(dict.fromkeys(said))
    return found


def _twelfth_of_october(day: date, years: int = 0) -> date:
    return date(day.year + years - ((day.month, day.day) < (10, 12)), 10, 12)


def _declared(manifest: Mapping[str, Any], model: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Parent -> windows of a model and of what is compiled into it."""
    windows: dict[str, list[Any]] = {}
    for parent, window in model["config"]["meta"].get("reads", {}).items():
        windows.setdefault(parent, []).append(window)
    for key in model["depends_on"]["nodes"]:
        parent = manifest["nodes"].get(key)
        if parent and parent["config"].get("materialized") == "ephemeral":
            for name, inner in _declared(manifest, parent).items():
                windows.setdefault(name, []).extend(inner)
    return windows


def _outside_of_declared(
    reads: Iterable[Scan], declared: Mapping[str, list[Any]], start: date, end: date
) -> Iterator[str]:
    for scan in reads:
        windows = declared.get(scan.named.split(".")[-1])
        if not scan.partitioned or scan.table == "nba_raw.nbac_schedule" or not scan.bounds.closed:
            continue
        if windows is None and scan.table.startswith("nba_orchestration."):
            windows = ["same_day"]  # verdicts of the ledger are no input (audits Q3), and of the requested dates only
        if windows is None:
            yield f"reads {scan.named}, which is not in its meta.reads"
            continue
        allowed = [declared_bounds(window, start, end) for window in windows]
        if not any(
            span is None or (span.first <= scan.bounds.first and scan.bounds.last <= span.last) for span in allowed
        ):
            yield f"reads {scan.named} {scan.bounds}, but meta.reads says {windows}"


def _wrong_target(model: Mapping[str, Any], catalog: Catalog, merge: str | None, dates: Bounds) -> Iterator[str]:
    """The MERGE may touch the requested partitions only."""
    if model["config"]["materialized"] != "incremental" or merge is None:
        return
    name = f"{model['schema']}.{model['alias']}"
    *_, statement = executed_statements(model, catalog.relations[name].columns, merge)
    target = scans(statement, catalog)[0]
    if target.bounds != dates:
        yield f"replaces {target.bounds} instead of {dates}"
