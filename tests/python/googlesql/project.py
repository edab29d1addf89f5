"""The dbt project as GoogleSQL: compiled for BigQuery with nothing listening, then type-checked node by node."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from googlesql.engine import GoogleSQL, GoogleSQLError, parse_type, type_name
from googlesql.portability import complaints

#: What dbt-bigquery appends to the name of a table that it fills before a MERGE.
SCRATCH = r"(__dbt_tmp|__candidates)"

#: Copied to compile; everything else of the checkout has no part in it.
PROJECT_PARTS = ("dbt_project.yml", "profiles.yml", "models", "macros", "seeds", "analyses", "tests")
COMPILE_SECONDS = 120
#: Nobody listens there: a query during compilation fails at once.
NOWHERE = "http://127.0.0.1:1"
DATES = ("2022-01-10", "2022-01-12")

#: An analysis put into the copy: the project's own MERGE, with marks where dbt puts a model and its columns.
MERGE_ANALYSIS = "googlesql_merge"
MODEL_MARK, COLUMNS_MARK, TARGET_MARK = "googlesql_model", "googlesql_columns", "googlesql_target"
MERGE_TEMPLATE = f"""
{{{{ merge_of_clean_rows(
    '({MODEL_MARK})', '{TARGET_MARK}', adapter.parse_partition_by(by_game_date()), [{{'name': '{COLUMNS_MARK}'}}],
    {{'dates': ['2022-01-10'], 'games': [], 'flags': {{}}, 'stays': {{'dates': [], 'games': []}}}}
) }}}}
"""


@dataclass(frozen=True)
class Problem:
    """One thing that BigQuery would refuse, or would take another way than DuckDB. `line` is of the compiled text."""

    node: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.node}{f' line {self.line}' if self.line else ''}: {self.message}"


@dataclass
class Report:
    """Outcome of a check: problems, what was checked, and the output columns of every model."""

    problems: list[Problem] = field(default_factory=list)
    checked: dict[str, list[str]] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def compile_for_bigquery(project: Path, scratch: Path, dates: tuple[str, str] = DATES) -> dict[str, Any]:
    """The manifest, compiled for a range, of a copy of the project in `scratch`. Raises RuntimeError if dbt fails.

    A copy that is there serves again, with what dbt parsed of it.
    """
    copy = scratch / "project"
    if not copy.exists():
        _copy_project(project, copy)
    run_dbt(copy, scratch, "compile", "--target", "bigquery_local", NBA_WINDOW_START=dates[0], NBA_WINDOW_END=dates[1])
    return json.loads((scratch / "target" / "manifest.json").read_text())


def _copy_project(project: Path, copy: Path) -> None:
    for part in PROJECT_PARTS:
        source = project / part
        if source.is_dir():
            shutil.copytree(source, copy / part, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        elif source.exists():
            copy.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy / part)
    (copy / "analyses").mkdir(exist_ok=True)
    (copy / "analyses" / f"{MERGE_ANALYSIS}.sql").write_text(MERGE_TEMPLATE)


def run_dbt(project: Path, scratch: Path, command: str, *arguments: str, **environment: str) -> None:
    """Run dbt without cache and without queries, in a process of its own. Raises RuntimeError with its output."""
    outcome = subprocess.run(
        [
            *(sys.executable, "-c", "from dbt.cli.main import cli; cli()", command, *arguments),
            *("--project-dir", str(project), "--profiles-dir", str(project)),
            *("--target-path", str(scratch / "target"), "--log-path", str(scratch / "logs")),
            *("--no-populate-cache", "--no-introspect", "--no-use-colors"),
        ],
        cwd=scratch,
        env={**os.environ, "NBA_BIGQUERY_ENDPOINT": NOWHERE, **environment},
        capture_output=True,
        text=True,
        timeout=COMPILE_SECONDS,
        check=False,
    )
    if outcome.returncode:
        raise RuntimeError(f"dbt {command} failed:\n{outcome.stdout}{outcome.stderr}")


def check_manifest(manifest: Mapping[str, Any]) -> Report:
    """Type-check every model in DAG order, then every test and analysis, and what dbt would execute for a model."""
    report = Report()
    catalog = GoogleSQL()
    nodes = manifest["nodes"]
    tables = [*manifest["sources"].values(), *_of_type(nodes, "seed")]
    for table in tables:
        _add_table(catalog, table, _declared_types(table, report.problems), report.problems)
        _count(report, table)
    merge = merge_template(manifest)
    for generation in _generations(list(_of_type(nodes, "model", "snapshot"))):
        found = [(model, _analyze(catalog, model, report)) for model in generation]
        for model, columns in found:
            # what reads a model that failed is still checked, against the declared columns
            known = _declared_types(model, []) if columns is None else columns
            _add_table(catalog, model, known, [] if columns is None else report.problems)
        for model, columns in found:
            if columns is None:
                continue
            report.outputs[model["name"]] = columns
            report.problems += _differences_from_yaml(model, columns)
            for statement in executed_statements(model, columns, merge):
                report.problems += _complaints(model, statement)
                _analyze_text(catalog, model, statement, report)
    for node in _of_type(nodes, "test", "analysis"):
        if node["name"] != MERGE_ANALYSIS:
            _analyze(catalog, node, report)
    return report


def check_statements(
    manifest: Mapping[str, Any], outputs: Mapping[str, Mapping[str, str]], statements: Iterable[str]
) -> list[Problem]:
    """
    Parse and type-check what was really sent, in its order: hooks, MERGEs, queries inside of macros. Tables are known
    from the manifest, from `outputs` (of a Report on it) and from the statements that create them.
    """
    problems: list[Problem] = []
    catalog = GoogleSQL()
    tables = [*manifest["sources"].values(), *_of_type(manifest["nodes"], "seed")]
    known = {_relation_of(table) for table in tables}
    for table in tables:
        _add_table(catalog, table, _declared_types(table, problems), problems)
    for model in _of_type(manifest["nodes"], "model"):
        if model["name"] in outputs:
            _add_table(catalog, model, outputs[model["name"]], problems)
    kept_aside = {
        f"`nba_orchestration`.`held__{model['name']}`": f"`{model['schema']}`.`{model['alias']}`"
        for model in _of_type(manifest["nodes"], "model")
    }
    for statement in statements:
        for aside, model in kept_aside.items():  # has the columns of its model
            statement = statement.replace(aside, model)
        node = {"unique_id": " ".join(statement.split())[:240]}
        problems += _complaints(node, statement)
        try:
            for tree in sqlglot.parse(statement, dialect="bigquery"):
                _remember_created(catalog, tree, known)
            # a scratch table has the columns of the table it is merged into
            catalog.analyze(re.sub(rf"{SCRATCH}\w*", "", statement).strip().rstrip(";"))
        except (SqlglotError, GoogleSQLError) as error:
            problems.append(Problem(node["unique_id"], str(error)))
    return problems


def _relation_of(node: Mapping[str, Any]) -> tuple[str, str]:
    return node["schema"], node.get("alias") or node["identifier"]


def _remember_created(catalog: GoogleSQL, tree: exp.Expr | None, known: set[tuple[str, str]]) -> None:
    """Make known a table that a hook creates with its columns."""
    if isinstance(tree, exp.Create) and isinstance(tree.this, exp.Schema):
        table = tree.this.this
        if (table.db, table.name) not in known:
            columns = {column.name: column.kind.sql(dialect="bigquery") for column in tree.this.expressions}
            catalog.add_table(table.catalog, table.db, table.name, columns)
            known.add((table.db, table.name))


def _of_type(nodes: Mapping[str, Any], *resource_types: str) -> Iterator[dict[str, Any]]:
    return (node for node in nodes.values() if node["resource_type"] in resource_types)


def _generations(models: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The models in build order, in groups that do not read each other: one catalog serves a group."""
    by_id = {model["unique_id"]: model for model in models}
    order = TopologicalSorter({key: model["depends_on"]["nodes"] for key, model in by_id.items()})
    order.prepare()
    while order.is_active():
        ready = order.get_ready()
        order.done(*ready)
        if group := [by_id[key] for key in ready if key in by_id]:
            yield group


