"""Measure, and write bench/results.json and bench/results.md. `python -m bench --help` says what can be chosen."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer
from backfill.base.console import error_console
from backfill.base.project import project_root

from bench import peers
from bench.limit import compile_models
from bench.measure import Figure, Run, as_row, machine, run
from bench.report import as_markdown

BIN = Path(sys.executable).parent
READERS = {
    "plan": ["plan"],
    "status": ["status"],
    "gaps": ["gaps"],
    "verify": ["verify"],
    "why": ["why", "player_game_summary"],
    "report": ["report"],
    "doctor --quick": ["doctor", "--quick"],
    "heal, nothing to do": ["heal"],
}
FULL = """
    select min(game_date), max(game_date) from nba_raw.nbac_schedule
    where season_year = (select min(season_year) from nba_raw.nbac_schedule)
"""


def main(
    raw: Annotated[Path | None, typer.Option(help="Folder of raw data; without it a league is simulated.")] = None,
    runs: Annotated[int, typer.Option(help="Runs of each figure; medians are printed.")] = 3,
    seasons: Annotated[int, typer.Option(help="Seasons to simulate.")] = 1,
    with_peers: Annotated[
        bool, typer.Option("--peers/--no-peers", help="Measure the other ways, too: minutes.")
    ] = True,
    out: Annotated[Path, typer.Option(help="Folder for results.json and results.md.")] = Path("bench"),
) -> None:
    """Time the first season of the data against its own SQL alone, one date, 30 dates, and every command that reads."""
    root = project_root()
    out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        results = _measure(root, Path(scratch), raw, runs, seasons, with_peers)
    (out / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    (out / "results.md").write_text(as_markdown(results), encoding="utf-8")
    typer.echo(as_markdown(results))


def _measure(root: Path, scratch: Path, raw: Path | None, runs: int, seasons: int, with_peers: bool) -> dict[str, Any]:
    warehouse = scratch / "nba.duckdb"
    place = {"NBA_DUCKDB_PATH": str(warehouse), "PYTHONPATH": "scripts"}

    def backfill(*arguments: str | Path) -> Run:
        return run([BIN / "backfill", *arguments], root, place)

    source = ["raw", "load", raw.absolute()] if raw else ["raw", "simulate", "--seasons", str(seasons), "--seed", "7"]
    figures: dict[str, Figure] = {"load raw data": _told("load", lambda: backfill(*source), 1)}
    first, last = _first_season(warehouse)
    season = ["--start", first.isoformat(), "--end", last.isoformat()]
    figures["season, from nothing"] = _told("season", lambda: backfill("run", *season), 1)
    statements = {}
    for name, (start, end) in _ranges(warehouse, first, last).items():
        statements[name] = scratch / f"{name.replace(' ', '_')}.json"
        compile_models(warehouse, start.isoformat(), end.isoformat(), statements[name])
    for name, (start, end) in _ranges(warehouse, first, last).items():
        build, limit = [], []
        for number in range(runs):  # interleaved: what slows the machine slows both
            error_console.print(f"{name}: run {number + 1} of {runs}", highlight=False)
            days = ["--start", start.isoformat(), "--end", end.isoformat()]
            build.append(backfill("run", *days, "--rebuild"))
            limit.append(run([sys.executable, "-m", "bench.limit", warehouse, statements[name]], root, place))
        figures[name], figures[f"{name}, SQL alone"] = Figure.of(build), Figure.of(limit)
    for name, command in READERS.items():
        days = [] if name.startswith(("doctor", "heal", "status")) else season
        if name == "why":
            days = [last.isoformat()]
        figures[name] = _told(name, lambda command=command, days=days: backfill(*command, *days), runs)
    if with_peers:
        figures |= _peers(root, scratch, warehouse, first, last)
    return {
        "machine": machine(),
        "data": {"raw": "given" if raw else f"simulated, {seasons} seasons", "first": str(first), "last": str(last)},
        "figures": {name: as_row(figure) for name, figure in figures.items()},
    }


def _peers(root: Path, scratch: Path, warehouse: Path, first: date, last: date) -> dict[str, Figure]:
    """Ten dates of mid-season, each way on its own copy."""
    start = first + (last - first) // 2
    days = _dates(warehouse, start, last)[:10]
    figures = {}
    own = ["--start", days[0].isoformat(), "--end", days[-1].isoformat(), "--rebuild"]

    def copy() -> Path:
        return Path(shutil.copy(warehouse, scratch / "peer" / "nba.duckdb"))

    (scratch / "peer").mkdir()
    figures["ten dates, backfill run"] = _told(
        "peers: ours", lambda: run([BIN / "backfill", "run", *own], root, {"NBA_DUCKDB_PATH": str(copy())}), 1
    )
    figures["ten dates, a dbt build a date"] = _told(
        "peers: a build a date", lambda: peers.one_build_a_date(root, BIN / "dbt", copy(), days), 1
    )
    figures["ten dates, one table in a pandas loop"] = _told(
        "peers: pandas", lambda: peers.pandas_loop(root, copy(), days[0], days[-1]), 1
    )
    return figures


def _ranges(warehouse: Path, first: date, last: date) -> dict[str, tuple[date, date]]:
    middle = _dates(warehouse, first + (last - first) // 2, last)
    return {
        "one date": (middle[0], middle[0]),
        "30 dates": (middle[0], middle[min(29, len(middle) - 1)]),
        "one season": (first, last),
    }


def _first_season(warehouse: Path) -> tuple[date, date]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(FULL).fetchone()
    if not found or found[0] is None:
        raise typer.BadParameter("the data has no schedule")
    return found[0], found[1]


def _dates(warehouse: Path, start: date, end: date) -> list[date]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select distinct game_date from nba_staging.int_schedule__games where game_date between ? and ? order by 1",
            [start, end],
        ).fetchall()
    return [day for (day,) in rows]


def _told(what: str, work: Callable[[], Run], runs: int) -> Figure:
    error_console.print(what, highlight=False)
    return Figure.of([work() for _ in range(runs)])


if __name__ == "__main__":
    typer.run(main)
