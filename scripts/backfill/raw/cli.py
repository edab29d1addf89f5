"""`backfill raw load`, `backfill raw fetch`, `backfill raw import` and `backfill raw simulate`."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from backfill.base import options
from backfill.base.console import console, error_console
from backfill.base.errors import BackfillError
from backfill.base.lease import lease
from backfill.base.project import project_root, warehouse_path
from backfill.base.warehouse import Warehouse
from backfill.contract import load_contract
from backfill.raw.fetch.plan import DEFAULT, KINDS
from backfill.raw.load import LoadedTable, load_directory

app = typer.Typer(no_args_is_help=True, help="Raw data: load files, or simulate a league.")

#: Seconds that loading waits for a run to end: inputs do not change below it.
WAIT = 60


@app.command()
def load(
    directory: Annotated[Path, typer.Argument(metavar="DIR", exists=True, file_okay=False)],
    replace: Annotated[
        bool, typer.Option("--replace", help="Let files take away rows that are loaded and not in them.")
    ] = False,
    warehouse: options.WarehouseFile = None,
    as_json: options.AsJson = False,
) -> None:
    """Load parquet or CSV files, laid out as <table>/<season, date or any name>, into schema nba_raw.

    A file named like 2021-22 or 2021-11-05 replaces that season or date; any other file replaces the dates of its rows.
    All files are loaded, or, when one of them breaks the contract or would take away more than a few rows, none.
    """
    root = project_root()
    target = warehouse_path(root, warehouse)
    with lease(Warehouse("duckdb", target, WAIT), f"raw load {directory}"):
        loaded = load_directory(
            directory, target, load_contract(root), replace=replace, command=f"raw load {directory}"
        )
    if as_json:
        typer.echo(json.dumps([asdict(table) for table in loaded], indent=2))
    else:
        _print_loaded(f"Loaded {directory} into {target}", loaded)


@app.command(name="import")
def import_(
    layout: Annotated[
        str, typer.Argument(metavar="LAYOUT", help="What left the files: auto, nba_api, cdn, odds_api …")
    ],
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files, folders, archives.")],
    season: Annotated[int | None, typer.Option(help="Only games of the season that begins in this year.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check everything; write nothing.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let files take away rows of their games that are not in them.")
    ] = False,
    warehouse: options.WarehouseFile = None,
    as_json: options.AsJson = False,
) -> None:
    """Import files as nba_api, cdn.nba.com, The Odds API and others leave them: into the raw contract, all or nothing.

    A game, or a snapshot of a market, replaces itself; other games of its date stay. docs/layouts.md names the layouts,
    what each fills, and what it cannot tell.
    """
    from backfill.raw.imports.report import as_dict, print_report
    from backfill.raw.imports.run import import_dump

    root = project_root()
    target = warehouse_path(root, warehouse)
    with lease(Warehouse("duckdb", target, WAIT), f"raw import {layout}"), _reading(quiet=as_json) as on_progress:
        result = import_dump(
            layout,
            paths,
            target,
            load_contract(root),
            season=season,
            dry_run=dry_run,
            replace=replace,
            on_progress=on_progress,
        )
    written = None if dry_run else str(target)
    if as_json:
        typer.echo(json.dumps(as_dict(result, written), indent=2, default=str))
    else:
        print_report(result, written)


@app.command()
def layouts(as_json: options.AsJson = False) -> None:
    """List the layouts that `raw import` reads: what each is, and which raw tables it fills."""
    from backfill.raw.imports.layout import all_layouts

    filled = {
        name: sorted({table for part in layout.parts for table in part.fills}) for name, layout in all_layouts().items()
    }
    if as_json:
        typer.echo(json.dumps(filled, indent=2))
        return
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("layout", "what it is", "fills"):
        table.add_column(heading)
    for name, layout in all_layouts().items():
        table.add_row(name, layout.title, "\n".join(filled[name]))
    console.print(table)


@app.command()
def fetch(
    start: Annotated[str, typer.Option(help="First game date, YYYY-MM-DD.")],
    end: options.End = None,
    what: Annotated[
        str | None, typer.Option(help=f"Of {', '.join(KINDS)}; default: all but odds, which cost credits.")
    ] = None,
    to: Annotated[Path, typer.Option(metavar="DIR", help="Where the answers are kept.")] = Path("warehouse/fetched"),
    yes: Annotated[bool, typer.Option("--yes", help="Agree to what odds cost without being asked.")] = False,
    warehouse: options.WarehouseFile = None,
    as_json: options.AsJson = False,
) -> None:
    """Fetch the answers of a range from stats.nba.com, the league's injury report and The Odds API, into files.

    Polite (0.6 s between requests, back-off, one connection) and resumable at any moment: a file is whole or not there,
    and what is there is not asked for again. Games that the warehouse lacks come first. Needs the extra 'fetch'.
    """
    from backfill.raw.fetch.run import fetch as fetch_range
    from backfill.raw.fetch.run import reasons

    window = options.parse_window(start, end)
    if window is None:
        raise BackfillError("--start is needed")
    kinds = tuple(part.strip() for part in what.split(",")) if what else DEFAULT
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise BackfillError(f"--what is '{unknown[0]}'; it can be {', '.join(KINDS)}")
    with _reading(quiet=as_json) as on_progress:
        result = fetch_range(
            *window,
            to,
            kinds=kinds,
            warehouse=warehouse_path(project_root(), warehouse),
            agreed=lambda credits: yes or _agrees(credits),
            on_progress=on_progress,
        )
    if as_json:
        typer.echo(json.dumps(asdict(result), indent=2))
    else:
        for line in (
            f"{result.games:,} games from {window[0]} to {window[1]}: {result.fetched:,} answers fetched, "
            f"{result.there:,} were there",
            *([f"not published: {len(result.not_published):,}"] if result.not_published else []),
            *(f"missing: {count:,} ({why})" for why, count in reasons(result).items()),
        ):
            console.print(escape(line), soft_wrap=True, highlight=False)
    if result.missing:
        first = next(iter(result.missing))
        raise BackfillError(
            f"{len(result.missing):,} answers are missing, as {first}", "the same command again: it asks for those only"
        )
    if not as_json:
        console.print(escape(f"Import it with: backfill raw import auto {to}"), soft_wrap=True, highlight=False)


def _agrees(credits: int) -> bool:
    """Ask, where somebody can answer."""
    if not sys.stdin.isatty():
        console.print(f"Odds would cost {credits:,} credits of The Odds API; --yes agrees to that.", highlight=False)
        return False
    return typer.confirm(f"Odds cost {credits:,} credits of The Odds API. Go on?")


@contextmanager
def _reading(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A progress display with the time that is left; called with a label, and how much of how much is done."""
    columns = (TextColumn("{task.description:<32.32}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=error_console, transient=True, disable=quiet) as progress:
        task = progress.add_task("finding files", total=None)
        yield lambda label, done, size: progress.update(
            task, description=escape(Path(label).name), completed=done, total=size
        )


@app.command()
def simulate(
    seasons: Annotated[int, typer.Option(min=1, help="How many seasons.")] = 2,
    seed: Annotated[int, typer.Option(help="The same seed gives the same league.")] = 7,
    first_season: Annotated[int, typer.Option(help="First calendar year of the first season.")] = 2023,
    to: Annotated[Path | None, typer.Option(metavar="DIR", help="Only write the files there; load nothing.")] = None,
    warehouse: options.WarehouseFile = None,
) -> None:
    """Simulate a league of fictional players and load it into a warehouse that holds no real data."""
    from backfill.raw.simulate import write_league

    if to is not None:
        write_league(to, seasons=seasons, seed=seed, first_season=first_season)
        console.print(escape(f"Simulated league written to {to}. Load it with: backfill raw load {to}"), soft_wrap=True)
        return
    root = project_root()
    target = warehouse_path(root, warehouse)
    with TemporaryDirectory() as folder:
        write_league(Path(folder), seasons=seasons, seed=seed, first_season=first_season)
        with lease(Warehouse("duckdb", target, WAIT), "raw simulate"):
            loaded = load_directory(Path(folder), target, load_contract(root), replace=True, command="raw simulate")
    _print_loaded(f"Simulated league (fictional players), {seasons} seasons, seed {seed}, in {target}", loaded)


def _print_loaded(title: str, loaded: list[LoadedTable]) -> None:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("table", no_wrap=True)
    for heading in ("rows", "replaced", "removed"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("slices", no_wrap=True)
    for row in loaded:
        counts = [f"{count:,}" for count in (row.rows, row.rows_replaced, row.rows_removed)]
        table.add_row(row.table, *counts, _shorten(row.slices))
    console.print(escape(title), soft_wrap=True)
    console.print(table)
    for row in loaded:
        for note in row.notes:
            console.print(f"{row.table}.{escape(note)}", soft_wrap=True, highlight=False)
        if row.ignored_columns:
            names = escape(", ".join(row.ignored_columns))
            console.print(f"{row.table}: ignored undeclared columns {names}", soft_wrap=True)


def _shorten(slices: list[str]) -> str:
    return f"{slices[0]}…{slices[-1]}" if len(slices) > 1 else "".join(slices) or "-"
