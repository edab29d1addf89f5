"""Every fault, judged and printed, then builds without a fault: `make faults`."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from building import REAL_RAW, build_first_weeks
from rich.console import Console
from rich.table import Table

from faults.clean import clean_builds
from faults.harness import Sound, Verdict, judge
from faults.kinds import FAULTS

LOCALISED_PCT = 95


def main() -> int:
    """Exit code 1 when a fault goes unseen, fewer than 95 % are found in their place, or a clean build is alarmed."""
    console = Console(width=150)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DBT_TARGET_PATH"], os.environ["DBT_LOG_PATH"] = f"{folder}/target", f"{folder}/logs"
        warehouse = Path(folder) / "sound" / "nba.duckdb"
        build_first_weeks(REAL_RAW, warehouse)
        sound = Sound(warehouse)
        verdicts = []
        for fault in FAULTS:
            verdicts.append(judge(sound, fault, Path(folder) / "fault"))
            console.print(_line(verdicts[-1]), soft_wrap=True)
        status = show(console, verdicts)
        for name, said in clean_builds(Path(folder) / "clean"):
            console.print(
                f"{'[red]ALARM[/]' if said else '[green]no alarm[/]'} {name} {'; '.join(said)}", soft_wrap=True
            )
            status |= bool(said)
    return status


def show(console: Console, verdicts: list[Verdict]) -> int:
    """Print the matrix; the exit code."""
    table = Table("fault", "has to be said by", "of", "seen", "in its place", title="Fault matrix")
    for verdict in verdicts:
        fault = verdict.fault
        table.add_row(fault.kind, fault.check, f"{fault.model} {fault.day} {fault.entity}", *_marks(verdict))
    console.print(table)
    seen, placed = sum(verdict.detected for verdict in verdicts), sum(verdict.localised for verdict in verdicts)
    console.print(f"{len(verdicts)} kinds of faults: {seen} seen, {placed} in their place")
    return int(seen < len(verdicts) or 100 * placed < LOCALISED_PCT * len(verdicts))


def _marks(verdict: Verdict) -> tuple[str, str]:
    return tuple("[green]yes[/]" if is_so else "[red]no[/]" for is_so in (verdict.detected, verdict.localised))


def _line(verdict: Verdict) -> str:
    seen, placed = _marks(verdict)
    return f"seen {seen}, in its place {placed}: {verdict.fault.kind} <- {', '.join(verdict.checks) or 'nothing'}"


if __name__ == "__main__":
    sys.exit(main())
