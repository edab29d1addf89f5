"""`backfill preflight`: is the data of a range there, source by source and table by table? (operations 1.1)"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from backfill.ask.answers import FINDING, SOUND, answering, coloured, dates_sql, emit, print_table, scheduled_games
from backfill.base import options
from backfill.base.console import console
from backfill.base.errors import BackfillError
from backfill.base.phases import BUILT, parse_phases
from backfill.base.warehouse import Warehouse

CHAINS = """
    select
        chain, chain_severity, game_date, count(*) as games,
        sum(case when status = 'SERVED' then 1 else 0 end) as served,
        sum(case when status = 'KNOWN_GAP' then 1 else 0 end) as known_gaps, sum(row_count) as row_count,
        sum(entities) as entities, sum(expected_entities) as expected_entities, min(served_by) as first_source,
        max(served_by) as last_source
    from {{ ref('chain_status') }} where status <> 'NOT_DUE' and %s
    group by chain, chain_severity, game_date
"""
TABLES = """
    select
        partitions.model, partitions.phase, partitions.game_date, coverage.row_count, coverage.expected_entities,
        coverage.entities_with_rows, coverage.failures, coverage.unaccounted, coverage.row_and_failure,
        attempts.success_attempt
    from {{ ref('known_partitions') }} as partitions
    left join {{ ref('coverage_by_date') }} as coverage
        on partitions.model = coverage.processor_name and partitions.game_date = coverage.game_date
    left join {{ ref('latest_attempts') }} as attempts
        on partitions.model = attempts.model and partitions.game_date = attempts.game_date
    where partitions.phase is not null and %s
