"""`backfill history`: what was attempted, when, by which invocation, with which result."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from backfill.ask.answers import FINDING, SOUND, answering, coloured, emit, print_table, scheduled_games
from backfill.base import options
from backfill.base.console import console
from backfill.base.errors import BackfillError
from backfill.base.names import full_name
from backfill.base.options import parse_window
from backfill.base.warehouse import Warehouse

ATTEMPTS = """
    select processor_name, data_date, attempt_seq, status, records_processed, triggered_by, errors, started_at,
        processed_at, run_id
    from {{ ref('processor_run_history') }} where %s order by processed_at desc, data_date desc limit %d
"""
INVOCATIONS = """
    select command, first_game_date, last_game_date, mode, note, started_at, finished_at, status, invocation_id
    from {{ source('ledger', 'invocations') }} where %s order by started_at desc limit %d
"""
#: The end of a time that has none.
LAST_DAY = "9999-12-31"
COLOURS = {"success": "green", "success_empty": "green", "held": "red", "running": "yellow", "skipped": "yellow"}


def history(
    model: Annotated[str | None, typer.Option(callback=full_name, help="Only attempts at this table.")] = None,
    day: Annotated[str | None, typer.Option("--date", help="Only attempts at this game date, YYYY-MM-DD.")] = None,
    limit: Annotated[int, typer.Option(help="Show so many attempts and invocations.", min=1)] = 20,
    failed: Annotated[
        bool,
        typer.Option(
            "--failed",
            help="Only attempts that failed, were skipped or hold rows back, and invocations that did not end well.",
        ),
    ] = False,
    since: Annotated[
        str | None, typer.Option(help="Only what was done on this day (UTC) or later, YYYY-MM-DD.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Only what was done up to this day (UTC). Needs --since.")] = None,
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 0,
    as_json: options.AsJson = False,
) -> None:
    """List attempts, the latest first, and the invocations with their notes: heals, gates that were overridden and why.

    Exit code 0: there is a history, or with --failed nothing failed. 1: nothing was attempted that fits, or with
    --failed something failed. 2: cannot be answered, for example because --date has no game.
    """
    with answering(as_json=as_json):
        window = parse_window(day, None, ("--date", "--date"))
        done = parse_window(since, until or (since and LAST_DAY), ("--since", "--until"))
        conditions = ["data_date >= cast('1946-11-01' as date)"]
        if model:
            if not model.isidentifier():
                raise BackfillError(f"--model is '{model}', which is no name of a table")
            conditions.append(f"processor_name = '{model}'")
        if window:
            conditions.append(f"data_date = cast('{window[0]}' as date)")
        if failed:
            conditions.append("status in ('failed', 'skipped', 'held')")
        if done:
            conditions.append(_within("processed_at", done))
        place = Warehouse.of(target, warehouse, wait)
        attempts = place.rows(ATTEMPTS % (" and ".join(conditions), limit))
        if window and not attempts:
            scheduled_games(place, window)
        covers = (
            f"first_game_date <= cast('{window[0]}' as date) and last_game_date >= cast('{window[0]}' as date)"
            if window
            else "last_game_date >= cast('1946-11-01' as date)"
        )
        if failed:
            covers += " and status in ('failed', 'killed')"
        if done:
            covers += f" and {_within('started_at', done)}"
        invocations = place.rows(INVOCATIONS % (covers, limit))
        if as_json:
            emit({"attempts": attempts, "invocations": invocations})
        else:
            _show(attempts, invocations)
    fits = bool(attempts or (failed and invocations))
    raise typer.Exit(FINDING if fits == failed else SOUND)


def _within(moment: str, days: tuple[date, date]) -> str:
    """SQL: the timestamp is on one of these days, both included."""
    return f"cast({moment} as date) between cast('{days[0]}' as date) and cast('{days[1]}' as date)"


def _show(attempts: list[dict], invocations: list[dict]) -> None:
    rows = [
        (
            row["processor_name"],
            str(row["data_date"]),
            row["attempt_seq"],
            coloured(row["status"], COLOURS.get(row["status"], "red")),
            row["records_processed"],
            str(row["processed_at"])[:19],
        )
        for row in attempts
    ]
    headings = ("table", "date", "attempt", "status", "rows", "finished (UTC)")
    if not attempts:
        console.print("No attempt fits.")
    print_table("Attempts", headings, rows, text=("table", "date", "status"))
    for error in dict.fromkeys(" ".join(row["errors"].split()) for row in attempts if row["errors"]):
        console.print(f"error: {error[:400]}", soft_wrap=True, markup=False, highlight=False)
    rows = [
        (
            str(row["started_at"])[:19],
            row["command"],
            str(row["first_game_date"]),
            str(row["last_game_date"]),
            row["mode"],
            coloured(row["status"], COLOURS.get(row["status"], "red")),
            row["note"] or "",
        )
        for row in invocations
    ]
    headings = ("started (UTC)", "command", "from", "to", "mode", "status", "note")
    print_table("Invocations", headings, rows, text=headings)
