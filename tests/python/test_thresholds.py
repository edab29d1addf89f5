"""A threshold that somebody loosens is seen: tests/expectations/thresholds.csv says how tight each was agreed to be.

Tighter is always welcome and needs no new record. Who has a reason to loosen one changes its line there, too, and says
why in the commit.
"""

from __future__ import annotations

import csv
from typing import Any

import pytest
import yaml
from backfill.base.warehouse import read_manifest
from backfill.quality.contract import WARNING, load_tables
from building import PROJECT

RECORDED = PROJECT / "tests/expectations/thresholds.csv"
Threshold = tuple[str, str, str]
#: Rules whose value may become smaller, larger, or may not change at all.
SMALLER_IS_TIGHTER = ("null_budget", "range_high", "severity")
LARGER_IS_TIGHTER = ("range_low",)


def thresholds(manifest: dict[str, Any]) -> dict[Threshold, str]:
    """(table, column, rule) -> value, of every contract; the vars of the project under the table 'vars'."""
    found: dict[Threshold, str] = {}
    for table in load_tables(manifest, PROJECT):
        found |= {(table.name, column, "critical"): "1" for column in table.critical}
        found |= {
            (table.name, name, "never_zero"): "1" for name, is_so in table.zero_policy.items() if is_so == "never_zero"
        }
        found |= {(table.name, column, "must_vary"): "1" for column in table.must_vary}
        found |= {(table.name, name, "accepted"): " ".join(map(str, values)) for name, values in table.accepted.items()}
        found[table.name, "", "grain"] = " ".join(table.grain)
        found[table.name, "", "expected_entities"] = str(table.expected_entities)
        for column, budget in table.null_budget.items():
            found[table.name, column, "null_budget"] = f"{budget.max_pct:g}"
            found[table.name, column, "severity of null_budget"] = str(int(budget.severity == WARNING))
        for column, bounds in table.ranges.items():
            found[table.name, column, "range_low"] = f"{bounds.low:g}"
            found[table.name, column, "range_high"] = f"{bounds.high:g}"
            found[table.name, column, "severity of range"] = str(int(bounds.severity == WARNING))
    declared = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    return found | {("vars", name, "value"): str(value) for name, value in declared.items() if value is not None}


def looser(recorded: dict[Threshold, str], now: dict[Threshold, str]) -> list[str]:
    """What is less strict than it was recorded; a rule that is gone is the loosest of all."""
    return [
        f"{' '.join(part for part in key if part)}: {value} -> {now.get(key, 'gone')}"
        for key, value in recorded.items()
        if key not in now or not _as_tight(key[2], value, now[key])
    ]


def _as_tight(rule: str, value: str, now: str) -> bool:
    if rule.startswith(SMALLER_IS_TIGHTER):
        return float(now) <= float(value)
    if rule in LARGER_IS_TIGHTER:
        return float(now) >= float(value)
    if rule == "accepted":
        return set(now.split()) <= set(value.split())
    return now == value


@pytest.fixture(scope="module")
def now() -> dict[Threshold, str]:
    """The thresholds of the checkout."""
    return thresholds(read_manifest())


@pytest.fixture(scope="module")
def recorded() -> dict[Threshold, str]:
    """The thresholds as agreed."""
    with RECORDED.open(encoding="utf-8", newline="") as file:
        return {(row["table"], row["column"], row["rule"]): row["value"] for row in csv.DictReader(file)}


def test_no_threshold_is_looser_than_agreed(recorded: dict[Threshold, str], now: dict[Threshold, str]) -> None:
    assert len(recorded) > 1000
    assert looser(recorded, now) == []


def test_every_threshold_is_recorded(recorded: dict[Threshold, str], now: dict[Threshold, str]) -> None:
    assert set(now) == set(recorded)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (("player_game_summary", "usage_rate", "null_budget"), "2"),
        (("player_game_summary", "points", "range_high"), "200"),
        (("team_offense_game_summary", "pace", "range_low"), "0"),
        (("player_daily_cache", "usage_rate_last_10", "severity of null_budget"), "1"),
        (("player_game_summary", "quality_tier", "accepted"), "gold silver bronze"),
        (("player_game_summary", "points_line", "never_zero"), None),
        (("player_game_summary", "usage_rate", "critical"), None),
        (("player_composite_factors", "fatigue_score", "must_vary"), None),
        (("player_game_summary", "", "expected_entities"), "None"),
        (("vars", "production_ready_pct", "value"), "60"),
    ],
)
def test_a_loosened_threshold_is_named(
    recorded: dict[Threshold, str], now: dict[Threshold, str], key: Threshold, value: str | None
) -> None:
    assert key in recorded
    changed = {name: old for name, old in now.items() if name != key} | ({key: value} if value else {})
    (named,) = looser(recorded, changed)
    assert named.startswith(" ".join(part for part in key if part))
