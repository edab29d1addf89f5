"""`backfill coverage`: expected entities against rows and failures, and the share of failures by season week."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Annotated, Any

import typer

from backfill.ask.answers import (
    FINDING,
    SOUND,
    answering,
    coloured,
    dates_sql,
    emit,
    print_table,
    scheduled_games,
    season,
)
from backfill.base import options
from backfill.base.console import console
from backfill.base.errors import BackfillError
from backfill.base.names import full_name
from backfill.base.warehouse import Warehouse

#: Verdicts of coverage_by_date that are no finding.
ACCOUNTED = ("OK", "FAILURES", "EMPTY", "BOOTSTRAP")
DATES = "select * from {{ ref('coverage_by_date') }} where %s order by phase, processor_name, game_date"
NOT_BUILT = """
    select partitions.model, partitions.game_date, attempts.last_state
    from {{ ref('known_partitions') }} as partitions
    left join {{ ref('latest_attempts') }} as attempts
        on partitions.model = attempts.model and partitions.game_date = attempts.game_date
    where (attempts.success_attempt is null or attempts.last_state = 'HELD') and partitions.phase is not null and %s
"""
STATES = """
    select processor_name, state, failure_category, count(*) as entities
    from {{ ref('coverage_reconciliation') }} where %s group by processor_name, state, failure_category
"""
UNSOUND = """
    select processor_name, game_date, entity_id, game_id, state, failure_category
    from {{ ref('coverage_reconciliation') }}
    where state in ('unaccounted', 'both', 'unexpected_record', 'failure_investigate') and %s
    order by game_date, processor_name, entity_id limit 200
