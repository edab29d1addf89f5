"""`backfill validate`: Great Expectations suites over a range of game dates, with Data Docs and stored results."""

from __future__ import annotations

import json
import shutil
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.table import Table as RichTable

from backfill.base.console import console, print_error
from backfill.base.dbt import RED, environment, invoke
from backfill.base.errors import BackfillError
from backfill.base.names import full_names
from backfill.base.project import open_warehouse, project_root, warehouse_path
from backfill.base.warehouse import read_manifest

if TYPE_CHECKING:
    from backfill.quality.batches import Calendar
    from backfill.quality.checkpoint import Finding, Suite, Warehouse
    from backfill.quality.contract import Table

DEFAULT_DOCS = Path("warehouse/data_docs")
EXPECTED = "expected_row_counts"  # the analysis that counts what should be there
BANDS = "shot_zone_failure_rates"  # the model with the share of players without a shot-zone row
SHOWN = 25
ROWS_MISSING = {
    "",
    "missing",
    "rows_per_entity_pct",
}  # what expectations about rows, not about a column, are filed under


@dataclass
class ValidationSummary:
    """Outcome of one validation. `causes` maps a failed (table, column) to the failed columns it comes from."""

    run_id: str
    start: str
    end: str
    seconds: float
    game_dates: int
    findings: list[Finding]
    causes: dict[tuple[str, str], list[str]]
    docs: str | None

    @property
    def errors(self) -> list[Finding]:
        """Broken expectations that make the range unsound."""
        return [found for found in self.findings if found.is_error]

    @property
    def warnings(self) -> list[Finding]:
        """Broken expectations that deserve a look."""
        return [found for found in self.findings if not found.success and not found.is_error]


def validate(
    start: Annotated[str, typer.Option(help="First game date, YYYY-MM-DD.")],
    end: Annotated[str | None, typer.Option(help="Last game date, inclusive. Default: the first.")] = None,
    target: Annotated[str, typer.Option(help="Profile target: duckdb or bigquery.")] = "duckdb",
    warehouse: Annotated[Path | None, typer.Option(help="DuckDB file. Default: NBA_DUCKDB_PATH.")] = None,
    table: Annotated[
        list[str] | None, typer.Option(callback=full_names, help="Only this table; may be repeated. Default: all.")
    ] = None,
    docs: Annotated[Path | None, typer.Option(help=f"Folder for the Data Docs. Default: {DEFAULT_DOCS}.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Count distinct values of a healthy range, and check nothing.")
    ] = False,
) -> None:
    """Check the given game dates of every raw and built table against its contract."""
    try:
        if write_baseline:
            console.print(f"wrote {count_baseline(start, end or start, target=target, warehouse=warehouse)}")
            return
        summary = validate_range(start, end or start, target=target, warehouse=warehouse, tables=table, docs=docs)
    except BackfillError as error:  # 1 means unsound data; a request that cannot be served is something else
        print_error(error)
        raise typer.Exit(2) from error
    typer.echo(json.dumps(as_document(summary))) if as_json else show(summary)
    if summary.errors:
        raise typer.Exit(1)


def validate_range(
    start: str,
    end: str,
    *,
    target: str = "duckdb",
    warehouse: Path | None = None,
    tables: list[str] | None = None,
    docs: Path | None = None,
) -> ValidationSummary:
    """Run every suite, or those of some tables; write Data Docs and append to nba_orchestration.validation_results.

    Raises BackfillError for dates that cannot be read or have no game, a warehouse that cannot be opened, and an
    expectation that cannot be evaluated.
    """
    began = time.monotonic()
    run_id, validated_at = uuid.uuid4().hex, datetime.now(UTC).replace(tzinfo=None)
    with _Session(start, end, target, warehouse, _docs_folder(docs)) as session:
        suites = list(session.suites(set(tables or ())))
        findings = session.warehouse.run(suites, f"{start} to {end}")
        parents = {table.name: table.parents for table in session.tables}
    from backfill.quality.data_docs import make_offline
    from backfill.quality.results import write_findings

    write_findings(
        session.url(read_only=False), session.orchestration, run_id, validated_at, session.start, session.end, findings
    )
    return ValidationSummary(
        run_id=run_id,
        start=start,
        end=end,
        seconds=round(time.monotonic() - began, 1),
        game_dates=len(session.calendar.requested),
        findings=findings,
        causes=_causes(findings, parents),
        docs=str(make_offline(session.docs)) if session.docs else None,
    )


