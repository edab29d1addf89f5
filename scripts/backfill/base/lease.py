"""One writer: whoever builds a warehouse holds its lease. A second run waits, or is told who holds it."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from backfill.base.console import error_console
from backfill.base.dbt import variables
from backfill.base.errors import BackfillError, WarehouseInUse
from backfill.base.warehouse import Warehouse

#: Read by macros/ledger/lease.sql and written to nba_orchestration.invocations.
OWNER_VARIABLE = "NBA_RUN_OWNER"

KEPT_COLUMNS = """
    select string_agg(column_name, ', ' order by column_index) from duckdb_columns()
    where database_name = current_database() and schema_name = 'nba_orchestration' and table_name = 'invocation_events'
        and column_name not in ('finished_at', 'status')
"""
LEFT_OPEN = """
    from nba_orchestration.invocation_events where status = 'running' and invocation_id not in (
        select invocation_id from nba_orchestration.invocation_events where status <> 'running'
    )
"""


@contextmanager
def lease(warehouse: Warehouse, what: str) -> Iterator[None]:
    """Hold the warehouse for a whole command; `what` it does is shown to others. Waits for warehouse.wait_seconds.

    DuckDB: a lock of the operating system on <file>.lease, which a killed owner cannot keep. It covers the time between
    two dbt invocations of one command, too, when DuckDB itself locks nothing. BigQuery: the open invocations are the
    lease, see macros/ledger/lease.sql. Raises BackfillError, naming the owner, when it stays taken.
    """
    owner = (
        f"backfill {what}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC by {_user()} "
        f"on {socket.gethostname()} (process {os.getpid()})"
    )
    with variables({OWNER_VARIABLE: owner}):
        if not warehouse.is_duckdb:
            yield
            return
        card = warehouse.path.with_name(f"{warehouse.path.name}.owner")
        lock = FileLock(f"{warehouse.path}.lease")
        try:
            warehouse.path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
        except Timeout:
            taken = f"warehouse {warehouse.path} is in use by {_read(card)}"
            error_console.print(f"waiting: {taken}", highlight=False, soft_wrap=True)
            try:
                lock.acquire(timeout=warehouse.wait_seconds)
            except Timeout:
                hint = f"the same command again when it is done, or --wait longer than {warehouse.wait_seconds} seconds"
                raise WarehouseInUse(f"warehouse {warehouse.path} is in use by {_read(card)}", hint) from None
        except OSError as error:
            raise BackfillError(
                f"{warehouse.path.parent} cannot be written ({error.strerror}), and a build needs a lock file there",
                "copy the warehouse to a folder that can be written, and name it with --warehouse",
            ) from error
        try:
            card.write_text(owner, encoding="utf-8")
            _close_dead_runs(warehouse)
            yield
        except KeyboardInterrupt:
            _close_dead_runs(warehouse)
            raise
        finally:
            card.unlink(missing_ok=True)
            lock.release()


def close_dead_runs(warehouse: Warehouse) -> None:
    """Close what killed runs left open, so that they do not count as running. Does nothing while somebody builds."""
    if not warehouse.is_duckdb or not warehouse.path.is_file():
        return
    lock = FileLock(f"{warehouse.path}.lease")
    try:
        with lock.acquire(timeout=0):
            _close_dead_runs(warehouse)
    except (Timeout, OSError, WarehouseInUse):
        return  # somebody works on it, or nothing may be written: then the ledger says what it said


def _close_dead_runs(warehouse: Warehouse) -> None:
    """The lease is held: whoever left an invocation open on this file is dead."""
    if not warehouse.path.is_file():
        return
    warehouse = replace(warehouse, wait_seconds=0)  # who reads or builds meanwhile has not left it open
    try:
        _close_left_open(warehouse)
    except WarehouseInUse:
        return


def _close_left_open(warehouse: Warehouse) -> None:
    with warehouse.connection() as connection:
        kept = connection.execute(KEPT_COLUMNS).fetchone()
        if not kept or not kept[0] or not connection.execute(f"select count(*) {LEFT_OPEN}").fetchone()[0]:
            return
    with warehouse.connection(read_only=False) as connection:
        connection.execute(
            f"insert into nba_orchestration.invocation_events ({kept[0]}, finished_at, status) "
            f"select {kept[0]}, cast(now() as timestamp), 'killed' {LEFT_OPEN}"
        )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        return f"user {os.getuid()}"


def _read(card: Path) -> str:
    try:
        return card.read_text(encoding="utf-8") or "another run"
    except FileNotFoundError:
        return "another run"
