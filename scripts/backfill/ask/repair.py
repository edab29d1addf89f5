"""The one command that repairs a bad partition or column, from its state and the first bad thing behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from backfill.ask.gaps import LOAD, Gap
from backfill.base.warehouse import Warehouse

UNRESOLVED = """
    select source_system, player_name_key, first_seen_date, last_seen_date from {{ ref('unresolved_player_names') }}
"""
NEVER_SERVED = "no source serves"
NOTHING_TO_DO = "nothing to do: no source will ever have it (seeds/known_gaps.csv)"


def is_known_gap(root: Gap) -> bool:
    """TRUE when seed known_gaps explains a raw gap: no source will ever have it."""
    return root.state == "SOURCE" and root.severity == "LOW" and NEVER_SERVED not in (root.reason or "")


def repair(state: Mapping[str, Any], gap: Gap, root: Gap | None, begins_with: str, names: Sequence[str]) -> str:
    """The command, or why there is nothing to do.

    `state` is a row of partition_states, `gap` what is wrong with the partition or one of its columns, `root` the gap
    it begins with, None when it begins with a change that is no gap, `begins_with` that beginning's name ('DATE
    model'), `names` the spellings of players that nobody resolved on the date.
    """
    model, day = state["model"], state["game_date"]
    if state["is_circuit_open"]:
        return f"backfill history --model {model} --date {day}, then mend what the error names"
    if root and root.state == "SOURCE":
        return NOTHING_TO_DO if is_known_gap(root) else LOAD
    if gap.gap_type == "HELD" or (root and root.gap_type == "HELD"):
        table = gap.model if gap.gap_type == "HELD" or not root else root.model
        return f"{LOAD}; or backfill accept {table} {day} GAME --check ID --reason TEXT"
    if not state["stale_reason"]:
        if root and root.gap_type in ("NULL_FIELD", "ZERO_VALUE"):
            return root.remedy
        if names and gap.gap_type in ("PARTIAL", "CASCADE"):
            return f"add an alias for {names[0]} to seeds/player_aliases.csv, then backfill heal"
        if gap.state == "RAN_NO_DATA":
            return LOAD
        if gap.state == "PARTIAL":
            return f"backfill run --start {day} --end {day} --models {model} --rebuild"
    first = begins_with.split(" ", 1)[0]
    since = min(first, str(day)) if first[:4].isdigit() else str(day)
    return f"backfill heal --start {since} --end {day}"


class UnresolvedNames:
    """Spellings of players that no registry entry explains, each with its source, by the dates on which they occur."""

    def __init__(self, warehouse: Warehouse) -> None:
        """Read them all: there are few."""
        self._rows = warehouse.rows(UNRESOLVED)

    def on(self, day: date) -> list[str]:
        """'spelling (source)' of the names that occur before and after the date, or on it."""
        return [
            f"{row['player_name_key']} ({row['source_system']})"
            for row in self._rows
            if row["first_seen_date"] <= day <= row["last_seen_date"]
        ]
