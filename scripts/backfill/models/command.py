"""`backfill train` and `backfill models`: make versions of trained systems, and say what there is of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from backfill.ask.answers import FINDING, SOUND, answering, coloured, emit, print_table
from backfill.base import options
from backfill.base.console import console
from backfill.base.errors import BackfillError
from backfill.base.lease import lease
from backfill.base.warehouse import Warehouse
from backfill.models.training import (
    PARAMETERS,
    Rows,
    is_trained,
    known_versions,
    months_of,
    read_rows,
    train_version,
    write_version,
)

System = Annotated[str | None, typer.Option("--system", help="Only this system. Default: every trained one.")]
METRICS = "select * from {{ source('models', 'model_metrics') }}"


def train(
    through: Annotated[str | None, typer.Option(help="Learn from games through this date. Default: all.")] = None,
    system: System = None,
    months: Annotated[
        str | None, typer.Option(help="Versions of these months, 2022-11..2023-04 or one of them.")
    ] = None,
    stale: Annotated[bool, typer.Option("--stale", help="Also those whose rows have changed since.")] = False,
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 60,
) -> None:
    """Train a version a month of each trained system, on all games before the month; those that are there are left.

    Then `backfill heal` predicts the dates whose version is new. Stopped at any time, it goes on where it was.
    Exit code 0: every month has its version. 1: nothing could be trained.
    """
    place = Warehouse.of(target, warehouse, wait)
    window = options.parse_window(through, None, ("--through", "--through"))
    with lease(place, "train"):
        place.refresh()
        rows = read_rows(place, window[0] if window else date(9999, 1, 1))
        wanted = _months(place, months)
        known = known_versions(place)
        jobs = [
            (one, month)
            for one in _systems(system)
            for month in wanted
            if (there := is_trained(known, rows, one, month)) is None or (stale and there["is_stale"])
        ]
        made = _train_all(place, rows, jobs, [*months_of(place), date(9999, 1, 1)])
    kept = sum(is_trained(known, rows, one, month) is not None for one in _systems(system) for month in wanted)
    console.print(
        f"{made} versions trained, {kept} were there, {len(jobs) - made} months have too few games before them."
    )
    if made:
        console.print("Next: backfill heal, which predicts with them", style="yellow")
    if not made and not kept:
        raise BackfillError("no month has enough games before it", "backfill heal, for more dates")


def models(
    system: System = None,
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 0,
    as_json: options.AsJson = False,
) -> None:
    """List the trained versions: since when each predicts, what it learned from, how it did in its first month.

    Exit code 0: none was trained on rows that have changed since. 1: some were. 2: cannot be answered.
    """
    with answering(as_json=as_json):
        place = Warehouse.of(target, warehouse, wait)
        place.refresh()
        found = listed(place, system)
        if as_json:
            emit({"versions": found})
        else:
            headings = ("system", "version", "in force from", "learned through", "rows", "first month", "average", "")
            print_table(
                "Trained versions",
                headings,
                [
                    (
                        row["system_id"],
                        row["version"],
                        row["effective_from"],
                        row["trained_through"],
                        row["training_rows"],
                        _points(row["mae"]),
                        _points(row["mae_of_season_average"]),
                        coloured(row["state"], "green" if row["state"] == "current" else "yellow"),
                    )
                    for row in found
                ],
                text=("system", "version"),
            )
            changed = sum(row["state"] == "rows have changed" for row in found)
            said = f"{changed} were trained on rows that have changed since. Next: backfill train --stale"
            console.print(said if changed else f"{len(found)} versions, none on rows that have changed since.")
    raise typer.Exit(FINDING if any(row["state"] == "rows have changed" for row in found) else SOUND)


def listed(place: Warehouse, system: str | None = None) -> list[dict[str, Any]]:
    """Every version with the metrics of its first month and its state: current, rows have changed, or replaced."""
    known = known_versions(place)
    if not known:
        raise BackfillError("nothing has been trained in this warehouse", "backfill train")
    metrics: dict[str, dict[str, float]] = {}
    for row in place.rows(METRICS):
        metrics.setdefault(row["version"], {})[row["metric"]] = row["value"]
    rows = read_rows(place, date(9999, 1, 1))
    found = []
    for version in known:
        if version["system_id"] not in _systems(system):
            continue
        now = is_trained(known, rows, version["system_id"], version["effective_from"])
        in_force = now is not None and now["version"] == version["version"]
        state = "replaced" if not in_force else "rows have changed" if now and now["is_stale"] else "current"
        mine = metrics.get(version["version"], {})
        found.append(
            {
                **{name: version[name] for name in ("system_id", "version", "effective_from", "trained_from")},
                **{name: version[name] for name in ("trained_through", "training_rows", "trained_at")},
                "mae": mine.get("mae"),
                "mae_of_season_average": mine.get("mae_of_season_average"),
                "state": state,
            }
        )
    return found


def _train_all(place: Warehouse, rows: Rows, jobs: list[tuple[str, date]], months: list[date]) -> int:
    made = 0
    columns = (TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        bar = bars.add_task("training", total=len(jobs))
        for system_id, month in jobs:
            bars.update(bar, description=f"{system_id} {month:%Y-%m}")
            following = next((later for later in months if later > month), None)
            version = train_version(rows, system_id, month, following)
            if version:
                write_version(place, version)
                made += 1
            bars.advance(bar)
    return made


def _systems(system: str | None) -> list[str]:
    if system is not None and system not in PARAMETERS:
        raise BackfillError(f"--system is '{system}'; trained systems are {', '.join(PARAMETERS)}")
    return [system] if system else list(PARAMETERS)


def _months(place: Warehouse, text: str | None) -> list[date]:
    months = months_of(place)
    if text is None:
        return months
    try:
        first, last = (date.fromisoformat(f"{end}-01") for end in (text.split("..") * 2)[:2])
    except ValueError as error:
        raise BackfillError(f"--months is '{text}'; examples are 2022-11 and 2022-11..2023-04") from error
    chosen = [month for month in months if first <= month <= last]
    if not chosen:
        raise BackfillError(
            f"no month of {text} has a game to predict; scheduled are {months[0]:%Y-%m} to {months[-1]:%Y-%m}"
        )
    return chosen


def _points(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
