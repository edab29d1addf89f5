"""One fault in a copy of a built real warehouse, the build that follows, and everything that the checks then say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from backfill.base.warehouse import Warehouse
from building import BUILT, backfill, copied, dbt, query

DAY = date(2021, 12, 5)
#: Columns in which a check names the table it judges.
TABLE_COLUMNS = ("model", "table_name", "source_table", "processor_name")
GAPS = """
    select gap_type, model, game_date, coalesce(column_name, '') from nba_orchestration.data_gaps
    where gap_type not in ('CASCADE', 'STALE')
"""
CAUSES = """
    select distinct reason, split_part(cause, ' ', 2), cast(split_part(cause, ' ', 1) as date)
    from nba_orchestration.stale_partitions
    where reason not in ('UPSTREAM', 'SKIPPED') and split_part(cause, ' ', 1) similar to '[0-9-]+'
"""
NAMES = """
    select source_system, player_name_key from nba_reference.unresolved_player_names
"""


@dataclass(frozen=True)
class Fault:
    """A kind of fault: statements that cause it, and what has to be said of it.

    `check` is a data test ('keeps_contract: range' for one check of a contract), 'gap TYPE', 'plan REASON' or
    'unresolved name'; 'harmless' when the tables must come out as without the fault. `model`, `day` and `entity` are
    the first wrong table, the date and words that name the entity; '' where a whole date is wrong.
    `builds`: the date is built from the changed raw tables; else the fault is in built tables, and only checked.
    """

    kind: str
    statements: Sequence[str]
    check: str
    model: str
    entity: str = ""
    day: date = DAY
    builds: bool = True


@dataclass(frozen=True)
class Finding:
    """What a check says: its name, the tables it names, a date when it names one, and all it says as text."""

    check: str
    models: tuple[str, ...]
    day: date | None
    text: str


@dataclass
class Verdict:
    """How a fault was judged. `localised` is FALSE, too, when another table is named that is built earlier."""

    fault: Fault
    detected: bool
    localised: bool
    checks: list[str] = field(default_factory=list)


class Sound:
    """The warehouse without faults: what is compared with, and what its checks say anyway."""

    def __init__(self, warehouse: Path) -> None:
        """Build the day once more with every check. Raises AssertionError when that is not sound."""
        self.warehouse = warehouse
        known = backfill(warehouse, "plan", "--json", "--start", str(DAY), "--end", str(DAY))
        # the code is known to the ledger, and nothing is stale
        assert known.returncode == 0, known.stdout + known.stderr
        outcome = build(warehouse)
        failed = [result.node.name for result in outcome.results if str(result.status) in ("fail", "error")]
        assert outcome.success and not failed, outcome.message
        self.tests = [result for result in outcome.results if result.node.resource_type == "test"]
        # over everything that is built: numbers have to vary
        whole = dbt(warehouse, "compile", "--select", "test_name:keeps_contract", window=BUILT)
        assert whole.success, whole.message
        self.tests += whole.results
        self.said = set(_looked_at(warehouse))
        self.content = content(warehouse)
        rows = query(warehouse, "select distinct model, build_order from nba_orchestration.known_partitions")
        self.order = dict(rows)


def build(warehouse: Path) -> Any:
    """dbt build of the day, with every data test."""
    window = (str(DAY), str(DAY))
    return dbt(warehouse, "build", "--exclude-resource-type", "unit_test", window=window)


def content(warehouse: Path) -> dict[str, Any]:
    """Fingerprint of the day in each table that others read; intermediate ones may count what they leave out."""
    return dict(
        query(
            warehouse,
            f"""select model, arg_max((row_count, output_fingerprint), attempt)
            from nba_orchestration.partition_ledger
            where game_date = '{DAY}' and state = 'SUCCESS' and model not like 'int!_%' escape '!' group by model""",
        )
    )


def judge(sound: Sound, fault: Fault, folder: Path) -> Verdict:
    """Cause the fault in a copy, build or check, and compare what is said with what has to be said."""
    warehouse = copied(sound.warehouse, folder)
    _cause(warehouse, fault)
    # a plan is read before the build that carries it out
    looks = fault.check.startswith("plan") or not fault.builds
    if looks:
        Warehouse("duckdb", warehouse).refresh()
    found = [finding for finding in _looked_at(warehouse) if finding not in sound.said] if looks else []
    if fault.builds and not looks:
        outcome = build(warehouse)
        results = [result for result in outcome.results if result.node.resource_type == "test"]
        found += _failed(warehouse, [result for result in results if str(result.status) in ("fail", "warn")])
        found += [finding for finding in _looked_at(warehouse) if finding not in sound.said]
    elif not fault.builds:
        found += _failed(warehouse, sound.tests)
    checks = sorted({" ".join([finding.check, *finding.models[:1][: len(finding.models) == 1]]) for finding in found})
    if fault.check == "harmless":
        same = content(warehouse) == sound.content
        return Verdict(fault, same, same, checks)
    named = [finding for finding in found if finding.check == fault.check]
    today = [finding for finding in found if finding.day in (fault.day, None)]
    localised = any(fault.model in finding.models for finding in today) and any(
        fault.entity in finding.text for finding in today
    )
    # a check of one table that names an earlier one would send the reader to the wrong place
    place = sound.order.get(fault.model, 0)
    earlier = [
        finding
        for finding in found
        if len(finding.models) == 1
        and sound.order.get(finding.models[0], place) < place
        and finding.day == fault.day
        # what has to be built again is not what is wrong
        and not finding.check.startswith("plan")
    ]
    return Verdict(fault, bool(named), localised and not earlier, checks)


def _cause(warehouse: Path, fault: Fault) -> None:
    """Run the statements. One that changes no row would be no fault, and harmless for no reason."""
    with duckdb.connect(str(warehouse)) as connection:
        for statement in fault.statements:
            assert connection.execute(statement).fetchone()[0] > 0, f"{fault.kind}: changes nothing: {statement}"


def _looked_at(warehouse: Path) -> list[Finding]:
    """Gaps, causes of stale partitions, and names that nobody resolved."""
    found = [Finding(f"gap {kind}", (model,), day, column) for kind, model, day, column in query(warehouse, GAPS)]
    found += [Finding(f"plan {reason}", (model,), day, "") for reason, model, day in query(warehouse, CAUSES)]
    return found + [Finding("unresolved name", (source,), None, name) for source, name in query(warehouse, NAMES)]


def _failed(warehouse: Path, results: Sequence[Any]) -> list[Finding]:
    """Every row of every data test."""
    found = []
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        for result in results:
            rows = connection.execute(result.node.compiled_code)
            names = [column[0] for column in rows.description]
            for row in rows.fetchall():
                said = dict(zip(names, row, strict=True))
                found.append(_finding(result.node, said))
    return found


def _finding(node: Any, said: dict[str, Any]) -> Finding:
    metadata = getattr(node, "test_metadata", None)
    check = metadata.name if metadata else node.name
    if check == "keeps_contract":
        check = f"keeps_contract: {said['check_id']}"
    named = tuple(str(said[column]) for column in TABLE_COLUMNS if said.get(column))
    refs = tuple(ref.name for ref in node.refs) + tuple(source[1] for source in node.sources)
    day = said.get("game_date")
    text = " ".join(str(value) for value in said.values())
    return Finding(check, named or refs, day if isinstance(day, date) else None, text)