def _declared_types(table: Mapping[str, Any], problems: list[Problem]) -> dict[str, str]:
    """Column -> type as the YAML says; a column of a source or seed without a type is a problem."""
    declared = {name: column.get("data_type") for name, column in table["columns"].items()}
    declared |= table["config"].get("column_types") or {}
    problems += [
        Problem(table["unique_id"], f"column {name} has no data_type") for name, kind in declared.items() if not kind
    ]
    return {name: kind for name, kind in declared.items() if kind}


def _add_table(
    catalog: GoogleSQL, table: Mapping[str, Any], columns: Mapping[str, str], problems: list[Problem]
) -> None:
    known = {}
    for name, data_type in columns.items():
        try:
            parse_type(data_type)
            known[name] = data_type
        except ValueError as error:
            problems.append(Problem(table["unique_id"], f"column {name}: {error}"))
    catalog.add_table(table["database"], table["schema"], table.get("alias") or table["identifier"], known)


def _count(report: Report, node: Mapping[str, Any]) -> None:
    report.checked.setdefault(node["resource_type"], []).append(node["unique_id"])


def _analyze(catalog: GoogleSQL, node: Mapping[str, Any], report: Report) -> dict[str, str] | None:
    """Output columns of a node, or None after noting why there are none."""
    _count(report, node)
    if not node.get("compiled_code"):
        report.problems.append(Problem(node["unique_id"], "dbt did not compile it"))
        return None
    report.problems += _complaints(node, node["compiled_code"])
    return _analyze_text(catalog, node, node["compiled_code"], report)


