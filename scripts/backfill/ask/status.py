"""`backfill status`: how far each season and phase is, what failed, what runs, and how long the rest takes."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn
from rich.text import Text

from backfill.ask.answers import (
    FINDING,
    SOUND,
    UNANSWERED,
    answering,
    coloured,
    emit,
    parse_season,
    print_table,
    season,
)
from backfill.base import options
from backfill.base.console import console
from backfill.base.errors import BackfillError, WarehouseInUse
from backfill.base.lease import close_dead_runs
from backfill.base.phases import NAMES
from backfill.base.verdicts import open_checks, open_findings
from backfill.base.warehouse import Warehouse

DONE = ("HAS_DATA", "RAN_NO_DATA")
STATES = """
    select model, build_order, coalesce(phase, '') as phase, season_year, game_date, state, state_reason, stale_reason,
        is_circuit_open
    from {{ ref('partition_states') }}
    where state <> 'NOT_EXPECTED' or stale_reason is not null
"""
RUNS = """
    select model, first_game_date, last_game_date, seconds, finished_at from {{ source('ledger', 'model_runs') }}
    where status = 'success' and last_game_date >= cast('1970-01-01' as date)
    qualify row_number() over (partition by model order by finished_at desc) = 1
"""
INVOCATIONS = """
    select invocation_id, first_game_date, last_game_date, mode, command, note, owner, started_at, finished_at, status
    from {{ source('ledger', 'invocations') }}
    where last_game_date >= cast('1970-01-01' as date) or status in ('running', 'killed', 'failed')
    order by started_at desc limit 50
