"""The health calendar: every table on every game date of a season, what is wrong with it, and what repairs it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backfill.ask.answers import season, span
from backfill.ask.gaps import LOAD, Gap, find_gaps
from backfill.ask.repair import NOTHING_TO_DO, UnresolvedNames, is_known_gap, repair
from backfill.base.errors import BackfillError
from backfill.base.phases import BUILT, FAILURE_TABLES, NAMES
from backfill.base.warehouse import Warehouse
from backfill.site.pages import Site

PARTITIONS = """
    select model, build_order, phase, game_date, season_year, games, final_games, state, state_reason, row_count,
        expected_entities, stale_reason, stale_cause, is_circuit_open
    from {{ ref('partition_states') }} where game_date >= cast('1946-11-01' as date)
"""
CHAINS = """
    select chain, chain_severity, primary_source, game_date, season_year, status, served_by, known_gap_reason,
        count(*) as games
    from {{ ref('chain_status') }} where game_date >= cast('1946-11-01' as date)
    group by chain, chain_severity, primary_source, game_date, season_year, status, served_by, known_gap_reason
"""
FAILURES = """
    select processor_name, game_date, failure_category, count(*) as entities
    from {{ ref('%s') }} where resolution_status <> 'RESOLVED' and game_date >= cast('1946-11-01' as date)
    group by processor_name, game_date, failure_category
"""
#: The row that stands for the models that the phases share; it shows the worst of them.
SHARED = "shared pieces"
SOURCE_GROUP, SHARED_GROUP = "Raw sources", "Between the phases"
#: What is wrong with a column, by the state that data_gaps gives it.
WRONG = {"NULL_FIELD": "NULL", "ZERO_VALUE": "0"}


@dataclass(frozen=True)
class Status:
    """How a cell of the calendar looks and what that means."""

    key: str
    symbol: str
    label: str
    meaning: str


#: Worst first. The symbol is written into the cell, so that nothing hangs on the colour.
STATUSES = (
    Status("missing", "\N{MULTIPLICATION X}", "missing", "rows that have to be there are not: failed, skipped or lost"),
    Status("never", "\N{WHITE CIRCLE}", "not built", "no build has tried it yet"),
    Status("held", "h", "held back", "a check keeps games of the date from readers; what was published before stays"),
    Status("flawed", "!", "flawed", "built, but entities, columns or games are missing without an accepted reason"),
    Status("stale", "\N{CLOCKWISE OPEN CIRCLE ARROW}", "stale", "complete, but a build would now give something else"),
    Status("running", "\N{HORIZONTAL ELLIPSIS}", "running", "a build is at it, or was when it was killed"),
    Status("source", "s", "source gap", "an optional raw source delivered nothing, or not for all games"),
    Status("known", "k", "known gap", "no source will ever have it: seeds/known_gaps.csv says why"),
    Status("sound", "", "sound", "everybody expected is there, or a recorded failure says why not"),
    Status("empty", "\N{EN DASH}", "expected empty", "no rows on purpose: bootstrap days, or not played yet"),
)
SYMBOLS = {status.key: status for status in STATUSES}
WORST_FIRST = [status.key for status in STATUSES]


@dataclass
class Cell:
    """One table on one date. `repair` is a command, or why there is nothing to do; '' when it is sound."""

    status: str
    state: str
    rows: int | None = None
    expected: int | None = None
    reason: str = ""
    repair: str = ""
    failures: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class Day:
    """A game date: how many games, and the cell of each table."""

    game_date: date
    games: int
    final_games: int
    cells: dict[str, Cell] = field(default_factory=dict)

    @property
    def worst(self) -> str:
        """The worst status of the date."""
        return min((cell.status for cell in self.cells.values()), key=WORST_FIRST.index)


@dataclass
class Season:
    """The calendar of a season. `groups` are the rows: heading -> tables."""

    year: int
    groups: dict[str, list[str]]
    days: list[Day]

    @property
    def name(self) -> str:
        """'2021-22'."""
        return season(self.year)

    @property
    def months(self) -> list[tuple[str, list[Day]]]:
        """'November 2021' -> its game dates."""
        months: dict[str, list[Day]] = defaultdict(list)
        for one in self.days:
            months[f"{one.game_date:%B %Y}"].append(one)
        return list(months.items())

    @property
    def counts(self) -> dict[str, int]:
        """Cells by status, worst first, only what occurs."""
        found = [cell.status for one in self.days for cell in one.cells.values()]
        return {key: found.count(key) for key in WORST_FIRST if key in found}

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Everything that is not sound, worst first; equal findings of several dates are one."""
        lines: dict[tuple[str, str, str, str], list[date]] = defaultdict(list)
        for one in self.days:
            for table, cell in one.cells.items():
                if cell.status not in ("sound", "empty"):
                    why = cell.reason.replace(str(one.game_date), "that date")
                    repair = cell.repair.replace(str(one.game_date), "DATE")
                    lines[cell.status, table, why, repair].append(one.game_date)
        return [
            {"status": SYMBOLS[status], "table": table, "reason": why, "repair": _dated(repair, days), "days": days}
            | {"span": span(days)}
            for (status, table, why, repair), days in sorted(
                lines.items(), key=lambda item: (WORST_FIRST.index(item[0][0]), item[1][0], item[0][1])
            )
        ]


