"""One writer: whoever builds a warehouse holds its lease. A second run waits, or is told who holds it."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from backfill.base.console import error_console
from backfill.base.dbt import variables
from backfill.base.errors import BackfillError
from backfill.base.warehouse import Warehouse

#: Read by macros/ledger/lease.sql and written to nba_orchestration.invocations.
OWNER_VARIABLE = "NBA_RUN_OWNER"


@contextmanager
def lease(warehouse: Warehouse, what: str) -> Iterator[None]:
    """Hold the warehouse for a whole command; `what` it does is shown to others. Waits for warehouse.wait_seconds.

    DuckDB: a lock of the operating system on <file>.lease, which a killed owner cannot keep. It covers the time between
    two dbt invocations of one command, too, when DuckDB itself locks nothing. BigQuery: the open invocations are the
    lease, see macros/ledger/lease.sql. Raises BackfillError, naming the owner, when it stays taken.
    """
    owner = (
        f"backfill {what}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC by {getpass.getuser()} "
        f"on {socket.gethostname()} (process {os.getpid()})"
    )
    with variables({OWNER_VARIABLE: owner}):
        if not warehouse.is_duckdb:
            yield
            return
        warehouse.path.parent.mkdir(parents=True, exist_ok=True)
        card = warehouse.path.with_name(f"{warehouse.path.name}.owner")
        lock = FileLock(f"{warehouse.path}.lease")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            taken = f"warehouse {warehouse.path} is in use by {_read(card)}"
            error_console.print(f"waiting: {taken}", highlight=False, soft_wrap=True)
            try:
                lock.acquire(timeout=warehouse.wait_seconds)
            except Timeout:
                hint = f"the same command again when it is done, or --wait longer than {warehouse.wait_seconds} seconds"
                raise BackfillError(f"warehouse {warehouse.path} is in use by {_read(card)}", hint) from None
        try:
            card.write_text(owner, encoding="utf-8")
            yield
        finally:
            card.unlink(missing_ok=True)
            lock.release()


def _read(card: Path) -> str:
    try:
        return card.read_text(encoding="utf-8") or "another run"
    except FileNotFoundError:
        return "another run"
