"""What Great Expectations 1.x lacks for DuckDB, what makes it slow, and what nobody needs to be told."""

from __future__ import annotations

import enum
import logging
from collections.abc import Iterable
from typing import Any

import great_expectations.execution_engine.sqlalchemy_execution_engine as gx_engine
from great_expectations.expectations.expectation import Expectation


class _Dialect(str, enum.Enum):  # noqa: UP042  GX compares with str members, as its own GXSqlDialect
    DUCKDB = "duckdb"


def fix_great_expectations() -> None:
    """Keep DuckDB's connections open, read the arguments of an expectation once, and log errors alone."""
    # the second has a level of its own, and tells of a temporary folder
    for name in ("great_expectations", "great_expectations.data_context.types.base"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # GX closes a connection before it fetches, and with it DuckDB's result; it keeps the ones of these dialects open
    if _Dialect.DUCKDB not in gx_engine._PERSISTED_CONNECTION_DIALECTS:
        gx_engine._PERSISTED_CONNECTION_DIALECTS += (_Dialect.DUCKDB,)
    # GX serialises an expectation for each of its arguments, a hundred times in all: a fifth of a validation
    Expectation._get_domain_kwargs = _domain_arguments
    Expectation._get_success_kwargs = _success_arguments
    Expectation._get_success_kwarg = _argument


def _domain_arguments(expectation: Expectation) -> dict[str, Any]:
    return _arguments(expectation, expectation.domain_keys)


def _success_arguments(expectation: Expectation) -> dict[str, Any]:
    return _arguments(expectation, (*expectation.success_keys, *expectation.domain_keys))


def _arguments(expectation: Expectation, names: Iterable[str]) -> dict[str, Any]:
    given = expectation.configuration.kwargs
    return {name: given.get(name, expectation._get_default_value(name)) for name in names}


def _argument(expectation: Expectation, name: str, default: Any = None) -> Any:
    given, field = expectation.configuration.kwargs, expectation.__fields__.get(name)
    if name in given:
        return given[name]
    return default if field is None or field.required else field.default
