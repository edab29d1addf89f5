"""`backfill doctor`: thirteen checks of everything a backfill needs, each with the one command that helps."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any

import duckdb
import typer
import yaml
from packaging.markers import Marker

from backfill.ask.answers import FINDING, SOUND, UNANSWERED, coloured, emit, print_table
from backfill.base import options
from backfill.base.console import console
from backfill.base.dbt import NO_DATES, RED, environment, invoke, run_command
from backfill.base.errors import BackfillError, WarehouseInUse
from backfill.base.phases import FAILURE_TABLES, TAGS
from backfill.base.project import project_root
from backfill.base.warehouse import Warehouse
from backfill.contract import RAW_SCHEMA, load_contract

PASS, WARN, FAIL, LEFT_OUT = "pass", "warn", "fail", "left out"
COLOURS = {PASS: "green", WARN: "yellow", FAIL: "red", LEFT_OUT: "yellow"}
FALLBACKS = ("bdl_player_boxscores", "bettingpros_player_points_props")
WRITTEN = (
    "source('ledger', 'invocations')",
    "source('ledger', 'partition_ledger')",
    *(f"ref('{name}')" for name in FAILURE_TABLES),
)
GIGABYTE = 1024**3
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)\s*(?:;\s*([^\\]+?))?\s*\\?$", re.MULTILINE)


@dataclass
class Check:
    """Outcome of one check: pass, warn or fail, what was seen, and the one command that helps."""

    concern: str
    outcome: str
    detail: str
    command: str = ""


def doctor(
    quick: Annotated[bool, typer.Option("--quick", help="Leave out the two dry compiles, and say so.")] = False,
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 0,
    as_json: options.AsJson = False,
) -> None:
    """Check profile, warehouse, raw data, packages, project, seeds, fallbacks, permissions, disk and lock.

    A check that cannot be made is a failure, never a pass. Exit code 0: no failure. 1: a failure. 2: the warehouse is
    in use by another run, so most checks cannot be made.
    """
    try:
        place = Warehouse.of(target, warehouse, wait)
        checks = examine(place, quick=quick)
    except BackfillError as error:
        checks = [Check("project", FAIL, *_split(error))]
    locked = any(check.concern == "not locked by another run" and check.outcome == FAIL for check in checks)
    failed = [check for check in checks if check.outcome == FAIL]
    if as_json:
        emit({"checks": [asdict(check) for check in checks], "failed": len(failed), "is_sound": not failed})
    else:
        show(checks)
    raise typer.Exit(UNANSWERED if locked else FINDING if failed else SOUND)


def examine(warehouse: Warehouse, *, quick: bool = False) -> list[Check]:
    """Make the thirteen checks. An exception in one is its failure and does not keep the others from being made."""
    concerns: list[tuple[str, Callable[[Warehouse], tuple[str, ...]]]] = [
        ("profile resolves", _profile),
        ("not locked by another run", _lock),
        ("adapter connects", _connects),
        ("raw schema is there", _raw_schema),
        ("raw tables and columns as declared", _raw_columns),
        ("schedule covers the raw data", _schedule),
        ("fallback sources are there", _fallbacks),
        ("packages in the locked versions", _packages),
        ("project parses", _parses),
        ("seeds as in the checkout", _seeds),
        ("every phase compiles for one date", _compiles),
        ("ledger and failure tables can be written", _writable),
        ("free disk space", _disk),
    ]
    checks = []
    for concern, check in concerns:
        if quick and "compiles" in concern:
            checks.append(Check(concern, LEFT_OUT, "--quick"))
            continue
        try:
            checks.append(Check(concern, *check(warehouse)))
        except BackfillError as error:
            checks.append(Check(concern, FAIL, *_split(error)))
        except (duckdb.Error, OSError, KeyError, ValueError, yaml.YAMLError) as error:
            checks.append(Check(concern, FAIL, f"cannot be checked: {' '.join(str(error).split())[:300]}"))
    return checks


def show(checks: list[Check]) -> None:
    """Print one line a check."""
    rows = [
        (number, check.concern, coloured(check.outcome, COLOURS[check.outcome]), check.detail, check.command)
        for number, check in enumerate(checks, 1)
    ]
    headings = ("", "check", "outcome", "detail", "command that helps")
    print_table("Doctor", headings, rows, text=headings[1:])
    counts = {outcome: sum(check.outcome == outcome for check in checks) for outcome in (PASS, WARN, FAIL, LEFT_OUT)}
    console.print(", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count))


def _split(error: BackfillError) -> tuple[str, str]:
    said, _, command = str(error).partition("\nTry: ")
    return said, command


def _profile(warehouse: Warehouse) -> tuple[str, ...]:
    root = project_root()
    profiles = yaml.safe_load((root / "profiles.yml").read_text(encoding="utf-8"))
    name = yaml.safe_load((root / "dbt_project.yml").read_text(encoding="utf-8"))["profile"]
    targets = profiles.get(name, {}).get("outputs", {})
    if warehouse.target not in targets:
        raise BackfillError(
            f"profile {name} has no target {warehouse.target}; there are {', '.join(targets)}",
            "backfill doctor --target duckdb",
        )
    return PASS, f"{name}, target {warehouse.target} ({targets[warehouse.target]['type']})"


def _lock(warehouse: Warehouse) -> tuple[str, ...]:
    if not warehouse.is_duckdb:
        return PASS, "this engine locks nothing"
    try:
        with warehouse.connection():
            return PASS, "nobody else has it open"
    except WarehouseInUse:
        raise
    except BackfillError as error:
        return WARN, *_split(error)


def _connects(warehouse: Warehouse) -> tuple[str, ...]:
    if warehouse.is_duckdb:
        with warehouse.connection() as connection:
            connection.execute("select 1").fetchall()
        return PASS, f"DuckDB {duckdb.__version__}, {warehouse.path.name}"
    warehouse.rows("select 1 as one")
    return PASS, warehouse.target


def _raw_schema(warehouse: Warehouse) -> tuple[str, ...]:
    columns = _raw_columns_found(warehouse)
    if not columns:
        raise BackfillError(f"there is no schema {RAW_SCHEMA}, or nothing in it", "backfill raw load DIR")
    return PASS, f"{RAW_SCHEMA}, {len(columns)} tables"


def _raw_columns(warehouse: Warehouse) -> tuple[str, ...]:
    found, contract = _raw_columns_found(warehouse), load_contract(project_root())
    missing = [name for name in contract if name not in found]
    missing += [
        f"{table.name}.{column.name}"
        for table in contract.values()
        for column in table.columns
        if table.name in found and column.name not in found[table.name]
    ]
    if missing:
        raise BackfillError(
            f"missing: {', '.join(missing[:8])}{', ...' if len(missing) > 8 else ''}", "backfill raw load DIR"
        )
    return PASS, f"{len(contract)} tables, {sum(len(table.columns) for table in contract.values())} columns"


def _raw_columns_found(warehouse: Warehouse) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    schema = f"{RAW_SCHEMA}." if not warehouse.is_duckdb else ""
    for row in warehouse.rows(
        f"select table_name, column_name from {schema}information_schema.columns where table_schema = '{RAW_SCHEMA}'"
    ):
        found.setdefault(row["table_name"], set()).add(row["column_name"])
    return found


def _schedule(warehouse: Warehouse) -> tuple[str, ...]:
    row = warehouse.rows(
        f"""
        select min(games.game_date) as first_date, max(games.game_date) as last_date,
            count(distinct games.game_date) as dates,
            count(distinct case when schedule.game_date is null then games.game_date end) as uncovered
        from (select game_date from {RAW_SCHEMA}.nbac_gamebook_player_stats
            where game_date >= cast('1946-11-01' as date) group by game_date) as games
        left join (select game_date from {RAW_SCHEMA}.nbac_schedule
            where game_date >= cast('1946-11-01' as date) group by game_date) as schedule
            on games.game_date = schedule.game_date
        """
    )[0]
    if not row["dates"]:
        raise BackfillError("there are no gamebooks, so there is nothing to build", "backfill raw load DIR")
    if row["uncovered"]:
        raise BackfillError(f"{row['uncovered']} dates with gamebooks are in no schedule", "backfill raw load DIR")
    return PASS, f"{row['dates']} dates with gamebooks, {row['first_date']} to {row['last_date']}"


def _fallbacks(warehouse: Warehouse) -> tuple[str, ...]:
    counts = {
        name: int(
            warehouse.rows(
                f"select count(*) as n from {RAW_SCHEMA}.{name} where game_date >= cast('1946-11-01' as date)"
            )[0]["n"]
        )
        for name in FALLBACKS
    }
    empty = [name for name, count in counts.items() if not count]
    if empty:
        return (
            WARN,
            f"{', '.join(empty)} has no rows: nothing stands in for its primary source",
            "backfill raw load DIR",
        )
    return PASS, ", ".join(f"{name} {count:,} rows" for name, count in counts.items())


def _packages(_: Warehouse) -> tuple[str, ...]:
    wrong, right = [], 0
    for name, pinned, marker in PINNED.findall((project_root() / "requirements.lock").read_text(encoding="utf-8")):
        if marker and not Marker(marker).evaluate():
            continue
        try:
            installed = version(name)
        except PackageNotFoundError:
            installed = "not installed"
        if installed == pinned:
            right += 1
        else:
            wrong.append(f"{name} {installed} instead of {pinned}")
    if wrong or not right:
        raise BackfillError(", ".join(wrong[:5]) or "requirements.lock pins nothing", "make setup")
    return PASS, f"{right} packages"


def _parses(warehouse: Warehouse) -> tuple[str, ...]:
    try:
        with environment(NO_DATES, warehouse.path):
            manifest = run_command(["parse"], warehouse.target).result
    except BackfillError as error:
        raise BackfillError(str(error).splitlines()[0][:300], "dbt parse") from error
    return PASS, f"{len(manifest.nodes)} nodes"


def _seeds(warehouse: Warehouse) -> tuple[str, ...]:
    wrong, right = [], 0
    for path in sorted((project_root() / "seeds").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            wanted = list(csv.DictReader(file))
        try:
            found = warehouse.rows("select * from {{ ref('" + path.stem + "') }}")
        except WarehouseInUse:
            raise
        except BackfillError:
            wrong.append(f"{path.stem} is not loaded")
            continue
        if sorted(_cells(row) for row in wanted) == sorted(_cells(row) for row in found):
            right += 1
        else:
            wrong.append(f"{path.stem} differs")
    if wrong:
        return WARN, ", ".join(wrong), "dbt seed, or any backfill command that plans: it reloads them"
    return PASS, f"{right} seeds"


def _cells(row: Any) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, _cell(value)) for name, value in row.items()))


def _cell(value: Any) -> str:
    """A value as text that is the same from a CSV file and from either engine."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value).strip()
    if text.lower() in ("true", "false"):
        return text.lower()
    try:
        return f"{Decimal(text).normalize():f}"
    except InvalidOperation:
        return text