def count_baseline(start: str, end: str, *, target: str = "duckdb", warehouse: Path | None = None) -> Path:
    """Count the distinct values of 30 game dates of regular seasons and write tests/expectations/baseline.csv."""
    from backfill.quality.baseline import Baseline, write_baseline
    from backfill.quality.batches import SPAN_DATES, countable, spans_query

    baseline: Baseline = {}
    with _Session(start, end, target, warehouse, None) as session:
        spans = session.calendar.spans()
        full = [span for span in spans if len(span.dates) < 2 * SPAN_DATES and span.is_whole]
        if not full:
            raise BackfillError(f"{start} to {end} holds no {SPAN_DATES} game dates of a regular season")
        for table in session.tables:
            if not table.dated:
                continue
            rows = session.warehouse.query(spans_query(table, full, session.dialect))
            counts = {
                name: min((row[2 + number] for row in rows), default=0) for number, name in enumerate(countable(table))
            }
            baseline[table.name] = {name: count for name, count in counts.items() if count > 1}
    return write_baseline(session.root, {name: counts for name, counts in baseline.items() if counts})


class _Session:
    """Everything a validation reads: the compiled project, the contract, the calendar and an open warehouse."""

    def __init__(self, start: str, end: str, target: str, warehouse: Path | None, docs: Path | None) -> None:
        self.start, self.end = _date(start), _date(end)
        if self.end < self.start:
            raise BackfillError(f"the range ends before it starts: {start} to {end}")
        self.root, self.target, self.docs = project_root(), target, docs
        self.path = warehouse_path(self.root, warehouse)

    def __enter__(self) -> _Session:
        if self.target == "duckdb":
            open_warehouse(self.path, read_only=True).close()  # a locked or missing file is said here, in one sentence
        self.manifest = _compiled(self.target, self.path, self.start, self.end)
        from backfill.quality.batches import Dialect  # GX takes seconds to import
        from backfill.quality.checkpoint import Warehouse
        from backfill.quality.contract import load_tables

        self.tables = load_tables(self.manifest, self.root)
        self.dialect = Dialect("duckdb" if self.target == "duckdb" else "bigquery")
        self.warehouse: Warehouse = Warehouse(self.url(read_only=True), self.docs)
        try:
            self.calendar = self._calendar()
            self.expected = self._expected()
        except BaseException:
            self.warehouse.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.warehouse.close()

    def url(self, *, read_only: bool) -> str:
        """The warehouse for SQLAlchemy."""
        if self.target == "duckdb":
            return f"duckdb:///{self.path}" + ("?access_mode=read_only" if read_only else "")
        return f"bigquery://{self._node('int_schedule__games')['database']}"

    @property
    def orchestration(self) -> str:
        """The schema of the results, with the prefix that this project builds under."""
        analytics = self._node("player_game_summary")["schema"]
        return analytics.removesuffix("nba_analytics") + "nba_orchestration"

    def suites(self, only: set[str]) -> Iterator[Suite]:
        """One suite per table and kind of batch, and one for the failure bands; `only` those tables, all if empty.

        Raises BackfillError for a table that has no suite.
        """
        from backfill.quality.baseline import read_baseline
        from backfill.quality.batches import days_query, rows_query, spans_query
        from backfill.quality.checkpoint import Suite
        from backfill.quality.suites import bands_suite, days_suite, rows_suite, spans_suite

        baseline, spans = read_baseline(self.root), self.calendar.spans()
        unknown = only - {table.name for table in self.tables} - {BANDS}
        if unknown:
            raise BackfillError(f"no table with a contract is called {', '.join(sorted(unknown))}")
        for table in self.tables:
            if only and table.name not in only:
                continue
            expected = self._expected_of(table)
            query = rows_query(table, self.calendar)
            found = self.warehouse.query(f"select count(*) from ({query}) as range_rows")[0][0]
            wanted = {} if table.is_raw and table.entity else expected
            yield Suite(f"{table.name}.rows", query, list(rows_suite(table, self.calendar, wanted, found)))
            if not table.dated or (table.is_raw and not table.expected_entities):
                continue
            days = days_query(table, self.calendar, expected, self.dialect)
            yield Suite(f"{table.name}.days", days, list(days_suite(table, found)))
            if spans and (found or not table.is_raw):
                query = spans_query(table, spans, self.dialect)
                yield Suite(f"{table.name}.spans", query, list(spans_suite(table, spans, baseline.get(table.name, {}))))
        bands = self._bands_query()
        if bands and (not only or BANDS in only):
            yield Suite(f"{BANDS}.weeks", bands, list(bands_suite()))

    def _node(self, name: str) -> dict[str, Any]:
        return next(node for node in self.manifest["nodes"].values() if node["name"] == name)

    def _calendar(self) -> Calendar:
        from backfill.quality.batches import Calendar, Day, between

        games = self._node("int_schedule__games")["relation_name"]
        settled = self._node("int_schedule__precompute_days")["relation_name"]
        rows = self.warehouse.query(
            f"""
            select games.game_date, games.season_year, min(games.opening_night), count(*), count(settled.game_date)
            from {games} as games left join {settled} as settled on games.game_date = settled.game_date
            where games.game_date <= {_quoted(self.end)} and games.season_year in (
                select season_year from {games} where {between(self.start, self.end)}
            )
            group by games.game_date, games.season_year order by games.game_date
            """
        )
        days = tuple(
            Day(game_date, season, (game_date - opening).days, count, in_force > 0)
            for game_date, season, opening, count, in_force in rows
        )
        calendar = Calendar(self.start, self.end, days)
        if not calendar.requested:
            raise BackfillError(
                f"no game is scheduled from {self.start} to {self.end}; nothing to validate is not a pass",
                "backfill raw load DIR, or choose other dates",
            )
        return calendar

    def _expected(self) -> dict[str, dict[date, int]]:
        compiled = self._node(EXPECTED)["compiled_code"]
        expected: dict[str, dict[date, int]] = {}
        for kind, game_date, count in self.warehouse.query(compiled):
            expected.setdefault(kind, {})[game_date] = int(count)
        return expected

    def _expected_of(self, table: Table) -> dict[date, int]:
        """Entities per requested date. Raises BackfillError for a kind that expected_row_counts.sql does not count."""
        kind = table.expected_entities
        if kind is None:
            return {}
        if f"'{kind}' as kind" not in self._node(EXPECTED)["compiled_code"]:
            raise BackfillError(f"the contract of {table.name} expects {kind}, which {EXPECTED}.sql does not count")
        return self.expected.get(kind, {})

    def _bands_query(self) -> str | None:
        """Season weeks that the range touches and that are built completely, once bootstrap is over."""
        try:
            node = self._node(BANDS)
        except StopIteration:
            return None
        touched = [day for day in self.calendar.requested if day.bootstrapped]
        weeks = " or ".join(
            f"(season_year = {season} and season_day_from <= {max(days)} and season_day_to >= {min(days)})"
            for season in sorted({day.season_year for day in touched})
            for days in [[day.season_day for day in touched if day.season_year == season]]
        )
        return (
            f"select * from {node['relation_name']} where verdict <> 'NOT_ALL_BUILT' and ({weeks})" if weeks else None
        )


