"""Rule pages: what each kind of expectation says, an example, why it matters, how to repair it, where it applies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from backfill.base.errors import BackfillError
from backfill.base.warehouse import Warehouse
from backfill.quality.contract import ERROR, WARNING, Budget, Range, Table
from backfill.site.pages import Site

TEXTS = Path(__file__).with_name("rules.yml")
BANDS = "shot_zone_failure_rates"
#: No ref or source: `backfill validate` makes this table on its first run.
LAST_RUN = """
    select suite, expectation, column_name, success, observed, expected, severity, start_date, end_date, validated_at
    from %s where run_id = (select run_id from %s order by validated_at desc limit 1)
"""


@dataclass
class Clause:
    """One rule for one column: what it says in words, and a value that breaks it."""

    table: str
    column: str
    says: str
    severity: str
    breaks: str


@dataclass
class Rule:
    """A kind of expectation with its texts, its clauses, and what the last validation found."""

    name: str
    says: str
    why: str
    repair: str
    clauses: list[Clause] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)
    checked: int = 0

    @property
    def page(self) -> str:
        """File name of its page."""
        return re.sub(r"[^a-z]+", "-", self.name) + ".html"

    @property
    def example(self) -> dict[str, str] | None:
        """A finding of the last validation if there is one, else a clause and a value that would break it."""
        if self.failed:
            found = self.failed[0]
            where = f"{found['suite'].rsplit('.', 1)[0]} {found['column_name']}".strip()
            return {"where": where, "expected": found["expected"], "observed": found["observed"], "kind": "found"}
        if not self.clauses:
            return None
        clause = next((one for one in self.clauses if one.severity == ERROR), self.clauses[0])
        where = f"{clause.table} {clause.column}".strip()
        return {"where": where, "expected": clause.says, "observed": clause.breaks, "kind": "made up"}


@dataclass
class Validation:
    """The last run of `backfill validate`: its range, when it ran, and its expectations."""

    start: Any
    end: Any
    validated_at: Any
    findings: list[dict[str, Any]]


def read_rules(tables: Sequence[Table], last: Validation | None) -> list[Rule]:
    """Every kind of rule with its clauses. Raises BackfillError when a contract has a kind without a text."""
    from backfill.quality import suites  # imports Great Expectations, which takes seconds

    numbers = {name: value for name, value in vars(suites).items() if name.isupper()}
    numbers["BASELINE_SHARE_PCT"] = round(100 * suites.BASELINE_SHARE)
    texts = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    rules = {}
    for name, parts in texts.items():
        rules[name] = Rule(name, **{part: _filled(text, numbers) for part, text in parts.items()})
    for table in tables:
        for name, clause in _clauses(table, set(suites.LINES)):
            rules[name].clauses.append(clause)
    for name in ("failures below the upper bound", "failures above the lower bound"):
        side = "at most the upper" if "upper" in name else "at least the lower"
        clause = Clause(BANDS, "share_without_row_pct", f"{side} bound of the season week", ERROR, "a share outside it")
        rules[name].clauses.append(clause)
    for found in last.findings if last else ():
        if found["expectation"] not in rules:
            raise BackfillError(f"{TEXTS.name} has no text for the expectation '{found['expectation']}'")
        rule = rules[found["expectation"]]
        rule.checked += 1
        if not found["success"]:
            rule.failed.append(found)
    return list(rules.values())


def read_last_validation(warehouse: Warehouse, schema: str) -> Validation | None:
    """What the last `backfill validate` stored in the orchestration schema; None when it has never run."""
    table = f"{schema}.validation_results"
    if warehouse.is_duckdb:
        with warehouse.connection() as connection:
            known = connection.execute(
                "select 1 from information_schema.tables where table_name = 'validation_results'"
            ).fetchone()
        if not known:
            return None
    try:
        rows = warehouse.rows(LAST_RUN % (table, table))
    except BackfillError:  # BigQuery: the table is made by the first validation
        return None
    if not rows:
        return None
    rows.sort(key=lambda row: (row["severity"] != ERROR, row["suite"], row["column_name"] or ""))
    return Validation(rows[0]["start_date"], rows[0]["end_date"], rows[0]["validated_at"], rows)


def write_rules(site: Site, rules: Sequence[Rule], last: Validation | None, *, has_data_docs: bool) -> None:
    """The list of rules and one page for each."""
    failed = [found for rule in rules for found in rule.failed]
    site.page(
        "rules/index.html",
        "rules.html",
        "Rules",
        rules=rules,
        last=last,
        failed=failed,
        errors=sum(found["severity"] == ERROR for found in failed),
        has_data_docs=has_data_docs,
    )
    for rule in rules:
        by_table: dict[str, list[Clause]] = defaultdict(list)
        for clause in rule.clauses:
            by_table[clause.table].append(clause)
        title = rule.name[0].upper() + rule.name[1:]
        site.page(f"rules/{rule.page}", "rule.html", title, rule=rule, by_table=by_table, last=last)


def _filled(text: str, numbers: dict[str, Any]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: str(numbers[match.group(1)]), text)


def _clauses(table: Table, lines: set[str]) -> Iterator[tuple[str, Clause]]:
    """The rules of a table, by kind, as quality/suites.py makes expectations of the same contract."""

    def clause(column: str, says: str, breaks: str, severity: str = ERROR) -> Clause:
        return Clause(table.name, column, says, WARNING if table.severity == WARNING else severity, breaks)

    if table.expected_entities:
        exact = "exactly" if not table.is_raw else "at least"
        says = f"{exact} as many as {table.expected_entities} counts"
        yield "row count from the schedule", clause("", says, "one row less")
        yield "expected entities per date", clause(", ".join(table.entity), says, "one missing on a date")
    yield "unique grain", clause(", ".join(table.grain), "no two rows with the same values", "two rows with one key")
    for column in table.columns:
        budget = table.null_budget.get(column)
        if budget is None and (column in table.critical or (column in table.grain and not table.is_raw)):
            budget = Budget(0)
        if budget is not None:
            share = "never NULL" if not budget.max_pct else f"NULL in at most {budget.max_pct:g} % of the rows"
            yield "filled", clause(column, share + _where(budget), "NULL", budget.severity)
            if column in table.null_budget and table.dated:
                drop = "filled about as often as before"
                yield (
                    "fill rate against the trailing 30 dates",
                    clause(column, drop, "NULL on a whole date", budget.severity),
                )
    for column, bounds in table.ranges.items():
        says = f"from {bounds.low:,g} to {bounds.high:,g}{_where(bounds)}"
        yield "range", clause(column, says, f"{bounds.high + 1:,g}", bounds.severity)
    for column, policy in table.zero_policy.items():
        if policy == "never_zero":
            yield "never zero", clause(column, "not 0", "0")
        elif policy == "zero_is_suspect":
            yield "zeros are rare", clause(column, "seldom 0", "0 in every tenth row", WARNING)
    for column, values in table.accepted.items():
        yield "accepted values", clause(column, "one of " + ", ".join(map(str, values)), "another word")
    for column in sorted(lines & set(table.columns)):
        yield "lines differ", clause(column, "many values", "the same line for everybody")
    if table.entity and table.entity != ("game_date",):
        usual = "about as many rows as on the dates before"
        yield "rows per entity against the trailing 30 dates", clause(", ".join(table.entity), usual, "half of them")
    if table.is_raw:
        return
    for column in table.must_vary:
        yield "varies", clause(column, "two values or more", "one value in 30 game dates")


def _where(rule: Budget | Range) -> str:
    return f", where {rule.where.column} {rule.where.operator} {rule.where.value}" if rule.where else ""
