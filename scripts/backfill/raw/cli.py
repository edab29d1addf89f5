"""`backfill raw load` and `backfill raw simulate`."""

import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from backfill.base import options
from backfill.base.console import console
from backfill.base.lease import lease
from backfill.base.project import project_root, warehouse_path
from backfill.base.warehouse import Warehouse
from backfill.contract import load_contract
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
