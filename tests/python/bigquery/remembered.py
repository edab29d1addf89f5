"""What the emulator remembers of its catalog: asking DuckDB for each table of each statement is a fifth of its time."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from crucible.engine.catalog import Catalog
from crucible.engine.pipeline import ExecContext

#: These change rows, not tables.
ROWS_ONLY = re.compile(r"\s*(select|with|insert|merge|update|delete)\b", re.IGNORECASE)
#: These change the tables that they name, and no other.
NAMED = re.compile(r"\s*(create( or replace)?|alter|drop) (table|view)\b", re.IGNORECASE)


def remember_tables() -> None:
    """Let the emulator ask once for a table until a statement names or may have changed it."""
    answers = _Answers()
    ask, run = Catalog._rows, ExecContext.run_sql

    def rows(catalog: Catalog, sql: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
        if sql.startswith("select"):
            return answers.of((sql, *(params or ())), lambda: ask(catalog, sql, params))
        with answers.changing(f"{sql} {params}", named=sql.startswith(("insert", "delete"))):
            return ask(catalog, sql, params)

    def run_sql(context: ExecContext, sql: str, *arguments: Any, **options: Any) -> Any:
        if ROWS_ONLY.match(sql):
            return run(context, sql, *arguments, **options)
        with answers.changing(sql, named=bool(NAMED.match(sql))):
            return run(context, sql, *arguments, **options)

    Catalog._rows, ExecContext.run_sql = rows, run_sql


class _Answers:
    """Question -> rows. The last word of a question is the name that it asks about."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
        self._changes = 0
        self._lock = threading.Lock()

    def of(self, question: tuple[Any, ...], ask: Callable[[], list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
        """The rows; an answer that a change overtook is not kept."""
        with self._lock:
            changes, known = self._changes, self._known.get(question)
        if known is not None:
            return known
        found = ask()
        with self._lock:
            if changes == self._changes:
                self._known[question] = found
        return found

    @contextmanager
    def changing(self, statement: str, *, named: bool) -> Iterator[None]:
        """Around a statement that changes the tables it names, or any: forget them before and after."""
        changed = statement.lower() if named else None
        self._forget(changed)
        try:
            yield
        finally:
            self._forget(changed)

    def _forget(self, statement: str | None) -> None:
        """Everything, or what a statement names."""
        with self._lock:
            self._changes += 1
            self._known = {
                question: rows
                for question, rows in self._known.items()
                if statement is not None and str(question[-1]).lower() not in statement
            }