"""
THRESHOLDS = "select * from {{ ref('preflight_thresholds') }}"


def preflight(
    start: Annotated[str, typer.Option(help="First game date, YYYY-MM-DD.")],
    end: options.End = None,
    phases: Annotated[
        str | None, typer.Option(help="Only these phases: 2 is raw, 3, 4, 5 and 5b are tables. Example: 2-3.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="List the dates that are not complete.")] = False,
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 0,
    as_json: options.AsJson = False,
) -> None:
    """Count for every raw chain and published table expected dates with rows, and entities against expected ones.

    Only dates and games of the schedule count, so that coverage is never above 100 %. Before a first build ask for
    --phases 2. Exit code 0: everything is at or above its threshold. 1: something is below. 2: cannot be answered.
    """
    with answering(as_json=as_json):
        place = Warehouse.of(target, warehouse, wait)
        place.refresh()
        window = options.parse_window(start, end)
        assert window is not None
        lines = examine(place, window, parse_phases(phases, ("2", *BUILT)))
        if as_json:
            emit({"lines": lines, "is_sound": all(line["is_sound"] for line in lines)})
        else:
            show(lines, verbose=verbose)
    raise typer.Exit(SOUND if all(line["is_sound"] for line in lines) else FINDING)


def examine(warehouse: Warehouse, window: tuple[date, date], phases: set[str] | None = None) -> list[dict[str, Any]]:
    """One line per chain and table. Raises BackfillError for a range without games."""
    scheduled_games(warehouse, window)
    wanted = phases or {"2", *BUILT}
    thresholds = {row["name"]: row for row in warehouse.rows(THRESHOLDS)}
    lines = []
    if "2" in wanted:
        found = warehouse.rows(CHAINS % dates_sql(window))
        for chain in dict.fromkeys(row["chain"] for row in sorted(found, key=lambda row: row["chain"])):
            lines.append(_chain(chain, [row for row in found if row["chain"] == chain], thresholds.get(chain)))
    if wanted - {"2"}:
        found = warehouse.rows(TABLES % dates_sql(window, "partitions.game_date"))
        for phase in sorted(wanted - {"2"}):
            tables = [row for row in found if row["phase"] == phase]
            for table in sorted({row["model"] for row in tables}):
                lines.append(
                    _table(table, phase, [row for row in tables if row["model"] == table], thresholds.get(table))
                )
    if not lines:
        raise BackfillError("no phase of these dates has anything to look at", "backfill status")
    return lines


def show(lines: list[dict[str, Any]], *, verbose: bool = False) -> None:
    """Print the lines for people."""
    rows = [
        (
            line["phase"],
            line["name"],
            f"{line['dates_with_rows']:,} of {line['expected_dates']:,}",
            f"{line['dates_pct']:.1f} %",
            line["rows"],
            f"{line['accounted']:,} of {line['expected']:,}",
            f"{line['entities_pct']:.1f} %",
            f"{line['min_dates_pct']:g} / {line['min_entities_pct']:g} %",
            coloured("ok", "green") if line["is_sound"] else coloured("BELOW", "red"),
            line["note"],
        )
        for line in lines
    ]
    headings = ("phase", "chain or table", "dates", "", "rows", "games or entities", "", "at least", "verdict", "note")
    print_table("Preflight", headings, rows, text=("chain or table", "verdict", "note"))
    if verbose:
        for line in lines:
            for day in line["incomplete_dates"]:
                console.print(f"{day} {line['name']} is not complete", highlight=False)
    if all(line["is_sound"] for line in lines):
        console.print("[green]sound[/]")
    else:
        raw = any(not line["is_sound"] and line["phase"] == "2" for line in lines)
        console.print(f"[red]not sound[/]. Next: {'backfill raw load DIR' if raw else 'backfill heal'}")


def _chain(name: str, rows: list[dict[str, Any]], threshold: dict[str, Any] | None) -> dict[str, Any]:
    sources = sorted({row[side] for row in rows for side in ("first_source", "last_source") if row[side]})
    games, served = sum(row["games"] for row in rows), sum(row["served"] for row in rows)
    known = sum(row["known_gaps"] for row in rows)
    expected = [row for row in rows if row["known_gaps"] < row["games"]]
    note = f"served by {', '.join(sources)}" if sources else "no source has rows"
    if known:
        note += f"; {known} games in known_gaps are not counted"
    return _line(
        name,
        2,
        {row["game_date"] for row in expected},
        {row["game_date"] for row in expected if row["row_count"]},
        {row["game_date"] for row in rows if row["served"] + row["known_gaps"] < row["games"]},
        sum(row["row_count"] for row in rows),
        served,
        games - known,
        threshold,
        note,
    )


def _table(name: str, phase: str, rows: list[dict[str, Any]], threshold: dict[str, Any] | None) -> dict[str, Any]:
    expected = sum(row["expected_entities"] or 0 for row in rows)
    accounted = expected - sum((row["unaccounted"] or 0) + (row["row_and_failure"] or 0) for row in rows)
    # a date on which every expected entity has a recorded reason was built, and has no rows on purpose
    built = {
        row["game_date"]
        for row in rows
        if row["row_count"] or (row["success_attempt"] is not None and not row["unaccounted"])
    }
    incomplete = {row["game_date"] for row in rows if row["unaccounted"] or row["game_date"] not in built}
    never = sum(row["success_attempt"] is None for row in rows)
    note = f"{never} dates were never built" if never else ""
    dates = {row["game_date"] for row in rows}
    total = sum(row["row_count"] or 0 for row in rows)
    return _line(name, phase, dates, built, incomplete, total, accounted, expected, threshold, note)


def _line(
    name: str,
    phase: str,
    dates: set[date],
    with_rows: set[date],
    incomplete: set[date],
    rows: int,
    accounted: int,
    expected: int,
    threshold: dict[str, Any] | None,
    note: str,
) -> dict[str, Any]:
    min_dates = float(threshold["min_dates_pct"]) if threshold else 100.0
    min_entities = float(threshold["min_entities_pct"]) if threshold else 100.0
    dates_pct = 100.0 * len(with_rows & dates) / len(dates) if dates else 100.0
    entities_pct = 100.0 * accounted / expected if expected else (0.0 if dates and not with_rows else 100.0)
    return {
        "name": name,
        "phase": phase,
        "expected_dates": len(dates),
        "dates_with_rows": len(with_rows & dates),
        "dates_pct": dates_pct,
        "rows": rows,
        "accounted": accounted,
        "expected": expected,
        "entities_pct": entities_pct,
        "min_dates_pct": min_dates,
        "min_entities_pct": min_entities,
        "is_sound": dates_pct >= min_dates and entities_pct >= min_entities,
        "incomplete_dates": sorted(incomplete),
        "note": note,
    }