def _compiles(warehouse: Warehouse) -> tuple[str, ...]:
    day = str(
        warehouse.rows(
            f"select max(game_date) as day from {RAW_SCHEMA}.nbac_schedule "
            "where game_status = 3 and game_date >= cast('1946-11-01' as date)"
        )[0]["day"]
    )
    if day == "None":
        raise BackfillError("the schedule has no final game", "backfill raw load DIR")
    select = " ".join(f"tag:{tag}" for tag in TAGS)
    with environment((day, day), warehouse.path):
        results = invoke(["compile", "--select", select], warehouse.target).results
    failed = [f"{result.node.name}: {result.message}" for result in results if str(result.status) in RED]
    if failed or not results:
        raise BackfillError(
            failed[0] if failed else f"nothing is selected by {select}", f"dbt compile --select '{select}'"
        )
    return PASS, f"{sum(result.node.resource_type == 'model' for result in results)} models for {day}"


def _writable(warehouse: Warehouse) -> tuple[str, ...]:
    """Insert what is there already, and take it back."""
    if not warehouse.is_duckdb:
        return WARN, "not tried: a statement of this engine cannot be taken back"
    with warehouse.connection(read_only=False) as connection:
        absent = []
        for called in WRITTEN:
            table = warehouse.resolved("{{ " + called + " }}")
            try:
                connection.execute("begin")
                connection.execute(f"insert into {table} select * from {table} limit 1")
            except duckdb.CatalogException:
                absent.append(table.replace('"', ""))
            finally:
                connection.execute("rollback")
    if absent:
        return WARN, f"not there yet: {', '.join(absent)}; the first build makes them", "backfill heal"
    return PASS, f"{len(WRITTEN)} tables, rolled back"


def _disk(warehouse: Warehouse) -> tuple[str, ...]:
    folder = warehouse.path.parent
    while not folder.is_dir():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    size = warehouse.path.stat().st_size if warehouse.path.is_file() else 0
    said = f"{free / GIGABYTE:.1f} GB free, the warehouse has {size / GIGABYTE:.2f} GB"
    if free < size + GIGABYTE // 2:
        raise BackfillError(f"{said}; a rebuild can need as much again", "df -h, then make room")
    return (WARN, f"{said}: little room", "df -h") if free < 2 * size + 2 * GIGABYTE else (PASS, said)
