"""The phases: what each is called, its tag in the project, and where the failures of its tables are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from backfill.base.errors import BackfillError

#: Phases that are built, in their order; 2 is raw, "" what belongs to no phase.
BUILT = ("3", "4", "5", "5b")
NAMES = {"3": "Phase 3", "4": "Phase 4", "5": "Phase 5", "5b": "Phase 5B", "": "shared and checks"}
TAGS = {f"phase{phase}": phase for phase in BUILT}
#: Failure table -> phases whose tables it judges; macro failure_tables() of the project, held together by a test.
FAILURE_TABLES = {
    "analytics_failures": ("3",),
    "precompute_failures": ("4",),
    "prediction_failures": ("5", "5b"),
}


def parse_phases(text: str | None, known: tuple[str, ...] = BUILT) -> set[str] | None:
    """'3', '3-5b' or '3,5b' as phases, None for all; '3-5' ends with 5b, which grades 5. Raises BackfillError."""
    if text is None:
        return None
    found: set[str] = set()
    for part in text.split(","):
        ends = [end.strip().lower() for end in part.split("-")]
        if len(ends) > 2 or not set(ends) <= set(known):
            raise BackfillError(f"--phases is '{text}'; phases are {', '.join(known)}; examples are 3, 3-4 and 4-5b")
        last = "5b" if len(ends) == 2 and ends[1] == "5" and "5b" in known else ends[-1]
        found |= set(known[known.index(ends[0]) : known.index(last) + 1])
    if not found:
        raise BackfillError(f"--phases is '{text}'; the later phase stands first")
    return found


def failure_table(phase: str) -> str:
    """Table that tells who is missing from the tables of a phase."""
    return next(table for table, phases in FAILURE_TABLES.items() if phase in phases)


def every_failure(columns: str) -> str:
    """SQL of these columns of all failure tables, one under the other."""
    dates = "game_date >= cast('1946-11-01' as date)"
    return " union all ".join(f"select {columns} from {{{{ ref('{name}') }}}} where {dates}" for name in FAILURE_TABLES)


def tables_of_phases(nodes: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The models that are tables of a phase, in the order of the phases and then of their names; views are none."""
    nodes = list(nodes)
    return [
        node
        for tag in TAGS
        for node in sorted(nodes, key=lambda node: node["name"])
        if node["resource_type"] == "model" and tag in node["tags"] and node["config"]["materialized"] != "view"
    ]