def show(summary: ValidationSummary) -> None:
    """Print the outcome for people: one line per table, then what is broken, causes before symptoms."""
    table = RichTable(title=f"Game dates {summary.start} to {summary.end}", title_justify="left", box=box.SIMPLE_HEAD)
    for heading, width in (("suite", 31), ("checks", 6), ("failed", 6), ("warned", 6)):
        table.add_column(heading, justify="left" if heading == "suite" else "right", no_wrap=True, min_width=width)
    rest = max(20, console.width - 66)  # what the other columns leave
    table.add_column("worst observed", overflow="ellipsis", no_wrap=True, max_width=rest)
    counts = Counter(found.table for found in summary.findings)
    for name, count in counts.items():
        failed = [found for found in summary.errors if found.table == name]
        warned = [found for found in summary.warnings if found.table == name]
        worst = next(iter([*failed, *warned]), None)
        shown = f"{worst.expectation}: {worst.column_name} {worst.observed}" if worst else ""
        colour = "red" if failed else "yellow" if warned else "green"
        table.add_row(f"[{colour}]{name}[/]", str(count), str(len(failed)), str(len(warned)), escape(shown))
    console.print(table)
    for colour, word, entries in (("yellow", "warning", summary.warnings), ("red", "failed", summary.errors)):
        ordered = sorted(entries, key=lambda found: (found.table, found.column_name) in summary.causes)
        for found in ordered[:SHOWN]:
            console.print(f"[{colour}]{word}[/] {escape(_sentence(found, summary))}", soft_wrap=True)
        if len(ordered) > SHOWN:
            console.print(f"[{colour}]{word}[/] and {len(ordered) - SHOWN} more, in the Data Docs and --json")
    verdict = "[red]not sound[/]" if summary.errors else "[green]sound[/]"
    console.print(
        f"{summary.game_dates} game dates, {len(summary.findings):,} expectations: {len(summary.errors)} failed, "
        f"{len(summary.warnings)} warned in {summary.seconds:.1f} s: {verdict}",
        soft_wrap=True,
    )
    if summary.docs:
        console.print(f"Data Docs: {summary.docs}", soft_wrap=True, highlight=False)


