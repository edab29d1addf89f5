"""dbt in this process: the environment it reads, a live display of its events, and its errors in one sentence."""

from __future__ import annotations

import errno
import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from backfill.base.console import console
from backfill.base.errors import BackfillError, error_of
from backfill.base.project import WAREHOUSE_VARIABLE, project_root

#: A window of no game: models are created and nothing is built.
NO_DATES = ("1950-07-01", "1950-07-01")
RED = {"error", "fail", "runtime error"}
#: DBT_ variables that say where to write or hold secrets; the others belong to dbt when the user starts it himself.
KEPT = re.compile(r"DBT_(TARGET_PATH|LOG_PATH|LOG_FORMAT.*|ENV_SECRET_.*|ENV_CUSTOM_ENV_.*|SQLPARSE|PARTIAL_PARSE.*)$")


@contextmanager
def environment(window: tuple[str, str], path: Path, note: str | None = None, **more: str) -> Iterator[None]:
    """Hand window, warehouse and note to dbt through the environment, which keeps its parsed project valid."""
    wanted = {"NBA_WINDOW_START": window[0], "NBA_WINDOW_END": window[1], WAREHOUSE_VARIABLE: str(path)}
    with variables(wanted | {"NBA_RUN_NOTE": note or ""} | more):
        yield


@contextmanager
def variables(wanted: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables and put back what they were."""
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def run_command(arguments: list[str], target: str, callbacks: list[Any] | None = None) -> Any:
    """Run one dbt command and return its outcome (`success`, `result`); the warehouse is closed again.

    Raises BackfillError when dbt refuses the command before it runs a node (bad dates, broken project, lock).
    """
    from dbt.cli.main import dbtRunner  # importing dbt takes more than a second

    root = project_root()
    quiet = ["--log-level", "none", "--no-use-colors", "--no-print"]
    where = ["--project-dir", str(root), "--profiles-dir", str(root), "--target", target]
    try:
        with _own_environment():
            outcome = dbtRunner(callbacks=callbacks or []).invoke([*arguments, *quiet, *where])
    finally:
        _close(target)
    if outcome.result is None:
        raise _refusal(outcome.exception)
    return outcome


@contextmanager
def _own_environment() -> Iterator[None]:
    """Without DBT_ variables that another project left: they leave out checks, empty inputs or choose a target."""
    foreign = {name: value for name, value in os.environ.items() if name.startswith("DBT_") and not KEPT.match(name)}
    for name in foreign:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(foreign)


def invoke(arguments: list[str], target: str, callbacks: list[Any] | None = None) -> Any:
    """Run one dbt command that runs nodes, and return its result with their `results`. Raises as run_command()."""
    outcome = run_command(arguments, target, callbacks)
    if not hasattr(outcome.result, "results"):
        raise _refusal(outcome.exception)
    return outcome.result


def invoke_with_progress(arguments: list[str], target: str, title: str = "") -> list[Any]:
    """Run dbt and draw its events; returns the node results, whatever their status. Raises as invoke()."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[title]}{task.description:<58}"),
        BarColumn(24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[red]{task.fields[failed]} failed"),
    )
    lock = threading.Lock()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("reading the project", total=None, failed=0, title=title and f"{title} ")
        failed = 0

        def on_event(event: Any) -> None:
            nonlocal failed
            with lock:
                name = event.info.name
                if name == "LogStartLine":
                    node = event.data.node_info
                    progress.update(task, total=event.data.total, description=f"{node.resource_type} {node.node_name}")
                elif name == "NodeFinished":
                    failed += event.data.run_result.status in RED
                    progress.update(task, advance=1, failed=failed)

        return list(invoke(arguments, target, [on_event]).results)


def show(sql: str, target: str) -> list[Mapping[str, Any]]:
    """Rows of a query through dbt, on any target; `sql` may use ref() and macros. Raises BackfillError if it fails."""
    result = invoke(["show", "--inline", sql, "--limit", "-1"], target).results[0]
    if result.agate_table is None:
        raise BackfillError(f"query failed: {' '.join(str(result.message).split())}")
    table = result.agate_table
    return [dict(zip(table.column_names, row, strict=True)) for row in table.rows]


def _close(target: str) -> None:
    """dbt keeps a DuckDB file open for its next command; nobody else could use it meanwhile."""
    if target == "duckdb":
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        DuckDBConnectionManager.close_all_connections()


def _refusal(exception: BaseException | None) -> BackfillError:
    """What dbt raised, in a sentence. An interrupt is raised as one."""
    if isinstance(exception, KeyboardInterrupt):
        raise exception
    if isinstance(exception, OSError) and exception.errno in (errno.EROFS, errno.EACCES):
        return BackfillError(
            f"{exception.filename or 'the project'} cannot be written: {exception.strerror}",
            "set DBT_TARGET_PATH and DBT_LOG_PATH to folders that can be written",
        )
    return error_of(_reason(exception))


def _reason(exception: BaseException | None) -> str:
    """dbt's message without its wrapping."""
    text = str(getattr(exception, "msg", None) or exception or "dbt stopped without saying why; see logs/dbt.log")
    return " ".join(text.split())
