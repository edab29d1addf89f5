"""The project compiled for BigQuery, once per range and test session."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from backfill.cost.scans import Catalog, Scan, scans
from googlesql import Report, check_manifest, compile_for_bigquery
from googlesql.project import DATES, MERGE_ANALYSIS

ROOT = Path(__file__).resolve().parents[3]


@cache
def compiled(dates: tuple[str, str] = DATES) -> dict[str, Any]:
    """The manifest compiled for a range. Do not change it: others get the same one."""
    return compile_for_bigquery(ROOT, Path(_scratch().name), dates)


def parsed_copy() -> tuple[Path, Path]:
    """The copy of the project that was compiled, and the file that holds what dbt parsed of it for BigQuery."""
    compiled()
    scratch = Path(_scratch().name)
    return scratch / "project", scratch / "target" / "partial_parse.msgpack"


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder until the session ends: the project that was parsed for one range serves the next."""
    return tempfile.TemporaryDirectory()


@cache
def analysed() -> Report:
    """What the GoogleSQL analyser says of it."""
    return check_manifest(compiled())


@cache
def catalog(dates: tuple[str, str] = DATES) -> Catalog:
    """Its relations."""
    return Catalog.of(compiled(dates))


@cache
def reads() -> dict[str, list[Scan]]:
    """What every model, test and analysis that is sent as a query reads, by its unique id."""
    return {
        key: scans(node["compiled_code"], catalog())
        for key, node in compiled()["nodes"].items()
        if is_sent_as_query(node)
    }


def is_sent_as_query(node: Mapping[str, Any]) -> bool:
    """FALSE for views, ephemeral models, seeds and the analysis that is a MERGE."""
    if not node.get("compiled_code") or node["name"] == MERGE_ANALYSIS:
        return False
    return node["config"].get("materialized") not in ("view", "ephemeral", "seed")