def read_seasons(warehouse: Warehouse) -> list[Season]:
    """Calendars of all seasons that are scheduled. Raises BackfillError when nothing is scheduled or nothing built."""
    partitions = warehouse.rows(PARTITIONS)
    if not any(row["row_count"] for row in partitions if row["phase"]):
        raise BackfillError("nothing is built in this warehouse: there is nothing to show", "backfill heal")
    chains = warehouse.rows(CHAINS)
    gaps = find_gaps(warehouse, None)
    causes = {gap.name: gap for gap in gaps}
    unresolved = UnresolvedNames(warehouse)
    by_place: dict[tuple[str, date], list[Gap]] = defaultdict(list)
    for gap in gaps:
        by_place[gap.model, gap.game_date].append(gap)
    failures: dict[tuple[str, date], list[tuple[str, int]]] = defaultdict(list)
    for table in FAILURE_TABLES:
        for row in warehouse.rows(FAILURES % table):
            failures[row["processor_name"], row["game_date"]].append((row["failure_category"], row["entities"]))
    days: dict[date, Day] = {}
    shared: dict[date, list[tuple[str, Cell]]] = defaultdict(list)
    seasons: dict[int, list[Day]] = defaultdict(list)
    for row in sorted(partitions, key=lambda row: (row["game_date"], row["phase"] or "", row["build_order"])):
        here = (row["model"], row["game_date"])
        if row["game_date"] not in days:
            days[row["game_date"]] = Day(row["game_date"], row["games"], row["final_games"])
            seasons[row["season_year"]].append(days[row["game_date"]])
        cell = _partition_cell(row, by_place[here], causes, unresolved.on(row["game_date"]))
        cell.failures = sorted(failures[here], key=lambda item: -item[1])
        if row["phase"]:
            days[row["game_date"]].cells[row["model"]] = cell
        else:
            shared[row["game_date"]].append((row["model"], cell))
    groups: dict[str, list[str]] = {SOURCE_GROUP: [], SHARED_GROUP: [SHARED]}
    for name, found in _chain_cells(chains).items():
        groups[SOURCE_GROUP].append(name)
        for game_date, cell in found.items():
            days[game_date].cells[name] = cell
    for game_date, cells in shared.items():
        days[game_date].cells[SHARED] = _shared_cell(cells)
    for row in sorted(partitions, key=lambda row: row["build_order"]):
        if row["phase"] and row["model"] not in groups.setdefault(NAMES[row["phase"]], []):
            groups[NAMES[row["phase"]]].append(row["model"])
    order = (SOURCE_GROUP, SHARED_GROUP, *(NAMES[phase] for phase in BUILT))
    ordered = {name: groups[name] for name in order if name in groups}
    return [Season(year, ordered, found) for year, found in sorted(seasons.items())]


def _partition_cell(row: dict[str, Any], gaps: Sequence[Gap], causes: dict[str, Gap], names: Sequence[str]) -> Cell:
    """Ledger state and quality of a partition as one status; the worst thing about it decides."""
    cell = Cell("sound", row["state"], row["row_count"], row["expected_entities"])
    cell.reason = " ".join((row["state_reason"] or "").split())
    if row["state"] in ("RUNNING", "STALE_RUNNING"):
        cell.status = "running"
    elif row["state"] == "NOT_EXPECTED" or (not gaps and not row["row_count"]):
        cell.status = "empty"
    if not gaps or cell.status == "running":
        return cell
    # the partition itself before its columns
    partition = [gap for gap in gaps if gap.column is None]
    main = (partition or sorted(gaps, key=lambda gap: (not gap.is_root, gap.column or "")))[0]
    root = causes.get(main.cause, main)
    if main.gap_type == "STALE" and row["state"] not in ("RAN_FAILED", "SKIPPED"):
        cell.status = "stale"
    elif main.gap_type == "HELD":
        cell.status = "held"
    elif row["state"] == "NEVER_RAN" and not row["row_count"]:
        cell.status = "never"
    elif partition and not row["row_count"]:
        cell.status = "missing"
    elif all(gap.severity == "LOW" for gap in gaps):
        cell.status = "known" if is_known_gap(root) else "source"
    else:
        cell.status = "missing" if row["state"] in ("RAN_FAILED", "SKIPPED") else "flawed"
    cell.reason = _reason(main, gaps, root, cell.reason)
    cell.repair = repair(row, main, root, row["stale_cause"] or root.name, names)
    return cell


