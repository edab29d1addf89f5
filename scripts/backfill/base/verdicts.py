"""Failed checks that stand. A verdict is state: the same check over the same dates closes it, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backfill.base.warehouse import Warehouse, read_manifest

OPEN = """
    select check_name, models, first_game_date, last_game_date, failures from {{ ref('open_checks') }}
    order by check_name, first_game_date, last_game_date
"""


@dataclass(frozen=True)
class OpenCheck:
    """A data test that failed over these dates; `failures` is None when it could not be evaluated."""

    name: str
    models: frozenset[str]
    first: date
    last: date
    failures: int | None

    def __str__(self) -> str:
        found = "could not be evaluated" if self.failures is None else f"{self.failures:,} rows"
        return f"{self.name} {self.first} to {self.last}: {found}"


def open_checks(warehouse: Warehouse, window: tuple[date, date] | None = None) -> list[OpenCheck]:
    """The failed checks of the checkout that stand, of all dates or of those that reach into a window."""
    known = {node["name"] for node in read_manifest()["nodes"].values() if node["resource_type"] == "test"}
    return [
        OpenCheck(
            row["check_name"],
            frozenset(row["models"].split()),
            row["first_game_date"],
            row["last_game_date"],
            row["failures"],
        )
        for row in warehouse.rows(OPEN)
        if row["check_name"] in known
        and (window is None or (row["first_game_date"] <= window[1] and row["last_game_date"] >= window[0]))
    ]
