"""The quality contract of every published and raw table, read from dbt's manifest (docs/quality-contract.md)."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from backfill.base.errors import BackfillError
from backfill.base.phases import TAGS, tables_of_phases

RAW_EXPECTATIONS = Path("tests/expectations/raw.yml")
ERROR, WARNING = "error", "warning"
NUMERIC = re.compile(r"^(bigint|int64|double|float64|(numeric|decimal)(\(.*\))?)$", re.IGNORECASE)
CONDITION = re.compile(r"^(\w+) (>=|<=|>|<|=) (-?\d+(?:\.\d+)?|[a-z_]+)$")


@dataclass(frozen=True)
class Where:
    """A condition on a row: a column, one of >= <= > < =, and a number or a word."""

    column: str
    operator: str
    value: float | str

    @property
    def sql(self) -> str:
        """The condition as SQL."""
        value = f"'{self.value}'" if isinstance(self.value, str) else f"{self.value:g}"
        return f"{self.column} {self.operator} {value}"


@dataclass(frozen=True)
class Budget:
    """The largest share of NULLs a column may have, in percent of the rows that satisfy the condition."""

    max_pct: float
    severity: str = ERROR
    where: Where | None = None


@dataclass(frozen=True)
class Range:
    """Bounds of a column, inclusive, in the rows that satisfy the condition."""

    low: float
    high: float
    severity: str = ERROR
    where: Where | None = None


@dataclass(frozen=True)
class Table:
    """The contract of one table. `relation` is its quoted name; `columns` maps names to types in lower case.

    `severity` is the worst a broken expectation can be: error, or warning for an optional source.
    `expected_entities` names a kind of macros/quality/expected_row_counts.sql; `entity` are the columns counted against
    it, nothing for rows. `parents` maps a column to the (table, column) pairs that make it NULL or zero.
    """

    name: str
    relation: str
    phase: str
    columns: dict[str, str]
    grain: tuple[str, ...]
    dated: bool = True
    severity: str = ERROR
    critical: tuple[str, ...] = ()
    zero_policy: dict[str, str] = field(default_factory=dict)
    null_budget: dict[str, Budget] = field(default_factory=dict)
    ranges: dict[str, Range] = field(default_factory=dict)
    accepted: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    may_be_constant: dict[str, str] = field(default_factory=dict)
    expected_entities: str | None = None
    entity: tuple[str, ...] = ()
    parents: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    @property
    def is_raw(self) -> bool:
        """A table of nba_raw, which may hold more than is expected of it."""
        return self.phase == "raw"

    @property
    def numbers(self) -> list[str]:
        """Columns that hold a number."""
        return [name for name, data_type in self.columns.items() if NUMERIC.match(data_type)]

    @property
    def must_vary(self) -> list[str]:
        """Computed numbers that are never one value for long: a constant is a placeholder (story 1)."""
        return [name for name in self.numbers if name not in self.may_be_constant and not self.is_raw]


def load_tables(manifest: dict[str, Any], root: Path) -> list[Table]:
    """Every raw table and every published table, in the order of the phases.

    Raises BackfillError, naming the table, for a contract that does not fit its columns.
    """
    extra = yaml.safe_load((root / RAW_EXPECTATIONS).read_text(encoding="utf-8"))
    raw = [
        _raw_table(source, extra.get(source["name"], {}))
        for source in manifest["sources"].values()
        if source["schema"] == "nba_raw"
    ]
    unknown = set(extra) - {table.name for table in raw}
    if unknown:
        raise BackfillError(f"{RAW_EXPECTATIONS}: no raw table is called {', '.join(sorted(unknown))}")
    built = [
        _built_table(node, next(tag for tag in TAGS if tag in node["tags"]))
        for node in tables_of_phases(manifest["nodes"].values())
        if "expected_entities" in node["config"]["meta"]
    ]
    for table in (*raw, *built):
        _check(table)
    return [*raw, *built]


def column_contract(node: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What the YAML of a model asks of its columns: {key: {column: value}}, empty where it says nothing."""
    asked: dict[str, dict[str, Any]] = defaultdict(dict)
    for name, column in node["columns"].items():
        for key, value in column.get("config", {}).get("meta", {}).items():
            asked[key][name] = value
    return asked