def _reason(main: Gap, gaps: Sequence[Gap], root: Gap, known: str) -> str:
    said = [" ".join((main.reason or known).split())]
    columns = sorted({gap.column for gap in gaps if gap.column})
    if columns:
        more = f" and {len(columns) - 3} more" if len(columns) > 3 else ""
        wrong = " or ".join(sorted({WRONG.get(gap.state, gap.state) for gap in gaps if gap.column}))
        named = f"{', '.join(columns[:3])}{more}: {wrong}"
        said = [named] if main.column else [*said, named]
    if root is not main:
        said.append(f"begins with {root.name}: {root.reason or root.gap_type}")
    elif main.cause != main.name:
        said.append(f"begins with {main.cause}")
    return "; ".join(part for part in said if part)


def _chain_cells(rows: Sequence[dict[str, Any]]) -> dict[str, dict[date, Cell]]:
    """chain -> date -> cell: how the games of the date are served by the sources of the chain."""
    groups: dict[tuple[str, date], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["chain"], row["game_date"]].append(row)
    found: dict[str, dict[date, Cell]] = defaultdict(dict)
    for (chain, game_date), parts in sorted(groups.items()):
        games = {name: sum(row["games"] for row in parts if row["status"] == name) for name in _statuses(parts)}
        total, is_critical = sum(games.values()), parts[0]["chain_severity"] == "critical"
        cell = Cell("sound", ", ".join(f"{name} {count}" for name, count in games.items()), games.get("SERVED", 0))
        cell.expected = total
        if set(games) == {"NOT_DUE"}:
            cell.status, cell.reason = "empty", "the games have not been played"
        elif games.get("MISSING") or games.get("PARTIAL"):
            cell.status = "source"
            if is_critical:
                cell.status = "missing" if games.get("MISSING") == total else "flawed"
            some = "no source has them" if games.get("MISSING") else "the source has them in part"
            cell.reason = "no source has a game" if games.get("MISSING") == total else f"some games: {some}"
            cell.repair = LOAD
        elif games.get("KNOWN_GAP"):
            cell.status = "known"
            cell.reason = next(row["known_gap_reason"] for row in parts if row["known_gap_reason"])
            cell.repair = NOTHING_TO_DO
        others = sorted({row["served_by"] for row in parts if row["served_by"] not in (None, row["primary_source"])})
        if others:
            cell.state += f", by {', '.join(others)}"
        found[chain][game_date] = cell
    return found


def _statuses(parts: Sequence[dict[str, Any]]) -> list[str]:
    return sorted({row["status"] for row in parts})


def _shared_cell(cells: Sequence[tuple[str, Cell]]) -> Cell:
    """The worst of the models that both phases read, naming those that are not sound."""
    name, worst = min(cells, key=lambda item: WORST_FIRST.index(item[1].status))
    if worst.status in ("sound", "empty"):
        return Cell("sound", f"{len(cells)} models sound")
    bad = [model for model, cell in cells if cell.status == worst.status]
    more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
    return Cell(worst.status, worst.state, None, None, f"{name}{more}: {worst.reason}", worst.repair)


def _dated(repair: str, days: Sequence[date]) -> str:
    """A command for one date as one for all of them."""
    return repair.replace("--start DATE", f"--start {min(days)}").replace("DATE", str(max(days)))


def write_calendars(site: Site, seasons: Sequence[Season]) -> None:
    """One page and one data file a season, and the page that leads to them."""
    site.page("calendar/index.html", "calendars.html", "Health calendar", seasons=seasons, statuses=STATUSES)
    for one in seasons:
        tables = [table for group in one.groups.values() for table in group]
        dates = {
            str(found.game_date): {
                "games": found.games,
                "final": found.final_games,
                "cells": [_packed(found.cells.get(table)) for table in tables],
            }
            for found in one.days
        }
        labels = {status.key: status.label for status in STATUSES}
        site.data(f"calendar/{one.name}.js", "calendar", {"tables": tables, "labels": labels, "dates": dates})
        site.page(
            f"calendar/{one.name}.html",
            "calendar.html",
            f"Health calendar {one.name}",
            calendar=one,
            statuses=STATUSES,
            symbols=SYMBOLS,
            seasons=seasons,
        )


def _packed(cell: Cell | None) -> list[Any] | None:
    """A cell as calendar.js reads it; empty parts at the end are left out."""
    if cell is None:
        return None
    packed = [cell.status, cell.state, cell.rows, cell.expected, cell.reason, cell.repair, cell.failures]
    while not packed[-1]:
        packed.pop()
    return packed