"""


@dataclass
class Progressed:
    """How far a phase of a season is: partitions of its slowest table, and which table that is."""

    season_year: int
    phase: str
    done: int
    known: int
    slowest: str

    @property
    def percent(self) -> float:
        """Percent done, rounded down: 100 means that nothing is left."""
        return int(1000 * self.done / self.known) / 10 if self.known else 100.0


@dataclass
class Status:
    """Answer of the command. `states` counts partitions; seconds_left is None while nothing was ever built.

    `open_checks` are failed checks that no later run of them has closed, `held` units that an audit keeps from readers,
    both in words; `flagged` counts findings that are published.
    """

    progress: list[Progressed]
    states: dict[str, int]
    stale: dict[str, int]
    failures: list[dict[str, Any]]
    running: list[dict[str, Any]]
    killed: list[dict[str, Any]]
    last: dict[str, Any] | None
    partitions_per_second: float | None
    seconds_left: float | None
    circuits_open: int
    open_checks: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    flagged: int = 0

    @property
    def is_done(self) -> bool:
        """TRUE when nothing is left to build, no failed check stands and no unit is held."""
        built = all(part.done == part.known for part in self.progress)
        return built and not self.stale and not self.open_checks and not self.held


def status(
    watch: Annotated[bool, typer.Option("--watch", help="Look again and again until everything is done.")] = False,
    interval: Annotated[float, typer.Option(help="Seconds between two looks of --watch.")] = 5.0,
    looks: Annotated[int, typer.Option(help="Stop --watch after so many looks; 0: never.")] = 0,
    season_text: Annotated[str | None, typer.Option("--season", help="Only this season, 2021-22 or 2021.")] = None,
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 0,
    as_json: options.AsJson = False,
) -> None:
    """Show progress as the slowest table of each phase has it, failures, runs and the time that is left.

    Exit code 0: everything is built. 1: something is left. 2: a circuit breaker is open, or the warehouse is in use.
    """
    with answering(as_json=as_json):
        year = parse_season(season_text)
        place = Warehouse.of(target, warehouse, wait)
        close_dead_runs(place)
        if watch and not as_json:
            raise typer.Exit(_watch(place, year, interval, looks))
        place.refresh()
        found = read_status(place, year)
        if as_json:
            parts = [{**asdict(part), "percent": part.percent} for part in found.progress]
            emit({**asdict(found), "progress": parts, "is_done": found.is_done})
        else:
            show(found)
    raise typer.Exit(_code(found))


def read_status(warehouse: Warehouse, year: int | None = None) -> Status:
    """One look at the ledger views, without building or refreshing anything. Raises BackfillError when locked."""
    rows = [row for row in warehouse.rows(STATES) if year is None or row["season_year"] == year]
    if not rows:
        raise BackfillError("the schedule has no such season", "backfill status")
    known: dict[tuple[int, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    states: dict[str, int] = defaultdict(int)
    stale: dict[str, int] = defaultdict(int)
    left: dict[str, list[date]] = defaultdict(list)
    failures: dict[tuple[str, str], list[date]] = defaultdict(list)
    for row in rows:
        states[row["state"]] += 1
        done = row["state"] in DONE and row["stale_reason"] is None
        if row["state"] != "NOT_EXPECTED":
            count = known[row["season_year"], row["phase"]][row["model"]]
            count[0] += done
            count[1] += 1
        if row["stale_reason"]:
            stale[row["stale_reason"]] += 1
        if not done and not (row["state"] == "HELD" and row["stale_reason"] is None):
            left[row["model"]].append(row["game_date"])
        if row["state"] == "RAN_FAILED":
            failures[row["model"], row["state_reason"] or ""].append(row["game_date"])
    days = sorted({row["game_date"] for row in rows})
    order = {row["model"]: row["build_order"] for row in rows}
    progress = []
    for (season_year, phase), tables in sorted(known.items(), key=lambda item: (item[0][0], item[0][1] or "9")):
        slowest = min(tables, key=lambda table: (tables[table][0] / tables[table][1], order[table]))
        progress.append(Progressed(season_year, phase, *tables[slowest], slowest))
    invocations = warehouse.rows(INVOCATIONS)
    findings = open_findings(warehouse, (days[0], days[-1]))
    rate, seconds = _time_left(left, rows, warehouse.rows(RUNS))
    return Status(
        progress,
        dict(sorted(states.items())),
        dict(sorted(stale.items())),
        [
            {
                "model": model,
                "error": " ".join(error.split()),
                "dates": len(days),
                "first": min(days),
                "last": max(days),
            }
            for (model, error), days in sorted(failures.items())
        ],
        [row for row in invocations if row["status"] == "running"],
        [row for row in invocations if row["status"] == "killed"][:3],
        next((row for row in invocations if row["finished_at"]), None),
        rate,
        seconds,
        sum(bool(row["is_circuit_open"]) for row in rows),
        [str(check) for check in open_checks(warehouse, (days[0], days[-1]))],
        [str(finding) for finding in findings if finding.is_held],
        sum(not finding.is_held for finding in findings),
    )


def show(found: Status) -> None:
    """Print one look for people."""
    rows = [
        (
            season(part.season_year),
            NAMES[part.phase],
            part.done,
            part.known,
            coloured(f"{part.percent:.1f} %", "green" if part.done == part.known else "yellow"),
            part.slowest if part.done < part.known else "",
        )
        for part in found.progress
    ]
    headings = ("season", "phase", "dates done", "of", "progress", "slowest table")
    print_table("Progress of the slowest table", headings, rows, text=("season", "phase", "slowest table"))
    for line in _lines(found):
        console.print(line)


def _lines(found: Status) -> list[Text]:
    lines = [Text("States: " + ", ".join(f"{name} {count:,}" for name, count in found.states.items()))]
    if found.stale:
        lines.append(
            Text("To build: " + ", ".join(f"{name} {count:,}" for name, count in found.stale.items()), "yellow")
        )
    for failure in found.failures[:5]:
        dates = f"{failure['first']} to {failure['last']} ({failure['dates']} dates)"
        lines.append(Text(f"Failed: {failure['model']} {dates}: {failure['error'][:160]}", "red"))
    for check in found.open_checks[:5]:
        lines.append(Text(f"Failed check: {check}", "red"))
    for finding in found.held[:5]:
        lines.append(Text(f"Held: {finding}", "red"))
    if found.flagged:
        lines.append(Text(f"{found.flagged} flags stand: backfill query open_findings", "yellow"))
    if found.circuits_open:
        lines.append(Text(f"{found.circuits_open} partitions are left alone: their circuit breaker is open", "red"))
    for run in found.running:
        lines.append(Text(f"Running: {_run(run)}, {run['owner']}", "cyan"))
    for run in found.killed[:1]:
        lines.append(Text(f"Killed: {_run(run)}", "yellow"))
    if found.last:
        lines.append(Text(f"Last: {_run(found.last)}, {found.last['status']}"))
    if found.is_done:
        lines.append(Text("Everything is built, and nothing is stale.", "green"))
    elif found.held and not found.stale:
        lines.append(Text("Built, but not sound. Next: load raw that is right and heal, or backfill accept", "red"))
    elif found.open_checks and not found.stale:
        lines.append(Text("Built, but not sound. Next: backfill heal runs these checks again", "red"))
    elif found.seconds_left is not None:
        rate = f"{found.partitions_per_second:,.0f} partitions a second, " if found.partitions_per_second else ""
        lines.append(
            Text(f"Left: about {_clock(found.seconds_left)} ({rate}as the last builds took). Next: backfill heal")
        )
    else:
        lines.append(Text("Left: unknown, nothing was built yet. Next: backfill heal"))
    return lines


def _run(run: dict[str, Any]) -> str:
    note = f", {run['note']}" if run["note"] else ""
    dates = f"{run['first_game_date']} to {run['last_game_date']}"
    return f"{run['command']} {dates} since {str(run['started_at'])[:19]} UTC{note}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _time_left(
    left: dict[str, list[date]], rows: Sequence[dict[str, Any]], runs: Sequence[dict[str, Any]]
) -> tuple[float | None, float | None]:
    """(partitions a second, seconds left), from the last build of each model; None without one.

    A build of many dates tells what a date costs; one date alone is mostly start-up, so that is counted once a model.
    """
    dates: dict[str, list[date]] = defaultdict(list)
    for row in rows:
        dates[row["model"]].append(row["game_date"])
    built, spent, rest, unknown = 0, 0.0, 0.0, False
    last = {run["model"]: run for run in runs}
    for model, days in dates.items():
        run = last.get(model)
        if run is None:
            unknown = unknown or bool(left.get(model))
            continue
        count = sum(run["first_game_date"] <= day <= run["last_game_date"] for day in days) or 1
        built, spent = built + count, spent + float(run["seconds"])
        if left.get(model):
            rest += max(float(run["seconds"]) / count * len(left[model]), min(float(run["seconds"]), 0.2))
    return (round(built / spent, 1) if spent else None), (None if unknown else round(rest, 1))


def _watch(warehouse: Warehouse, year: int | None, interval: float, looks: int) -> int:
    """Draw until everything is done, `looks` are over, or the user stops it; a locked file is shown, not an error."""
    found: Status | None = None
    look = 0
    said = ""
    with Live(console=console, refresh_per_second=4, transient=False) as live:
        try:
            while True:
                look += 1
                try:
                    if found is None:
                        warehouse.refresh()
                    found, note = read_status(warehouse, year), Text("")
                except WarehouseInUse as error:
                    note = Text(f"{holder(error)}; looking again every {interval:g} s", "cyan")
                drawn = Group(*([_bars(found), *_lines(found)] if found else []), note)
                if console.is_terminal:
                    live.update(drawn)
                elif str(note) + str(found) != said:  # a log: only what is new
                    said = str(note) + str(found)
                    live.console.print(drawn)
                if (found and found.is_done and not str(note)) or look == looks:
                    return UNANSWERED if str(note) else _code(found)
                time.sleep(interval)
        except KeyboardInterrupt:
            return _code(found)


def holder(error: BackfillError) -> str:
    """Who holds the warehouse, with its command line where the system tells."""
    said = str(error).splitlines()[0]
    found = re.search(r"process (\d+)", said)
    if found:
        try:
            words = Path("/proc", found.group(1), "cmdline").read_bytes().split(b"\0")
            said += f" ({' '.join(word.decode(errors='replace') for word in words if word)[:120]})"
        except OSError:
            pass  # another system, or it has just ended
    return said


def _bars(found: Status) -> Progress:
    columns = (TextColumn("{task.description:<28}"), BarColumn(30), MofNCompleteColumn(), TaskProgressColumn())
    bars = Progress(*columns, TextColumn("{task.fields[slowest]}"))
    for part in found.progress:
        slowest = "" if part.done == part.known else part.slowest
        bars.add_task(
            f"{season(part.season_year)} {NAMES[part.phase]}", total=part.known, completed=part.done, slowest=slowest
        )
    return bars


def _code(found: Status | None) -> int:
    if found is None or found.circuits_open:
        return UNANSWERED
    return SOUND if found.is_done else FINDING
