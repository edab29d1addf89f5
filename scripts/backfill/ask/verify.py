"""`backfill verify`: may Phase 4 start, and is a range finished? (operations 1.3 and 1.4)"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
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
from backfill.base.phases import BUILT, NAMES
from backfill.base.verdicts import open_checks, open_findings
from backfill.base.warehouse import Warehouse, models_before, read_manifest

GAME_TYPES = {"002": "regular season", "004": "playoffs", "005": "play-in"}
#: Tables with one row or more for each final game, and where a game of theirs is named.
GAME_TABLES = ("player_game_summary", "team_offense_game_summary", "team_defense_game_summary")
STATES = """
    select model, phase, game_date, season_year, state, state_reason, row_count, expected_entities, accounted_pct,
        stale_reason, stale_cause, is_circuit_open
    from {{ ref('partition_states') }} where %s
"""
FOUND = """
    select games.season_year, games.game_type, count(distinct games.game_id) as games
    from {{ ref('int_schedule__games') }} as games
    inner join {{ ref('%s') }} as found on games.game_id = found.game_id
    where games.is_final and %s and %s
    group by games.season_year, games.game_type
"""


#: The check of a range that audits hold nothing back.
HELD = "nothing is held back"


@dataclass
class Finding:
    """One thing that was checked: how many partitions or games it is about, and the first few that are not sound."""

    check: str
    is_sound: bool
    detail: str
    examples: list[str] = field(default_factory=list)


def verify(
    start: Annotated[str, typer.Option(help="First game date, YYYY-MM-DD.")],
    end: options.End = None,
    phase3_for_phase4: Annotated[
        bool, typer.Option("--phase3-for-phase4", help="Only: is everything that Phase 4 of these dates reads ready?")
    ] = False,
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 0,
    as_json: options.AsJson = False,
) -> None:
    """Check that a range is finished: states, nothing stale, everybody accounted for, and the true number of games.

    Exit code 0: ready or finished. 1: not. 2: cannot be answered.
    """
    with answering(as_json=as_json):
        place = Warehouse.of(target, warehouse, wait)
        place.refresh()
        window = options.parse_window(start, end)
        if window is None:
            raise BackfillError("verify needs --start")
        games = scheduled_games(place, window)
        findings = gate(place, window) if phase3_for_phase4 else check_range(place, window, games)
        if as_json:
            emit(
                {
                    "findings": [asdict(found) for found in findings],
                    "is_sound": all(found.is_sound for found in findings),
                }
            )
        else:
            show(findings, window, gate=phase3_for_phase4)
    raise typer.Exit(SOUND if all(found.is_sound for found in findings) else FINDING)


def gate(warehouse: Warehouse, window: tuple[date, date]) -> list[Finding]:
    """May Phase 4 of the window start? Every table that it reads, from the begin of the season on, is sound."""
    before = upstream_of_phase4()
    since = date(window[0].year if window[0].month >= 8 else window[0].year - 1, 8, 1)
    rows = warehouse.rows(STATES % dates_sql((since, window[1])))
    by_model: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["model"] in before:
            by_model[row["model"]].append(row)
    if not by_model:
        raise BackfillError("no table that Phase 4 reads is known to the ledger", "backfill doctor")
    return [_state_finding(f"{model} is ready", found) for model, found in sorted(by_model.items())]


def upstream_of_phase4() -> set[str]:
    """Every model that a Phase 4 table depends on, directly or through others, and that is no Phase 4 table itself."""
    nodes = read_manifest()["nodes"].values()
    return models_before(node["name"] for node in nodes if "phase4" in node["tags"])


def check_range(warehouse: Warehouse, window: tuple[date, date], games: list[dict[str, Any]]) -> list[Finding]:
    """The final check of a range: games by type, states, staleness, accounting, bootstrap."""
    rows = warehouse.rows(STATES % dates_sql(window))
    if not rows:
        raise BackfillError("the ledger knows nothing of these dates", "backfill heal")
    findings = [_games(warehouse, window, table, games) for table in GAME_TABLES]
    for phase in ("", *BUILT):
        called = NAMES[phase] if phase else "tables between"
        found = [row for row in rows if (row["phase"] or "") == phase]
        findings.append(_state_finding(f"{called}: every partition built", found))
    stale = [row for row in rows if row["stale_reason"]]
    findings.append(
        Finding(
            "nothing is stale",
            not stale,
            f"{len(stale)} stale of {len(rows):,}: "
            + ", ".join(f"{n} {c}" for n, c in Counter(r["stale_reason"] for r in stale).items())
            if stale
            else f"{len(rows):,} partitions",
            [f"{row['game_date']} {row['model']} ({row['stale_reason']}: {row['stale_cause']})" for row in stale[:3]],
        )
    )
    judged = [row for row in rows if row["expected_entities"]]
    lost = [row for row in judged if row["accounted_pct"] is None or row["accounted_pct"] < 100]
    findings.append(
        Finding(
            "everybody is accounted for",
            bool(judged) and not lost,
            f"{sum(row['expected_entities'] for row in judged):,} expected entities on {len(judged):,} partitions"
            + (f", {len(lost)} partitions below 100 %" if lost else ""),
            [f"{row['game_date']} {row['model']} {row['accounted_pct']} %" for row in lost[:3]],
        )
    )
    early = [row for row in rows if row["state_reason"] == "bootstrap" and row["row_count"] > 0]
    findings.append(
        Finding(
            "no Phase 4 rows during bootstrap",
            not early,
            f"{len(early)} partitions with rows",
            [f"{row['game_date']} {row['model']}" for row in early[:3]],
        )
    )
    held = open_findings(warehouse, window, held=True)
    findings.append(
        Finding(
            HELD,
            not held,
            f"{len(held)} findings" if held else "every unit was published",
            [f"{finding.where}: {finding.check}" for finding in held[:3]],
        )
    )
    failed = open_checks(warehouse, window)
    findings.append(
        Finding(
            "no failed check stands",
            not failed,
            f"{len(failed)} failed" if failed else "every check that failed has passed since",
            [str(check) for check in failed[:3]],
        )
    )
    return findings


def show(findings: list[Finding], window: tuple[date, date], *, gate: bool = False) -> None:
    """Print the findings for people."""
    rows = [
        (
            found.check,
            coloured("ok", "green") if found.is_sound else coloured("NOT", "red"),
            found.detail,
            "; ".join(found.examples),
        )
        for found in findings
    ]
    headings = ("check", "sound", "detail", "first")
    print_table(f"Game dates {window[0]} to {window[1]}", headings, rows, text=headings)
    if all(found.is_sound for found in findings):
        console.print("[green]ready[/]: Phase 4 may start" if gate else "[green]finished[/]: the range is complete")
    else:
        names = {found.check for found in findings if not found.is_sound}
        # held rows are built: healing them again changes nothing
        helps = f"backfill heal --start {window[0]} --end {window[1]}"
        if HELD in names and "nothing is stale" not in names:
            helps = "backfill plan names what is held, and what helps"
        console.print(f"[red]not {'ready' if gate else 'finished'}[/]. Next: {helps}")


def _is_built(row: dict[str, Any]) -> bool:
    """HAS_DATA, NOT_EXPECTED, or no rows for a reason that coverage gives or in a table nobody expects rows of."""
    if row["stale_reason"] or row["state"] not in ("HAS_DATA", "NOT_EXPECTED", "RAN_NO_DATA"):
        return False
    return (
        row["state"] != "RAN_NO_DATA"
        or not row["expected_entities"]
        or row["state_reason"] in ("BOOTSTRAP", "FAILURES")
    )


def _state_finding(check: str, rows: list[dict[str, Any]]) -> Finding:
    bad = [row for row in rows if not _is_built(row)]
    states = Counter(
        row["state"] if row["state"] not in ("HAS_DATA", "RAN_NO_DATA") else f"stale {row['stale_reason']}"
        for row in bad
    )
    detail = f"{len(rows) - len(bad):,} of {len(rows):,} partitions"
    if bad:
        detail += ": " + ", ".join(f"{count} {name}" for name, count in states.items())
    return Finding(
        check, bool(rows) and not bad, detail, [f"{row['game_date']} {row['model']} {row['state']}" for row in bad[:3]]
    )


def _games(warehouse: Warehouse, window: tuple[date, date], table: str, games: list[dict[str, Any]]) -> Finding:
    """Final games by season and type, from the schedule, against games in the table."""
    scheduled: dict[tuple[int, str], int] = defaultdict(int)
    for row in games:
        scheduled[row["season_year"], row["game_type"]] += row["final_games"]
    query = FOUND % (table, dates_sql(window, "games.game_date"), dates_sql(window, "found.game_date"))
    found = {(row["season_year"], row["game_type"]): row["games"] for row in warehouse.rows(query)}
    wrong = [
        f"{season(year)} {GAME_TYPES.get(kind, kind)}: {found.get((year, kind), 0)} of {count}"
        for (year, kind), count in sorted(scheduled.items())
        if found.get((year, kind), 0) != count
    ]
    seasons = sorted({year for year, _ in scheduled})
    detail = ", ".join(
        f"{season(year)} {sum(count for (of, _), count in scheduled.items() if of == year):,} ("
        + " + ".join(str(count) for (of, _), count in sorted(scheduled.items()) if of == year)
        + ")"
        for year in seasons
    )
    return Finding(f"{table} has every final game", not wrong, detail, wrong[:3])
