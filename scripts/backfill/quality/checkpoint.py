"""Runs the suites as one Great Expectations checkpoint, on a warehouse that is opened read-only."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import great_expectations as gx
import sqlalchemy

from backfill.base.errors import BackfillError
from backfill.quality.contract import ERROR
from backfill.quality.gx_fixes import fix_great_expectations

SITE = "warehouse"


fix_great_expectations()


@dataclass(frozen=True)
class Suite:
    """A named list of expectations and the query they look at."""

    name: str
    query: str
    expectations: Sequence[Any]


@dataclass(frozen=True)
class Finding:
    """The outcome of one expectation; a row of nba_orchestration.validation_results."""

    suite: str
    table: str
    expectation: str
    column_name: str
    success: bool
    observed: str
    expected: str
    severity: str

    @property
    def is_error(self) -> bool:
        """Does it make the validation fail?"""
        return not self.success and self.severity == ERROR


class Warehouse:
    """A read-only connection of GX to the warehouse, with the queries that set up the suites."""

    def __init__(self, url: str, docs: Path | None) -> None:
        self._opened: list[Any] = []
        sqlalchemy.event.listen(sqlalchemy.pool.Pool, "connect", self._remember)
        warnings.filterwarnings("ignore", module="great_expectations|duckdb_sqlalchemy|marshmallow")
        self.context = gx.get_context(mode="ephemeral")
        self.context.variables.analytics_enabled = False
        self.context.variables.progress_bars = {"globally": False}
        self.docs = docs
        for site in list(self.context.get_site_names()):
            self.context.delete_data_docs_site(site)
        if docs:
            store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs)}
            self.context.add_data_docs_site(
                SITE,
                {
                    "class_name": "SiteBuilder",
                    "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                    "site_section_builders": {"expectations": "None"},  # the validations show them, with their results
                    "show_how_to_buttons": False,
                    "store_backend": store,
                },
            )
        self.source = self.context.data_sources.add_sql(
            name="nba", connection_string=url, create_temp_table=url.startswith("duckdb")
        )
        self.engine = self.source.get_execution_engine()

    def query(self, sql: str) -> list[Any]:
        """Rows of a query."""
        return list(self.engine.execute_query(sqlalchemy.text(sql.replace(":", r"\:"))).fetchall())

    def run(self, suites: Sequence[Suite], name: str) -> list[Finding]:
        """Run all suites as checkpoint `name`; writes Data Docs when there is a folder for them.

        Raises BackfillError when an expectation could not be evaluated: a check that errs is not a check that passes.
        """
        definitions = []
        for suite in suites:
            asset = self.source.add_query_asset(name=suite.name, query=suite.query)
            definitions.append(
                self.context.validation_definitions.add(
                    gx.ValidationDefinition(
                        name=suite.name,
                        data=asset.add_batch_definition_whole_table("range"),
                        suite=self.context.suites.add(
                            gx.ExpectationSuite(name=suite.name, expectations=list(suite.expectations))
                        ),
                    )
                )
            )
        checkpoint = gx.Checkpoint(
            name=name,
            validation_definitions=definitions,
            result_format={"result_format": "BASIC", "partial_unexpected_count": 5},
        )
        outcome = self.context.checkpoints.add(checkpoint).run()
        if self.docs:  # once, not as an action of the checkpoint, which would build the index again for every suite
            self.context.build_data_docs(site_names=[SITE])
        queries = {suite.name: suite.query for suite in suites}
        return [
            self._finding(run.suite_name, queries[run.suite_name], result)
            for run in outcome.run_results.values()
            for result in run.results
        ]

    def close(self) -> None:
        """Let go of the file: GX keeps connections that no engine knows of, and DuckDB allows no writer beside them."""
        sqlalchemy.event.remove(sqlalchemy.pool.Pool, "connect", self._remember)
        self.engine.close()
        for connection in self._opened:
            connection.close()

    def _finding(self, suite: str, query: str, result: Any) -> Finding:
        meta, arguments = result.expectation_config.meta, result.expectation_config.kwargs
        raised = _exception(result.exception_info)
        if raised:
            what = f"{meta['kind']} of {meta['column'] or 'the table'}"
            raise BackfillError(f"{suite}: {what} could not be checked: {raised}")
        observed = _observed(result.result or {})
        if not result.success and meta["batch"] == "days" and "column" in arguments:
            observed += f" on {self._dates(query, arguments)}"
        return Finding(
            suite=suite,
            table=meta["table"],
            expectation=meta["kind"],
            column_name=meta["column"],
            success=bool(result.success),
            observed=observed,
            expected=_expected(arguments),
            severity=meta["severity"],
        )

    def _dates(self, query: str, arguments: dict[str, Any]) -> str:
        """The dates whose value is out of bounds, the first few."""
        column = arguments["column"]
        bounds = [f"{column} < {arguments['min_value']}"] if arguments.get("min_value") is not None else []
        bounds += [f"{column} > {arguments['max_value']}"] if arguments.get("max_value") is not None else []
        rows = self.query(f"select game_date from ({query}) as days where {' or '.join(bounds)} order by game_date")
        shown = ", ".join(str(row[0]) for row in rows[:5])
        return f"{shown} and {len(rows) - 5} more" if len(rows) > 5 else shown

    def _remember(self, connection: Any, _: object) -> None:
        self._opened.append(connection)


def _exception(info: dict[str, Any] | None) -> str | None:
    """The message of the exception, if the expectation raised one; GX nests them by metric."""
    nested = [info, *(info or {}).values()] if isinstance(info, dict) else []
    for entry in nested:
        if isinstance(entry, dict) and entry.get("raised_exception"):
            return str(entry.get("exception_message")).partition("\n\n")[0]
    return None


def _observed(result: dict[str, Any]) -> str:
    """What was seen: a value, or how many rows are wrong with a few of their values."""
    if "unexpected_count" in result and result.get("element_count") is not None:
        wrong = result["unexpected_count"] or 0
        examples = json.dumps(result.get("partial_unexpected_list", [])[:3], default=str)
        share = result.get("unexpected_percent") or 0.0
        shown = f": {examples}" if wrong and examples != "[]" else ""
        return f"{wrong:,} of {result['element_count']:,} ({share:.2f} %){shown}"[:400]
    rows = (result.get("details") or {}).get("unexpected_rows")
    if rows:
        return f"{len(rows)} rows: {json.dumps(rows[:3], default=str)}"[:400]
    return str(result.get("observed_value", ""))


def _expected(arguments: dict[str, Any]) -> str:
    """The arguments of the expectation in a few words."""
    parts = []
    low, high = arguments.get("min_value"), arguments.get("max_value")
    if low is not None or high is not None:
        parts.append(f"{'' if low is None else low} to {'' if high is None else high}")
    if "value_set" in arguments:
        parts.append(f"{arguments['value_set']}")
    if "column_A" in arguments:
        parts.append(f"{arguments['column_A']} >= {arguments['column_B']}")
    if arguments.get("mostly") is not None and arguments["mostly"] < 1:
        parts.append(f"in {100 * arguments['mostly']:g} % of the rows")
    if arguments.get("row_condition") is not None:
        parts.append(f"where {arguments['row_condition']}")
    if arguments.get("description"):
        parts.append(arguments["description"])
    return ", ".join(parts)[:400]