"""
BANDS = "select * from {{ ref('shot_zone_failure_rates') }} order by season_year, season_day_from"


def coverage(
    start: options.Start = None,
    end: options.End = None,
    details: Annotated[bool, typer.Option("--details", help="One line per table and date that is not OK.")] = False,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="Count and list entities by what became of them.")
    ] = False,
    model: Annotated[str | None, typer.Option("--model", callback=full_name, help="Only this table.")] = None,
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 0,
    as_json: options.AsJson = False,
) -> None:
    """Compare who should have a row, from raw and the schedule, with rows and recorded failures.

    Exit code 0: everybody is accounted for. 1: somebody is not, a date was never built, or the share of players without
    a shot-zone row is outside its band. 2: cannot be answered.
    """
    with answering(as_json=as_json):
        place = Warehouse.of(target, warehouse, wait)
        place.refresh()
        window = options.parse_window(start, end)
        found = read_coverage(place, window, model, reconcile=reconcile)
        if as_json:
            emit(found)
        else:
            show(found, details=details, reconcile=reconcile)
    raise typer.Exit(SOUND if found["is_sound"] else FINDING)


def read_coverage(
    warehouse: Warehouse, window: tuple[date, date] | None, model: str | None = None, *, reconcile: bool = False
) -> dict[str, Any]:
    """Totals by table, unsound dates, entities by state and bands. Raises BackfillError for an empty range."""
    seasons = {row["season_year"] for row in scheduled_games(warehouse, window)}
    condition = dates_sql(window)
    rows = warehouse.rows(DATES % condition)
    not_built = {
        (row["model"], row["game_date"]): "HELD" if row["last_state"] == "HELD" else "NOT_BUILT"
        for row in warehouse.rows(NOT_BUILT % dates_sql(window, "partitions.game_date"))
    }
    for row in rows:
        if (row["processor_name"], row["game_date"]) in not_built and row["status"] in ACCOUNTED:
            row["status"] = not_built[row["processor_name"], row["game_date"]]
    names = list(dict.fromkeys(row["processor_name"] for row in rows))
    if model and model not in names:
        raise BackfillError(f"no published table is called {model}; there are {', '.join(names)}")
    rows = [row for row in rows if model in (None, row["processor_name"])]
    tables = [
        _total(name, [row for row in rows if row["processor_name"] == name]) for name in names if model in (None, name)
    ]
    bands = [row for row in warehouse.rows(BANDS) if row["season_year"] in seasons]
    if model not in (None, "player_shot_zone_analysis"):
        bands = []
    found: dict[str, Any] = {
        "tables": tables,
        "dates": rows,
        "bands": bands,
        "is_sound": all(not table["findings"] for table in tables)
        and all(band["verdict"] in ("WITHIN", "NOT_ALL_BUILT") for band in bands),
    }
    if reconcile:
        found["states"] = [row for row in warehouse.rows(STATES % condition) if model in (None, row["processor_name"])]
        found["unsound"] = [
            row for row in warehouse.rows(UNSOUND % condition) if model in (None, row["processor_name"])
        ]
        found["is_sound"] = found["is_sound"] and not found["unsound"]
    return found


def show(found: dict[str, Any], *, details: bool = False, reconcile: bool = False) -> None:
    """Print coverage for people."""
    headings = ("table", "dates", "expected", "rows", "failures", "unaccounted", "accounted", "findings")
    rows = [
        (
            table["table"],
            table["dates"],
            table["expected"],
            table["rows"],
            table["failures"],
            table["unaccounted"],
            coloured(f"{table['accounted_pct']:.2f} %", "green" if not table["findings"] else "red"),
            ", ".join(f"{name} {count}" for name, count in table["findings"].items()),
        )
        for table in found["tables"]
    ]
    print_table("Coverage", headings, rows, text=("table", "findings"))
    if details:
        _print_details(found["dates"])
    if reconcile:
        _print_states(found)
    if found["bands"]:
        headings = ("season", "days", "players without row", "expected", "verdict")
        bands = [
            (
                season(band["season_year"]),
                f"{band['season_day_from']} to {band['season_day_to']}",
                f"{float(band['share_without_row_pct']):.1f} %",
                f"{float(band['low_pct']):g} to {float(band['high_pct']):g} %",
                coloured(band["verdict"], {"WITHIN": "green", "NOT_ALL_BUILT": "yellow"}.get(band["verdict"], "red")),
            )
            for band in found["bands"]
        ]
        print_table(
            "Players without a shot-zone row by season week", headings, bands, text=("season", "days", "verdict")
        )
    if found["is_sound"]:
        console.print("[green]sound[/]: everybody is accounted for")
    else:
        console.print("[red]not sound[/]. Next: backfill gaps, or backfill heal when dates are NOT_BUILT")


def _total(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    expected = sum(row["expected_entities"] for row in rows)
    unaccounted = sum(row["unaccounted"] for row in rows)
    accounted = expected - unaccounted - sum(row["row_and_failure"] for row in rows)
    return {
        "table": name,
        "dates": sum(row["row_count"] > 0 for row in rows),
        "expected": expected,
        "rows": sum(row["row_count"] for row in rows),
        "failures": sum(row["failures"] for row in rows),
        "unaccounted": unaccounted,
        "accounted_pct": 100.0 * accounted / expected
        if expected
        else 100.0 * all(row["status"] in ACCOUNTED for row in rows),
        "findings": dict(Counter(row["status"] for row in rows if row["status"] not in ACCOUNTED)),
    }


def _print_details(rows: list[dict[str, Any]]) -> None:
    columns = ("game_date", "processor_name", "status", "expected_entities", "row_count", "failures", "unaccounted")
    shown = [[str(row[column]) if column == "game_date" else row[column] for column in columns] for row in rows]
    shown = [row for row in shown if row[2] not in ("OK", "EMPTY", "BOOTSTRAP")] or shown[:50]
    headings = ("date", "table", "status", "expected", "rows", "failures", "unaccounted")
    print_table("By date", headings, shown[:200], text=("date", "table", "status"))


def _print_states(found: dict[str, Any]) -> None:
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in found["states"]:
        counts[row["processor_name"], row["state"], row["failure_category"] or ""] += row["entities"]
    rows = [(*key, count) for key, count in sorted(counts.items())]
    print_table("Entities", ("table", "state", "category", "entities"), rows, text=("table", "state", "category"))
    for row in found["unsound"][:40]:
        console.print(
            f"[red]{row['state']}[/] {row['game_date']} {row['processor_name']} {row['entity_id']} "
            f"{row['game_id']} {row['failure_category'] or ''}",
            soft_wrap=True,
            highlight=False,
        )
