"""Verdicts that stand: failed checks of a range, and findings of audits. Only the same check closes them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from backfill.base.warehouse import Warehouse, read_manifest

OPEN = """
    select check_name, models, first_game_date, last_game_date, failures from {{ ref('open_checks') }}
    order by check_name, first_game_date, last_game_date
"""
FINDINGS = """
    select model, game_date, game_id, check_id, verdict, row_count, evidence, unit_fingerprint
    from {{ ref('open_findings') }} where verdict <> 'ACCEPTED' and %s
    order by verdict desc, game_date, game_id, model, check_id
"""
#: What a finding says of itself, and need not repeat from the row of a check.
UNIT = ("model", "table_name", "game_date", "game_id", "severity")
#: So many findings are said one by one.
TOLD = 10


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


@dataclass(frozen=True)
class Finding:
    """What the last audit of a unit found: a game of a table, or a whole date where `game_id` is None.

    `verdict` is HELD (not published; what was published before stays) or FLAGGED. `fingerprint` is the content judged.
    """

    model: str
    game_date: date
    game_id: str | None
    check: str
    verdict: str
    rows: int
    evidence: str
    fingerprint: int

    @property
    def is_held(self) -> bool:
        """TRUE when the unit is kept from readers."""
        return self.verdict == "HELD"

    @property
    def where(self) -> str:
        """'20211115_BOS_CLE in player_game_summary'; the date where a whole date is judged."""
        return f"{self.game_id or self.game_date} in {self.model}"

    @property
    def accept(self) -> str:
        """The command that publishes the unit as it is, or quiets the flag."""
        game = f" {self.game_id}" if self.game_id else ""
        return f"backfill accept {self.model} {self.game_date}{game} --check {self.check} --reason TEXT"

    @property
    def said(self) -> str:
        """The evidence for people: the numbers that disagree, without what the unit says already."""
        if not self.evidence.startswith("{"):
            return self.evidence[:200]
        row = json.loads(self.evidence)
        return ", ".join(f"{name} {value}" for name, value in row.items() if name not in UNIT and value is not None)[
            :200
        ]

    def __str__(self) -> str:
        return f"{self.where}: {self.check}: {self.said}"


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


def open_findings(
    warehouse: Warehouse, window: tuple[date, date] | None = None, *, held: bool = False
) -> list[Finding]:
    """Findings that stand, held ones first; nothing that somebody accepted. `held` leaves out the flags."""
    first, last = window or (date(1946, 11, 1), date(2100, 12, 31))
    condition = f"game_date between cast('{first}' as date) and cast('{last}' as date)"
    if held:
        condition += " and verdict = 'HELD'"
    return [
        Finding(
            row["model"],
            row["game_date"],
            row["game_id"],
            row["check_id"],
            row["verdict"],
            row["row_count"],
            row["evidence"] or "",
            row["unit_fingerprint"],
        )
        for row in warehouse.rows(FINDINGS % condition)
    ]


def what_helps(held: Iterable[Finding]) -> str:
    """What to do about held units, in one line."""
    first = next(iter(held))
    return (
        f"Next: load raw that is right and run backfill heal; or, when the rows are right as they are: {first.accept}"
    )
