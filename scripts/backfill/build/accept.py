"""`backfill accept`: publish what a check holds back, or quiet a flag, for this content only (audits Q7)."""

from __future__ import annotations

import getpass
import json
from typing import Annotated

import typer

from backfill.base import options
from backfill.base.console import console
from backfill.base.dbt import NO_DATES, environment, run_command
from backfill.base.errors import BackfillError
from backfill.base.lease import lease
from backfill.base.names import full_name
from backfill.base.verdicts import Finding, open_findings
from backfill.base.warehouse import Warehouse
from backfill.build.execution import Outcome, build_step
from backfill.build.planning import Step


def accept(
    model: Annotated[str, typer.Argument(callback=full_name, help="The table, as the finding names it.")],
    day: Annotated[str, typer.Argument(metavar="DATE", help="Game date, YYYY-MM-DD.")],
    game: Annotated[str | None, typer.Argument(metavar="[GAME]", help="Game id; none where the date is held.")] = None,
    check: Annotated[str, typer.Option("--check", help="Id of the check, as the finding names it.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why the rows are right, or good enough.")] = "",
    by: Annotated[str | None, typer.Option("--by", help="Who accepts. Default: the user of this machine.")] = None,
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 60,
) -> None:
    """Accept a finding for the content that was judged: a held unit is published, a flag goes quiet.

    Other content is judged anew. Exit code 0: nothing holds the unit any more. 1: another check still does, or there is
    no such finding.
    """
    if not check.strip() or not reason.strip():
        raise BackfillError("an acceptance needs --check ID and --reason TEXT, so that others can judge it")
    window = options.parse_window(day, None)
    assert window is not None
    place = Warehouse.of(target, warehouse, wait)
    what = f"accept {model} {day}"
    with lease(place, what):
        place.refresh()
        finding = _the_finding(place, model, window, game, check)
        who = by or getpass.getuser()
        _record(place, finding, reason.strip(), who)
        outcome = Outcome()
        build_step(place, Step([model], *window, 1), outcome, note=f"accepted: {check}: {reason.strip()}")
        left = [one for one in _of_unit(place, finding) if one.is_held]
    for name, message in outcome.broken:
        raise BackfillError(f"the acceptance is recorded, but {name} could not be built: {message}", "backfill heal")
    console.print(f"accepted by {who}: {finding}", soft_wrap=True, markup=False, highlight=False)
    if left:
        console.print(f"Still held by {', '.join(one.check for one in left)}. Next: {left[0].accept}", soft_wrap=True)
        raise typer.Exit(1)
    said = "published" if finding.is_held else "quiet"
    console.print(f"[green]{said}[/]. Next: backfill heal, for what reads it", soft_wrap=True)


def _the_finding(place: Warehouse, model: str, window: tuple, game: str | None, check: str) -> Finding:
    known = [one for one in open_findings(place, window) if one.model == model]
    for one in known:
        if one.check == check and one.game_id == game:
            return one
    there = "; ".join(one.accept for one in known[:3]) or "nothing of this table is held or flagged on this date"
    raise BackfillError(f"no open finding {check} of {model} {window[0]} {game or ''}: {there}", "backfill why")


def _of_unit(place: Warehouse, finding: Finding) -> list[Finding]:
    window = (finding.game_date, finding.game_date)
    return [
        one
        for one in open_findings(place, window)
        if one.model == finding.model and one.game_id in (finding.game_id, None)
    ]


def _record(place: Warehouse, finding: Finding, reason: str, who: str) -> None:
    arguments = {
        "model_name": finding.model,
        "game_date": str(finding.game_date),
        "game_id": finding.game_id,
        "check_id": finding.check,
        "unit_fingerprint": finding.fingerprint,
        "reason": reason,
        "accepted_by": who,
    }
    place.wait()
    with environment(NO_DATES, place.path):
        done = run_command(["run-operation", "accept_finding", "--args", json.dumps(arguments)], place.target)
    if not done.success:
        raise BackfillError(f"the acceptance was not recorded: {done.exception or done.result}")
