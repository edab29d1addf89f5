"""`backfill rehearse`: build in a private copy, and say what would change, cell by cell. Nothing is published by it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb
import typer
from rich.markup import escape

from backfill.base import options
from backfill.base.console import console
from backfill.base.errors import BackfillError
from backfill.base.lease import lease
from backfill.base.phases import tables_of_phases
from backfill.base.verdicts import Finding, open_findings
from backfill.base.warehouse import Warehouse, read_manifest
from backfill.build.execution import Outcome, build_stale
from backfill.build.planning import make_plan
from backfill.build.run import print_held

#: So many changed cells are printed; --json has all of them.
SHOWN = 20


@dataclass(frozen=True)
class Change:
    """What would become of one date of a table. `columns` counts the rows in which each column changes."""

    table: str
    game_date: date
    added: int
    removed: int
    changed: int
    columns: dict[str, int]


@dataclass(frozen=True)
class Cell:
    """A value that would change: `row` is the key of the row, in the order of the grain of the table."""

    table: str
    game_date: date
    row: str
    column: str
    before: str | None
    after: str | None


@dataclass
class Rehearsal:
    """Answer of the command. `appear` and `vanish` are findings; `failed` are steps that failed in the copy."""

    partitions: int = 0
    changes: list[Change] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    appear: list[Finding] = field(default_factory=list)
    vanish: list[Finding] = field(default_factory=list)
    held: list[Finding] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)


def rehearse(
    start: options.Start = None,
    end: options.End = None,
    limit: int = typer.Option(SHOWN, help="Print so many changed cells."),
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 60,
    as_json: options.AsJson = False,
) -> None:
    """Build what is missing or stale in a copy, and say what that would change in the published tables.

    The copy is removed, the warehouse stays as it is. Exit code 0: nothing would be held. 1: something would, or a step
    failed.
    """
    place = Warehouse.of(target, warehouse, wait)
    window = options.parse_window(start, end)
    if not place.is_duckdb:
        raise BackfillError(
            "a rehearsal copies the file of a DuckDB warehouse; BigQuery has none",
            "dbt build --target bigquery --vars '{schema_prefix: me_, ...}' builds into datasets of your own",
        )
    with lease(place, "rehearse"):
        found = rehearsed(place, window)
    if as_json:
        typer.echo(_as_json(found))
    else:
        show(found, limit)
    raise typer.Exit(1 if found.held or found.failed else 0)


def rehearsed(place: Warehouse, window: tuple[date, date] | None) -> Rehearsal:
    """Build the window in a copy and compare. Raises BackfillError when there is no room for the copy."""
    place.refresh()
    with place.connection(read_only=False) as connection:
        connection.execute("checkpoint")
    free, needed = shutil.disk_usage(place.path.parent).free, 2 * place.path.stat().st_size
    if free < needed:
        raise BackfillError(f"a copy of the warehouse may need {needed >> 20:,} MB, and {free >> 20:,} MB are free")
    with tempfile.TemporaryDirectory(prefix=".rehearsal-", dir=place.path.parent) as folder:
        copy = replace(place, path=Path(shutil.copy(place.path, Path(folder) / place.path.name)))
        outcome, found = Outcome(), Rehearsal()
        for _ in build_stale(copy, make_plan(copy, window), window, outcome, note="rehearsal"):
            pass
        found.partitions, found.failed = outcome.partitions, outcome.broken
        before, after = set(open_findings(place, window)), open_findings(copy, window)
        found.held = [one for one in after if one.is_held]
        found.appear = [one for one in after if one not in before]
        found.vanish = sorted(before - set(after), key=str)
        for table, grain in published_grains():
            changes, cells = compare(place.path, copy.path, table, grain)
            found.changes += changes
            found.cells += cells
    return found


def published_grains() -> list[tuple[str, list[str]]]:
    """(schema.table, grain) of the tables of Phase 3 and later, in build order of the phases."""
    tables = tables_of_phases(read_manifest()["nodes"].values())
    return [(f"{node['schema']}.{node['alias']}", node["config"]["meta"]["grain"]) for node in tables]


def compare(before: Path, after: Path, table: str, grain: Sequence[str]) -> tuple[list[Change], list[Cell]]:
    """Rows and cells in which a table differs between two warehouse files."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("set timezone = 'UTC'")
        for name, path in (("old", before), ("new", after)):
            connection.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as {name}_file (read_only)")
            schema, alias = table.split(".")
            exists = connection.execute(
                "select count(*) from duckdb_tables() where database_name = $file and schema_name = $schema "
                "and table_name = $alias",
                {"file": f"{name}_file", "schema": schema, "alias": alias},
            ).fetchone()[0]
            if not exists:  # never built: nothing was published that could change
                return [], []
            connection.execute(f"create temp view {name} as select * from {name}_file.{table}")
        columns = [name for name, *_ in connection.execute("describe new").fetchall() if name not in grain]
        key = ", ".join(f'"{column}"' for column in grain)
        row = " || ' ' || ".join(
            f'coalesce(cast(coalesce(new."{name}", old."{name}") as varchar), \'?\')' for name in grain
        )
        differs = [f'new."{name}" is distinct from old."{name}"' for name in columns]
        connection.execute(
            f"""create temp table differing as
            select coalesce(new.game_date, old.game_date) as day, {row} as row_key,
                old.{grain[0]} is null as is_added, new.{grain[0]} is null as is_removed,
                {", ".join(f"{one} as differs_{number}" for number, one in enumerate(differs))},
                old as was, new as becomes
            from new full outer join old using ({key})
            where {" or ".join(differs)}"""
        )
        counts = ", ".join(
            f"count(case when differs_{number} and not is_added and not is_removed then 1 end)"
            for number in range(len(columns))
        )
        changes = [
            Change(table, day, added, removed, changed, {n: c for n, c in zip(columns, counted, strict=True) if c})
            for day, added, removed, changed, *counted in connection.execute(
                f"""select day, count(case when is_added then 1 end), count(case when is_removed then 1 end),
                    count(case when not is_added and not is_removed then 1 end), {counts}
                from differing group by day order by day"""
            ).fetchall()
        ]
        cells = [
            Cell(table, day, key_text, column, was, becomes)
            for number, column in enumerate(columns)
            if any(column in change.columns for change in changes)
            for day, key_text, was, becomes in connection.execute(
                f"""select day, row_key, cast(was."{column}" as varchar), cast(becomes."{column}" as varchar)
                from differing where differs_{number} and not is_added and not is_removed order by day, row_key"""
            ).fetchall()
        ]
    return changes, cells


