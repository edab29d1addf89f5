"""`backfill contamination`: how many values of every critical column are valid, by stage (operations 1.6)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Annotated, Any

import typer

from backfill.ask.answers import FINDING, SOUND, answering, coloured, dates_sql, emit, print_table, scheduled_games
from backfill.base import options
from backfill.base.console import console
from backfill.base.errors import BackfillError
from backfill.base.phases import TAGS
from backfill.base.warehouse import Warehouse

CLEAN_PCT, CONTAMINATED_PCT = 99.0, 50.0
COLOURS = {"CLEAN": "green", "PARTIAL": "yellow", "CONTAMINATED": "red", "NO_DATA": "red"}
HEALTH = """
    select model, phase, game_date, column_name, row_count, null_count, zero_count, is_critical, is_never_zero
    from {{ ref('column_health') }} where phase <> '2' and (is_critical or is_never_zero) and %s
"""
EXPECTED = """
    select partitions.model, partitions.game_date
    from {{ ref('known_partitions') }} as partitions
    left join {{ ref('coverage_by_date') }} as coverage
        on partitions.model = coverage.processor_name and partitions.game_date = coverage.game_date
    left join {{ ref('latest_attempts') }} as attempts
        on partitions.model = attempts.model and partitions.game_date = attempts.game_date
    where
        partitions.phase is not null
        and (attempts.success_attempt is null or coverage.status not in ('EMPTY', 'FAILURES', 'BOOTSTRAP'))
        and %s
"""


def contamination(
    start: options.Start = None,
    end: options.End = None,
    stage: Annotated[str | None, typer.Option(help="A phase: phase3, phase4, phase5 or phase5b. Default: all.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="PARTIAL fails, too.")] = False,
    show_dates: Annotated[bool, typer.Option("--show-dates", help="List the dates that are not clean.")] = False,
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 0,
    as_json: options.AsJson = False,
) -> None:
    """Judge every critical column: CLEAN (99 % valid and more), PARTIAL (50 to 99 %), CONTAMINATED, or NO_DATA.

    A value is valid when it is not NULL and not a zero that cannot be; an expected date without rows is NO_DATA. Exit
    code 0: clean. 1: something is contaminated or has no data, with --strict also PARTIAL. 2: cannot be answered.
    """
    with answering(as_json=as_json):
        if stage not in (None, *TAGS):
            raise BackfillError(f"--stage is '{stage}'; it can be {', '.join(TAGS)}")
        place = Warehouse.of(target, warehouse, wait)
        place.refresh()
        verdicts = judge(place, options.parse_window(start, end), stage)
        if as_json:
            emit({"columns": verdicts, "is_sound": _is_sound(verdicts, strict)})
        else:
            show(verdicts, strict=strict, show_dates=show_dates)
    raise typer.Exit(SOUND if _is_sound(verdicts, strict) else FINDING)


def judge(warehouse: Warehouse, window: tuple[date, date] | None, stage: str | None = None) -> list[dict[str, Any]]:
    """One verdict per critical column, with the dates that are not clean. Raises BackfillError for an empty range."""
    scheduled_games(warehouse, window)
    expected: dict[str, set[date]] = defaultdict(set)
    for row in warehouse.rows(EXPECTED % dates_sql(window, "partitions.game_date")):
        expected[row["model"]].add(row["game_date"])
    cells: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    phases: dict[str, str] = {}
    columns: dict[str, set[str]] = defaultdict(set)
    for row in warehouse.rows(HEALTH % "game_date >= cast('1946-11-01' as date)"):
        phases[row["model"]] = row["phase"]
        if row["is_critical"]:
            columns[row["model"]].add(row["column_name"])
            if window is None or window[0] <= row["game_date"] <= window[1]:
                cells[row["model"], row["column_name"]].append(row)
    for model in expected:  # a table without any row has no columns in column_health
        columns.setdefault(model, {"(all)"})
    verdicts = [
        _verdict(model, column, cells[model, column], expected[model])
        for model in columns
        for column in columns[model]
        if stage in (None, f"phase{phases.get(model, 3)}")
    ]
    order = list(COLOURS)
    return sorted(verdicts, key=lambda row: (-order.index(row["verdict"]), row["model"], row["column"]))


def show(verdicts: list[dict[str, Any]], *, strict: bool = False, show_dates: bool = False) -> None:
    """Print the verdicts for people: what is not clean, then how many columns of each table are."""
    headings = ("table", "column", "verdict", "valid", "rows", "dates without rows")
    bad = [row for row in verdicts if row["verdict"] != "CLEAN"]
    if bad:
        rows = [
            (
                row["model"],
                row["column"],
                coloured(row["verdict"], COLOURS[row["verdict"]]),
                f"{row['valid_pct']:.2f} %",
                row["rows"],
                len(row["dates_without_rows"]),
            )
            for row in bad
        ]
        print_table("Not clean", headings, rows, text=("table", "column", "verdict"))
    clean: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in verdicts:
        clean[row["model"]].append(row)
    rows = [
        (
            model,
            sum(row["verdict"] == "CLEAN" for row in found),
            len(found),
            f"{min(row['valid_pct'] for row in found):.2f} %",
        )
        for model, found in sorted(clean.items())
    ]
    print_table("Critical columns", ("table", "clean", "of", "worst valid share"), rows, text=("table",))
    if show_dates:
        for row in verdicts:
            for day, share in row["dates_not_clean"].items():
                console.print(
                    f"{day} {row['model']}.{row['column']} {share:.1f} % valid", highlight=False, soft_wrap=True
                )
            for day in row["dates_without_rows"]:
                console.print(f"{day} {row['model']}.{row['column']} no rows", highlight=False, soft_wrap=True)
    if _is_sound(verdicts, strict):
        console.print("[green]sound[/]" + ("" if not bad else "; --strict would fail"))
    else:
        console.print("[red]not sound[/]. Next: backfill gaps says where it begins and what repairs it")


def _verdict(model: str, column: str, cells: list[dict[str, Any]], expected: set[date]) -> dict[str, Any]:
    rows = sum(cell["row_count"] for cell in cells)
    valid = sum(_valid(cell) for cell in cells)
    share = 100.0 * valid / rows if rows else 0.0
    missing = sorted(expected - {cell["game_date"] for cell in cells})
    if missing or (not rows and expected):
        verdict = "NO_DATA"
    elif not rows or share >= CLEAN_PCT:
        verdict = "CLEAN"
    else:
        verdict = "PARTIAL" if share >= CONTAMINATED_PCT else "CONTAMINATED"
    return {
        "model": model,
        "column": column,
        "verdict": verdict,
        "rows": rows,
        "valid_pct": share if rows or expected else 100.0,
        "dates_without_rows": missing,
        "dates_not_clean": {
            str(cell["game_date"]): 100.0 * _valid(cell) / cell["row_count"]
            for cell in sorted(cells, key=lambda cell: cell["game_date"])
            if 100.0 * _valid(cell) < CLEAN_PCT * cell["row_count"]
        },
        "contaminated_dates": sum(100.0 * _valid(cell) < CONTAMINATED_PCT * cell["row_count"] for cell in cells),
    }


def _valid(cell: dict[str, Any]) -> int:
    return int(cell["row_count"] - cell["null_count"] - (cell["zero_count"] if cell["is_never_zero"] else 0))


def _is_sound(verdicts: list[dict[str, Any]], strict: bool) -> bool:
    bad = {"NO_DATA", "CONTAMINATED"} | ({"PARTIAL"} if strict else set())
    return not any(row["verdict"] in bad for row in verdicts)
