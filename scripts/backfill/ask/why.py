"""`backfill why MODEL DATE`: a bad partition walked back to the first bad one, and the command that repairs it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated, Any

import typer

from backfill.ask.answers import FINDING, SOUND, UNANSWERED, answering, dates_sql, emit
from backfill.ask.gaps import Gap, find_gaps
from backfill.ask.repair import UnresolvedNames, repair
from backfill.base import options
from backfill.base.console import console
from backfill.base.errors import BackfillError
from backfill.base.names import full_name
from backfill.base.phases import failure_table
from backfill.base.seasons import season_start
from backfill.base.verdicts import open_findings
from backfill.base.warehouse import Warehouse, read_manifest
from backfill.quality.contract import column_contract

STATE = "select * from {{ ref('partition_states') }} where model = '%s' and %s"
CELLS = """
    select column_name, row_count, null_count, zero_count, is_critical, is_never_zero, allowed_null_pct
    from {{ ref('column_health') }} where model = '%s' and %s
"""
FAILURES = """
    select failure_category, failure_reason, count(*) as entities
    from {{ ref('%s') }} where processor_name = '%s' and resolution_status <> 'RESOLVED' and %s
    group by failure_category, failure_reason order by entities desc
"""
#: A chain of causes has no more links than there are tables.
LONGEST = 40


@dataclass
class Link:
    """One step of the walk back: a partition or a cell, its state, and why."""

    name: str
    state: str
    reason: str


def why(
    model: Annotated[
        str, typer.Argument(callback=full_name, help="A table, for example player_composite_factors or PCF.")
    ],
    day: Annotated[str, typer.Argument(metavar="DATE", help="Game date, YYYY-MM-DD.")],
    column: Annotated[str | None, typer.Option("--column", help="Only this critical or never-zero column.")] = None,
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 0,
    as_json: options.AsJson = False,
) -> None:
    """Say what state a partition or a column is in, why, where that begins, and what repairs it.

    Exit code 0: it is sound. 1: it is not. 2: cannot be answered, or its circuit breaker is open.
    """
    with answering(as_json=as_json):
        window = options.parse_window(day, None)
        assert window is not None
        place = Warehouse.of(target, warehouse, wait)
        place.refresh()
        answer = explain(place, model, window[0], column)
        if as_json:
            emit(answer)
        else:
            show(answer)
    raise typer.Exit(UNANSWERED if answer["is_circuit_open"] else SOUND if answer["is_sound"] else FINDING)


def explain(warehouse: Warehouse, model: str, day: date, column: str | None = None) -> dict[str, Any]:
    """The answer as a document. Raises BackfillError for a table, date or column that nothing is known of."""
    if not model.isidentifier() or (column and not column.isidentifier()):
        raise BackfillError(f"{model}.{column} is no name of a table and a column")
    window = (day, day)
    found = warehouse.rows(STATE % (model, dates_sql(window)))
    if not found:
        raise BackfillError(
            f"{model} has no partition {day}: no such table, or no game is scheduled", "backfill status"
        )
    state = found[0]
    gaps = {gap.name: gap for gap in find_gaps(warehouse, (season_start(day), day))}
    cells = warehouse.rows(CELLS % (model, dates_sql(window)))
    if column and column not in {cell["column_name"] for cell in cells}:
        known = ", ".join(sorted(cell["column_name"] for cell in cells)) or "nothing: it has no rows on this date"
        raise BackfillError(f"{model}.{column} is not counted on {day}; counted are {known}")
    if column:
        mine = [gap for gap in (gaps.get(f"{day} {model}.{column}"),) if gap]
    else:
        mine = [gap for name, gap in gaps.items() if name == f"{day} {model}" or name.startswith(f"{day} {model}.")]
    mine.sort(key=lambda gap: gap.column is not None)  # the partition itself before its columns
    chain = _walk(mine[0], state, gaps) if mine else []
    root = gaps.get(chain[-1].name) if chain else None
    failures = []
    if state["phase"]:
        failures = warehouse.rows(FAILURES % (failure_table(state["phase"]), model, dates_sql(window)))
    names = UnresolvedNames(warehouse).on(day)
    findings = [finding for finding in open_findings(warehouse, window) if finding.model == model]
    return {
        "model": model,
        "game_date": day,
        "column": column,
        "state": state["state"],
        "state_reason": state["state_reason"],
        "rows": state["row_count"],
        "expected_entities": state["expected_entities"],
        "stale_reason": state["stale_reason"],
        "stale_cause": state["stale_cause"],
        "attempts": state["attempts"],
        "is_circuit_open": bool(state["is_circuit_open"]),
        "is_sound": not mine,
        "gaps": [asdict(gap) for gap in mine],
        "cells": [cell for cell in cells if column in (None, cell["column_name"])],
        "chain": [asdict(link) for link in chain],
        "first_bad": chain[-1].name if chain else None,
        "findings": [{**asdict(finding), "said": finding.said} for finding in findings],
        "failures": failures,
        "unresolved_names": names,
        "command": repair(state, mine[0], root, chain[-1].name, names) if mine else None,
    }


def show(answer: dict[str, Any]) -> None:
    """Print the answer for people, ending with the one command."""
    where = f"{answer['model']}{'.' + answer['column'] if answer['column'] else ''} {answer['game_date']}"
    expected = "" if answer["expected_entities"] is None else f" for {answer['expected_entities']:,} expected entities"
    colour = "green" if answer["is_sound"] else "red"
    lines = [
        f"[{colour}]{answer['state']}[/] {where}: {answer['rows']:,} rows{expected}, {answer['attempts']} attempts"
    ]
    if answer["state_reason"]:
        lines.append(f"because: {_plain(answer['state_reason'])}")
    if answer["stale_reason"]:
        lines.append(f"stale: {answer['stale_reason']}, begins with {answer['stale_cause']}")
    for cell in answer["cells"] if answer["column"] else []:
        lines.append(f"{cell['null_count']:,} NULL and {cell['zero_count']:,} zero of {cell['row_count']:,} values")
    for finding in answer["findings"]:
        where = finding["game_id"] or "the whole date"
        lines.append(f"{finding['verdict'].lower()}: {where}: {finding['check']}: {_plain(finding['said'])}")
    for failure in answer["failures"]:
        lines.append(
            f"{failure['entities']:,} without a row: {failure['failure_category']}, {_plain(failure['failure_reason'])}"
        )
    for depth, link in enumerate(answer["chain"]):
        lines.append(f"{'  ' * depth}{'<- ' if depth else ''}{link['name']}: {link['state']} {_plain(link['reason'])}")
    if answer["is_circuit_open"]:
        lines.append("[red]its circuit breaker is open[/]: it is tried again when an input or the code changes")
    if answer["command"]:
        lines.append(f"First bad: {answer['first_bad']}")
        lines.append(f"Repair: {answer['command']}")
    for line in lines:
        console.print(line, soft_wrap=True, highlight=False)


def _plain(text: str | None) -> str:
    return " ".join((text or "").split()).replace("[", "(").replace("]", ")")[:300]


def _walk(gap: Gap, state: dict[str, Any], gaps: dict[str, Gap]) -> list[Link]:
    """From a gap to the first one behind it: along cascade_parents for a column, read edges for a partition."""
    links = [Link(gap.name, gap.gap_type, gap.reason or "")]
    for name in _between(gap, gaps):
        links.append(Link(name, gaps[name].gap_type, gaps[name].reason or ""))
    while len(links) < LONGEST:
        last = gaps.get(links[-1].name)
        cause = last.cause if last else ""
        if last and last.is_root and ": begins with " in (last.reason or ""):
            cause = last.reason.split(": begins with ")[1]  # stale: the ledger names where it begins
        if not cause or cause in {link.name for link in links}:
            break
        known = gaps.get(cause)
        links.append(Link(cause, known.gap_type if known else "CHANGED", (known.reason if known else "") or ""))
    return links


def _between(gap: Gap, gaps: dict[str, Gap]) -> list[str]:
    """Bad cells between a column and its first bad cell, nearest first, as cascade_parents names them."""
    if gap.column is None or gap.is_root:
        return []
    parents = {
        node["name"]: column_contract(node)["cascade_parents"]
        for node in read_manifest()["nodes"].values()
        if node["resource_type"] == "model"
    }
    path, here = [], (gap.model, gap.column)
    seen = {here}
    while True:
        above = [(parent["model"], parent["column"]) for parent in parents.get(here[0], {}).get(here[1], [])]
        bad = [cell for cell in above if cell not in seen and f"{gap.game_date} {cell[0]}.{cell[1]}" in gaps]
        if not bad or f"{gap.game_date} {bad[0][0]}.{bad[0][1]}" == gap.cause:
            return path
        here = bad[0]
        seen.add(here)
        path.append(f"{gap.game_date} {here[0]}.{here[1]}")
