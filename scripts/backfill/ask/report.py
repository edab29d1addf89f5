"""`backfill report`: the completion report of a range in Markdown, from the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from backfill.ask.answers import FINDING, SOUND, answering, dates_sql, emit, scheduled_games, season, shown
from backfill.ask.coverage import read_coverage
from backfill.ask.gaps import SEVERITIES, find_gaps
from backfill.ask.verify import STATES, check_range
from backfill.base import options
from backfill.base.console import console
from backfill.base.errors import BackfillError
from backfill.base.phases import NAMES, every_failure
from backfill.base.warehouse import Warehouse

FIRST = """
    select model, game_date, state, row_count, finished_at from {{ source('ledger', 'partition_ledger') }}
    where attempt = 1 and %s
"""
ATTEMPTS = """
    select model, count(*) as attempts, min(finished_at) as first_at, max(finished_at) as last_at,
        count(case when state = 'FAILED' then 1 end) as failed, count(case when state = 'SKIPPED' then 1 end) as skipped
    from {{ source('ledger', 'partition_ledger') }} where %s group by model order by model
"""
RUNS = """
    select invocation_id, command, first_game_date, last_game_date, mode, note, started_at, finished_at, status
    from {{ source('ledger', 'invocations') }}
    where command in ('build', 'run', 'test')
        and first_game_date <= cast('%s' as date) and last_game_date >= cast('%s' as date)
    order by started_at
"""
DURATIONS = """
    select model, count(*) as runs, sum(seconds) as seconds from {{ source('ledger', 'model_runs') }}
    where first_game_date <= cast('%s' as date) and last_game_date >= cast('%s' as date) group by model
"""
FAILURES = f"""
    select failures.processor_name, failures.failure_category, categories.is_expected, count(*) as entities
    from ({every_failure("processor_name, failure_category, game_date, resolution_status")}) as failures
    left join {{{{ ref('failure_categories') }}}} as categories
        on failures.failure_category = categories.failure_category
    where failures.resolution_status <> 'RESOLVED' and failures.%s
    group by failures.processor_name, failures.failure_category, categories.is_expected
    order by failures.processor_name, failures.failure_category
"""

PERFORMANCE = """
    select * from {{ ref('system_season_performance') }} where season_year in (%s)
    order by season_year, population, system_id
