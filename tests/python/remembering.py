"""What dbt need not work out twice in one process of tests, where many invocations read the same project."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import dbt.compilation
import jinja2
from dbt.artifacts.resources.v1.components import InjectedCTE
from dbt_common.clients.jinja import MacroFuzzEnvironment
from dbt_common.tests import enable_test_caching


def remember_what_was_parsed() -> None:
    """Keep what comes of a text alone: dbt's own switch for parsing, Jinja's code, and queries with their CTEs."""
    enable_test_caching()
    _remember_compiled_templates()
    _remember_injected_ctes()


def _remember_compiled_templates() -> None:
    compile_template, known = jinja2.Environment.compile, {}

    def compile_once(environment: jinja2.Environment, source: Any, *arguments: Any, **options: Any) -> Any:
        if arguments or options or not isinstance(source, str) or not isinstance(environment, MacroFuzzEnvironment):
            return compile_template(environment, source, *arguments, **options)
        text = type(environment), source
        if text not in known:
            known[text] = compile_template(environment, source)
        return known[text]

    jinja2.Environment.compile = compile_once


def _remember_injected_ctes() -> None:
    inject = dbt.compilation.inject_ctes_into_sql

    @lru_cache(maxsize=500)
    def inject_once(sql: str, ctes: tuple[tuple[str, str], ...]) -> str:
        return inject(sql, [InjectedCTE(id=name, sql=query) for name, query in ctes])

    dbt.compilation.inject_ctes_into_sql = lambda sql, ctes: inject_once(sql, tuple((cte.id, cte.sql) for cte in ctes))