def as_document(summary: ValidationSummary) -> dict[str, Any]:
    """The outcome for programs: totals per table and every broken expectation with its causes."""
    return {
        "run_id": summary.run_id,
        "start": summary.start,
        "end": summary.end,
        "seconds": summary.seconds,
        "game_dates": summary.game_dates,
        "success": not summary.errors,
        "expectations": dict(Counter(found.table for found in summary.findings)),
        "broken": [
            {**asdict(found), "caused_by": summary.causes.get((found.table, found.column_name), [])}
            for found in [*summary.errors, *summary.warnings]
        ],
        "docs": summary.docs,
    }


def _sentence(found: Finding, summary: ValidationSummary) -> str:
    causes = summary.causes.get((found.table, found.column_name))
    because = f" (caused by {', '.join(causes)})" if causes else ""
    return (
        f"{found.suite} {found.column_name}: {found.expectation}: {found.observed}; expected {found.expected}{because}"
    )


def _causes(findings: list[Finding], parents: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    """Broken (table, column) -> the broken columns above it, so that a symptom is not taken for a cause.

    A table of which rows are missing is a cause of everything that is made from it.
    """
    broken = {(found.table, found.column_name) for found in findings if not found.success}
    emptied = {found.table for found in findings if not found.success and found.column_name in ROWS_MISSING}
    causes = {}
    for table, column in broken:
        above = [
            f"{parent}.{parent_column}"
            for parent, parent_column in parents.get(table, {}).get(column, ())
            if (parent, parent_column) in broken or parent in emptied
        ]
        if above:
            causes[table, column] = above
    return causes


def _compiled(target: str, warehouse: Path, start: date, end: date) -> dict[str, Any]:
    """The manifest, with the counts of what is expected compiled for the range."""
    with environment((str(start), str(end)), warehouse):
        (result,) = invoke(["compile", "--select", EXPECTED], target).results
    if str(result.status) in RED:
        raise BackfillError(f"dbt cannot compile the project: {' '.join(str(result.message).split())}")
    return read_manifest()


def _docs_folder(docs: Path | None) -> Path:
    """An empty folder for the Data Docs. One that holds other things is left alone."""
    folder = docs.absolute() if docs else project_root() / DEFAULT_DOCS
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / "index.html").is_file():
            raise BackfillError(f"{folder} holds files that are not Data Docs", "choose an empty folder with --docs")
        shutil.rmtree(folder)
    return folder


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BackfillError(f"{text} is not a date; write YYYY-MM-DD") from error


def _quoted(day: date) -> str:
    return f"cast('{day}' as date)"