"""
#: Metrics that are printed with their 95 % interval by game date, and their decimals.
INTERVALS = {
    **dict.fromkeys(("mae", "mae_minus_season_average", "mae_minus_market"), 3),
    **dict.fromkeys(("crps", "crps_minus_market", "brier_minus_market"), 4),
    **dict.fromkeys(("inside_80_pct", "win_rate_pct"), 1),
}

#: Section -> (rows in the answer, {heading: column}).
SECTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "Before and after": (
        "progress",
        {
            "season": "season_year",
            "phase": "phase",
            "partitions": "known",
            "built at the first attempt": "first_built",
            "failed or skipped then": "first_failed",
            "built now": "built",
            "stale now": "stale",
        },
    ),
    "Checks": ("findings", {"check": "check", "sound": "is_sound", "detail": "detail"}),
    "Tables": (
        "tables",
        {
            "table": "table",
            "dates": "dates",
            "rows": "rows",
            "expected": "expected",
            "failures": "failures",
            "unaccounted": "unaccounted",
            "accounted": "accounted_pct",
            "build seconds": "build_seconds",
        },
    ),
    "Failures by category": (
        "failures",
        {"table": "processor_name", "category": "failure_category", "expected": "is_expected", "entities": "entities"},
    ),
    "Players without a shot-zone row by season week": (
        "bands",
        {
            "season": "season_year",
            "days": "days",
            "share": "share_without_row_pct",
            "expected": "band",
            "verdict": "verdict",
        },
    ),
    "Predictions of these seasons, with 95 % intervals by game date": (
        "performance",
        {
            "season": "season_year",
            "players": "population",
            "system": "system_id",
            "graded": "graded",
            "mean error": "mae",
            "against the season average": "mae_minus_season_average",
            "against the line": "mae_minus_market",
            "CRPS": "crps",
            "CRPS against the line": "crps_minus_market",
            "Brier against the prices": "brier_minus_market",
            "in the 80 % interval": "inside_80_pct",
            "recommendations right": "win_rate_pct",
            "beats the season average": "beats_season_average",
            "beats the line": "beats_market",
        },
    ),
    "Gaps": ("gaps", {"severity": "severity", "gaps": "gaps"}),
    "Attempts": (
        "attempts",
        {
            "table": "model",
            "attempts": "attempts",
            "failed": "failed",
            "skipped": "skipped",
            "first (UTC)": "first_at",
            "last (UTC)": "last_at",
        },
    ),
    "Runs": (
        "runs",
        {
            "started (UTC)": "started_at",
            "command": "command",
            "from": "first_game_date",
            "to": "last_game_date",
            "mode": "mode",
            "seconds": "run_seconds",
            "status": "status",
            "note": "note",
        },
    ),
}


def report(
    start: Annotated[str, typer.Option(help="First game date, YYYY-MM-DD.")],
    end: options.End = None,
    output: Annotated[Path | None, typer.Option(help="Write the Markdown to this file instead of printing it.")] = None,
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 0,
    as_json: options.AsJson = False,
) -> None:
    """Write what a backfill did: before and after by season and phase, rows, failures, bands, durations, runs.

    Exit code 0: the range is finished (as `backfill verify` says). 1: it is not. 2: cannot be answered.
    """
    with answering(as_json=as_json):
        place = Warehouse.of(target, warehouse, wait)
        place.refresh()
        window = options.parse_window(start, end)
        assert window is not None
        found = gather(place, window)
        text = markdown(found)
        if output:
            try:
                output.parent.mkdir(parents=True, exist_ok=True)
                output.write_text(text, encoding="utf-8")
            except OSError as error:
                raise BackfillError(
                    f"{output} cannot be written: {error.strerror}", "choose another --output"
                ) from error
            console.print(f"Written: {output}", soft_wrap=True)
        if as_json:
            emit(found)
        elif not output:
            typer.echo(text)
    raise typer.Exit(SOUND if found["is_finished"] else FINDING)


def gather(warehouse: Warehouse, window: tuple[date, date]) -> dict[str, Any]:
    """Everything the report says. Raises BackfillError for a range without games."""
    games = scheduled_games(warehouse, window)
    states = warehouse.rows(STATES % dates_sql(window))
    first = {(row["model"], row["game_date"]): row for row in warehouse.rows(FIRST % dates_sql(window))}
    coverage = read_coverage(warehouse, window)
    findings = check_range(warehouse, window, games)
    gaps = find_gaps(warehouse, window)
    covered = (window[1], window[0])
    seasons = sorted({row["season_year"] for row in states})
    return {
        "start": window[0],
        "end": window[1],
        "games": sum(row["final_games"] for row in games),
        "progress": _progress(states, first),
        "tables": coverage["tables"],
        "bands": coverage["bands"],
        "failures": warehouse.rows(FAILURES % dates_sql(window)),
        "performance": warehouse.rows(PERFORMANCE % ", ".join(map(str, seasons))) if seasons else [],
        "gaps": [
            {"severity": name, "gaps": sum(gap.severity == name for gap in gaps)} for name in reversed(SEVERITIES)
        ],
        "findings": [{"check": found.check, "is_sound": found.is_sound, "detail": found.detail} for found in findings],
        "attempts": warehouse.rows(ATTEMPTS % dates_sql(window)),
        "durations": warehouse.rows(DURATIONS % covered),
        "runs": warehouse.rows(RUNS % covered),
        "is_finished": all(found.is_sound for found in findings),
    }


def markdown(found: dict[str, Any]) -> str:
    """The report as Markdown."""
    verdict = "finished" if found["is_finished"] else "**not finished**"
    seconds = {row["model"]: row["seconds"] for row in found["durations"]}
    for row in found["tables"]:
        row["build_seconds"] = seconds.get(row["table"])
    lines = [
        f"# Backfill {found['start']} to {found['end']}",
        "",
        f"Written {datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {found['games']:,} final games are scheduled.",
        f"The range is {verdict}.",
    ]
    for title, (rows, columns) in SECTIONS.items():
        lines += _section(title, columns, [[_cell(row, name) for name in columns.values()] for row in found[rows]])
    return "\n".join(lines) + "\n"


def _progress(states: Sequence[dict[str, Any]], first: dict[tuple[str, date], dict[str, Any]]) -> list[dict[str, Any]]:
    """By season and phase: partitions that have to be there, what the first attempts did, and what is there now."""
    counts: dict[tuple[int, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in states:
        if row["state"] == "NOT_EXPECTED":
            continue
        count = counts[row["season_year"], row["phase"] or ""]
        attempt = first.get((row["model"], row["game_date"]))
        count["known"] += 1
        count["first_built"] += bool(attempt and attempt["state"] == "SUCCESS")
        count["first_failed"] += bool(attempt and attempt["state"] != "SUCCESS")
        count["built"] += row["state"] in ("HAS_DATA", "RAN_NO_DATA") and row["stale_reason"] is None
        count["stale"] += row["stale_reason"] is not None
    names = ("known", "first_built", "first_failed", "built", "stale")
    return [
        {"season_year": year, "phase": phase, **{name: count[name] for name in names}}
        for (year, phase), count in sorted(counts.items(), key=lambda item: (item[0][0], item[0][1] or "9"))
    ]


def _cell(row: dict[str, Any], name: str) -> str:
    """A value of a row as it is printed; some are made from several columns."""
    if name == "days":
        return f"{row['season_day_from']} to {row['season_day_to']}"
    if name == "band":
        return f"{float(row['low_pct']):g} to {float(row['high_pct']):g} %"
    if name == "run_seconds":
        return shown((row["finished_at"] - row["started_at"]).total_seconds() if row["finished_at"] else None)
    value = row[name]
    if name in INTERVALS:
        numbers = [row[name], row[f"{name}_low"], row[f"{name}_high"]]
        if None in numbers:
            return "-"
        middle, low, high = (f"{float(number):.{INTERVALS[name]}f}" for number in numbers)
        return f"{middle} ({low} to {high})"
    if name == "season_year":
        return season(value)
    if name == "phase":
        return NAMES[value]
    if name.endswith("_pct") and value is not None:
        return f"{float(value):.2f} %"
    return shown(str(value)[:19] if isinstance(value, date) else value)


def _section(title: str, columns: Iterable[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return ["", f"## {title}", "", "None."]
    headings = list(columns)
    cells = [[value.replace("\\[", "[").replace("|", "/") for value in row] for row in rows]
    return ["", f"## {title}", "", *[f"| {' | '.join(row)} |" for row in (headings, ["---"] * len(headings), *cells)]]