def _built_table(node: dict[str, Any], phase: str) -> Table:
    meta, asked = node["config"]["meta"], column_contract(node)
    return Table(
        name=node["name"],
        relation=node["relation_name"],
        phase=phase,
        columns=_columns(node),
        grain=tuple(meta["grain"]),
        critical=tuple(asked["critical"]),
        zero_policy=asked["zero_policy"],
        accepted={name: tuple(values) for name, values in asked["accepted_values"].items()},
        expected_entities=meta["expected_entities"],
        **_common(
            {**asked, "ranges": asked["range"], "may_be_constant": asked["may_be_constant"] | asked["may_be_unknown"]}
        ),
    )


def _raw_table(source: dict[str, Any], extra: dict[str, Any]) -> Table:
    meta = source["config"]["meta"]
    vital = meta.get("chain_severity") == "critical" and meta.get("chain_role") == "primary"
    entity = extra.get("entity", [])
    column_meta = {name: column.get("config", {}).get("meta", {}) for name, column in source["columns"].items()}
    # what the loader makes from another column is there, whether a file has it or not
    optional = {name for name, said in column_meta.items() if said.get("optional") and not said.get("made_from")}
    return Table(
        name=source["name"],
        relation=source["relation_name"],
        phase="raw",
        columns=_columns(source),
        grain=tuple(meta["key"]),
        dated=bool(meta.get("partition_by")),
        severity=ERROR if vital else WARNING,
        # a key may have parts that only some feeds fill: an event without a snapshot, for example
        critical=tuple(name for name in meta["key"] if name in extra.get("null_budget", {}) and name not in optional),
        expected_entities=extra.get("expected_entities"),
        entity=(entity,) if isinstance(entity, str) else tuple(entity),
        **_common(extra),
    )


def _common(meta: dict[str, Any]) -> dict[str, Any]:
    return {
        "null_budget": {name: _budget(value) for name, value in meta.get("null_budget", {}).items()},
        "ranges": {name: _range(value) for name, value in meta.get("ranges", {}).items()},
        "may_be_constant": meta.get("may_be_constant", {}),
        "parents": {
            name: tuple((parent["model"], parent["column"]) for parent in parents)
            for name, parents in meta.get("cascade_parents", {}).items()
        },
    }


def _columns(node: dict[str, Any]) -> dict[str, str]:
    return {name: str(column.get("data_type") or "").lower() for name, column in node["columns"].items()}


def _budget(value: Any) -> Budget:
    if not isinstance(value, dict):
        return Budget(value)
    return Budget(value["max"], value.get("severity", ERROR), _where(value.get("where")))


def _range(value: Any) -> Range:
    if not isinstance(value, dict):
        return Range(*value)
    return Range(*value["between"], value.get("severity", ERROR), _where(value.get("where")))


def _where(text: str | None) -> Where | None:
    if text is None:
        return None
    parsed = CONDITION.match(text)
    if not parsed:
        raise BackfillError(f"cannot read the condition {text!r} of a contract; write `column >= 5` or `column = word`")
    column, operator, value = parsed.groups()
    return Where(column, operator, value if value[0].isalpha() else float(value))


def _check(table: Table) -> None:
    """A contract that names a column which is not there would test nothing."""
    named = {*table.grain, *table.critical, *table.zero_policy, *table.null_budget, *table.ranges, *table.entity}
    named |= {*table.may_be_constant, *table.parents, *table.accepted}
    named |= {rule.where.column for rule in (*table.ranges.values(), *table.null_budget.values()) if rule.where}
    missing = sorted(named - set(table.columns))
    if missing:
        raise BackfillError(f"the contract of {table.name} names columns it does not have: {', '.join(missing)}")
    unknown = {policy for policy in table.zero_policy.values()} - {"never_zero", "zero_is_suspect", "zero_is_valid"}
    if unknown:
        raise BackfillError(f"the contract of {table.name} has unknown zero policies: {', '.join(sorted(unknown))}")