def _complaints(node: Mapping[str, Any], sql: str) -> list[Problem]:
    return [Problem(node["unique_id"], complaint.message, complaint.line) for complaint in complaints(sql)]


def _analyze_text(catalog: GoogleSQL, node: Mapping[str, Any], sql: str, report: Report) -> dict[str, str] | None:
    try:
        return catalog.analyze(sql)
    except GoogleSQLError as error:
        report.problems.append(Problem(node["unique_id"], error.message, error.line))
        return None


def _differences_from_yaml(model: Mapping[str, Any], columns: Mapping[str, str]) -> Iterator[Problem]:
    """Columns that the YAML types otherwise than the SQL; with a contract, also columns that it does not mention."""
    declared = {name: column.get("data_type") for name, column in model["columns"].items()}
    for name, data_type in declared.items():
        if name not in columns:
            yield Problem(model["unique_id"], f"column {name} is declared but not selected")
        elif data_type:
            try:
                wanted = type_name(parse_type(data_type))
            except ValueError as error:
                yield Problem(model["unique_id"], f"column {name}: {error}")
                continue
            if wanted != columns[name]:
                yield Problem(model["unique_id"], f"column {name} is declared {data_type} but is {columns[name]}")
    if model["config"].get("contract", {}).get("enforced"):
        for name in columns:
            if not declared.get(name):
                yield Problem(model["unique_id"], f"column {name} is selected but not in the contract")


def merge_template(manifest: Mapping[str, Any]) -> str | None:
    """The project's MERGE as compiled, with marks for the model; None in a manifest that was made without it."""
    analyses = _of_type(manifest["nodes"], "analysis")
    return next((node["compiled_code"] for node in analyses if node["name"] == MERGE_ANALYSIS), None)


def executed_statements(model: Mapping[str, Any], columns: Iterable[str], merge: str | None) -> Iterator[str]:
    """
    What dbt sends for a table or an incremental model: the first build and, of an incremental model, the MERGE. The
    model's own SQL is known to be right by now, so that its rows stand in for it.
    """
    config = model["config"]
    if config["materialized"] not in ("table", "incremental"):
        return
    relation = ".".join(f"`{model[part]}`" for part in ("database", "schema", "alias"))
    rows = f"select * from {relation}"
    partition, cluster = config.get("partition_by"), config.get("cluster_by") or []
    yield (
        f"create or replace table {relation}"
        + (f" partition by {partition['field']}" if partition else "")
        + (f" cluster by {', '.join([cluster] if isinstance(cluster, str) else cluster)}" if cluster else "")
        + f" as ({rows})"
    )
    if config["materialized"] == "incremental" and merge:
        yield (
            merge.replace(TARGET_MARK, relation)
            .replace(f"`{COLUMNS_MARK}`", ", ".join(f"`{name}`" for name in columns))
            .replace(MODEL_MARK, rows)
        )