def show(found: Rehearsal, limit: int = SHOWN) -> None:
    """Print a rehearsal for people."""
    if not found.partitions:
        console.print("Nothing would be built: nothing is missing and nothing is stale.")
    for change in found.changes:
        names = sorted(change.columns, key=lambda name: (-change.columns[name], name))
        columns = ", ".join(f"{name} {change.columns[name]}" for name in names[:6])
        console.print(
            f"{change.game_date} {change.table}: {change.added:,} added, {change.removed:,} removed, "
            f"{change.changed:,} changed{': ' + columns if columns else ''}{', ...' if len(names) > 6 else ''}",
            soft_wrap=True,
            highlight=False,
        )
    for cell in found.cells[:limit]:
        console.print(
            f"  {cell.table} {cell.row} {cell.column}: {cell.before} -> {cell.after}",
            soft_wrap=True,
            markup=False,
            highlight=False,
        )
    if len(found.cells) > limit:
        console.print(f"  ... and {len(found.cells) - limit:,} more cells: --limit, or --json for all")
    for name, message in found.failed:
        console.print(f"[red]would fail[/] {name}: {escape(message.strip())}", soft_wrap=True)
    for word, findings in (("would appear", found.appear), ("would vanish", found.vanish)):
        for finding in findings[:limit]:
            console.print(f"{word}: {escape(str(finding))}", soft_wrap=True, highlight=False)
    print_held(found.held)
    tables = Counter(change.table for change in found.changes)
    console.print(
        f"{found.partitions:,} partitions would be built, {len(found.cells):,} cells of {len(tables)} tables changed. "
        + ("[red]Something would be held.[/]" if found.held else "Nothing was published. Next: backfill heal does it."),
        soft_wrap=True,
    )


def _as_json(found: Rehearsal) -> str:
    return json.dumps(asdict(found) | {"would_hold": bool(found.held)}, default=str)
