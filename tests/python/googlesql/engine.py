"""GoogleSQL without Google: the analyser and the reference executor of ZetaSQL, which run as WebAssembly.

The `zetasql` package compiles its 28 MB module at every start (15-20 s). Here the compiled module is kept on disk, in
$NBA_GOOGLESQL_CACHE or ~/.cache/nba-backfill/googlesql; CI may keep that directory between runs.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import wasmtime
from google.protobuf.empty_pb2 import Empty
from zetasql.core import wasm_client
from zetasql.core.exceptions import ServerError
from zetasql.wasi import get_wasm_path
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.proto import options_pb2, simple_catalog_pb2
from zetasql.wasi._pb2.zetasql.public import options_pb2 as public_options
from zetasql.wasi._pb2.zetasql.public import type_pb2

CACHE_VARIABLE = "NBA_GOOGLESQL_CACHE"
DEFAULT_CACHE = "~/.cache/nba-backfill/googlesql"

SIMPLE_TYPES = {
    "INT64": type_pb2.TYPE_INT64,
    "FLOAT64": type_pb2.TYPE_DOUBLE,
    "NUMERIC": type_pb2.TYPE_NUMERIC,
    "BIGNUMERIC": type_pb2.TYPE_BIGNUMERIC,
    "BOOL": type_pb2.TYPE_BOOL,
    "STRING": type_pb2.TYPE_STRING,
    "BYTES": type_pb2.TYPE_BYTES,
    "DATE": type_pb2.TYPE_DATE,
    "TIME": type_pb2.TYPE_TIME,
    "DATETIME": type_pb2.TYPE_DATETIME,
    "TIMESTAMP": type_pb2.TYPE_TIMESTAMP,
    "INTERVAL": type_pb2.TYPE_INTERVAL,
    "JSON": type_pb2.TYPE_JSON,
}
TYPE_NAMES = {kind: name for name, kind in SIMPLE_TYPES.items()}
#: Names that BigQuery knows besides ZetaSQL's own.
ALIASES = {
    "INT": "INT64",
    "SMALLINT": "INT64",
    "INTEGER": "INT64",
    "BIGINT": "INT64",
    "TINYINT": "INT64",
    "BYTEINT": "INT64",
    "DECIMAL": "NUMERIC",
    "BIGDECIMAL": "BIGNUMERIC",
    "BOOLEAN": "BOOL",
}

#: Column name -> type, in order.
Columns = Mapping[str, str]


class GoogleSQLError(Exception):
    """What GoogleSQL has against a statement. `line` counts from 1; None when the message names no place."""

    def __init__(self, message: str) -> None:
        place = re.search(r" \[at (\d+):\d+\]$", message)
        self.line = int(place.group(1)) if place else None
        self.message = message[: place.start()] if place else message
        super().__init__(message)


class _KeptModule:
    """Stands in for wasmtime.Module, of which WasmClient uses from_file only: keeps the compiled module on disk."""

    @staticmethod
    def from_file(engine: wasmtime.Engine, path: str) -> wasmtime.Module:
        directory = Path(os.environ.get(CACHE_VARIABLE, DEFAULT_CACHE)).expanduser()
        release = f"{version('wasmtime')} {version('zetasql')} {os.path.getsize(path)} {os.uname().machine}"
        kept = directory / f"{hashlib.sha256(release.encode()).hexdigest()[:16]}.cwasm"
        if kept.exists():
            return wasmtime.Module.deserialize_file(engine, str(kept))
        module = wasmtime.Module.from_file(engine, path)
        directory.mkdir(parents=True, exist_ok=True)
        # two processes may get here at once: write aside, then rename
        with tempfile.NamedTemporaryFile(dir=directory, delete=False) as file:
            file.write(module.serialize())
        os.replace(file.name, kept)
        return module


@cache
def _client() -> wasm_client.WasmClient:
    """The one WebAssembly instance of this process."""
    original = wasm_client.Module
    wasm_client.Module = _KeptModule
    try:
        return wasm_client.WasmClient(get_wasm_path())
    finally:
        wasm_client.Module = original


def _call(method: str, request: Any, response_type: type) -> Any:
    try:
        return _client().call_grpc_func(f"ZetaSqlLocalService_{method}", request, response_type)
    except ServerError as error:
        # the client's own message stops at the first line break
        raise GoogleSQLError(re.sub(r"^Code: \d+, Message: ", "", error.raw_error)) from error


def _language() -> Any:
    """Language options of BigQuery: everything released, external types only, QUALIFY is a keyword."""
    request = service.LanguageOptionsRequest(maximum_features=True)
    options = _call("GetLanguageOptions", request, options_pb2.LanguageOptionsProto)
    options.product_mode = public_options.PRODUCT_EXTERNAL
    # none listed means all of them, also CREATE TABLE and MERGE
    del options.supported_statement_kinds[:]
    if "QUALIFY" not in options.reserved_keywords:
        options.reserved_keywords.append("QUALIFY")
    return options


def _split_fields(text: str) -> list[str]:
    """'a INT64, b ARRAY<STRUCT<x INT64, y INT64>>' -> the fields of the outermost level."""
    fields, depth = [""], 0
    for character in text:
        depth += (character in "<(") - (character in ">)")
        if character == "," and depth == 0:
            fields.append("")
        else:
            fields[-1] += character
    return [field.strip() for field in fields]


def parse_type(text: str) -> type_pb2.TypeProto:
    """A type as BigQuery writes it, e.g. 'array<string>' or 'numeric(6, 2)'. Raises ValueError for other names."""
    text = text.strip()
    match = re.fullmatch(r"(\w+)\s*(?:[<(](.*)[>)])?", text, re.DOTALL)
    name, arguments = (match.group(1).upper(), match.group(2) or "") if match else ("", "")
    result = type_pb2.TypeProto()
    if name == "ARRAY":
        result.type_kind = type_pb2.TYPE_ARRAY
        result.array_type.element_type.CopyFrom(parse_type(arguments))
    elif name == "STRUCT":
        result.type_kind = type_pb2.TYPE_STRUCT
        for field in _split_fields(arguments):
            field_name, field_type = field.split(None, 1)
            result.struct_type.field.add(field_name=field_name, field_type=parse_type(field_type))
    elif ALIASES.get(name, name) in SIMPLE_TYPES:
        result.type_kind = SIMPLE_TYPES[ALIASES.get(name, name)]
    else:
        raise ValueError(f"BigQuery has no type {text!r}")
    return result


def type_name(proto: type_pb2.TypeProto) -> str:
    """Canonical name of a type; parameters such as those of NUMERIC(6, 2) are not part of a GoogleSQL type."""
    if proto.type_kind == type_pb2.TYPE_ARRAY:
        return f"ARRAY<{type_name(proto.array_type.element_type)}>"
    if proto.type_kind == type_pb2.TYPE_STRUCT:
        fields = (f"{field.field_name} {type_name(field.field_type)}" for field in proto.struct_type.field)
        return f"STRUCT<{', '.join(fields)}>"
    return TYPE_NAMES.get(proto.type_kind, type_pb2.TypeKind.Name(proto.type_kind))


@dataclass(frozen=True)
class Result:
    """Rows of a query and the types of its columns."""

    types: list[str]
    rows: list[tuple[Any, ...]]


class GoogleSQL:
    """A catalog of project.dataset.table and what may be asked about statements on it."""

    def __init__(self) -> None:
        language = _language()
        self._options = options_pb2.AnalyzerOptionsProto(
            language_options=language,
            error_message_mode=public_options.ERROR_MESSAGE_ONE_LINE,
            default_timezone="UTC",
            prune_unused_columns=True,
        )
        self._catalog = simple_catalog_pb2.SimpleCatalogProto(name="bigquery")
        self._catalog.builtin_function_options.language_options.CopyFrom(language)
        for alias, name in ALIASES.items():
            self._catalog.named_type.add(name=alias, type=parse_type(name))
        #: Handle of the catalog inside the engine; None when the engine does not have its present state.
        self._handle: int | None = None

    def add_table(self, project: str, dataset: str, table: str, columns: Columns) -> None:
        """Make a table known, or replace what was known of it."""
        self._forget()
        tables = self._below(self._below(self._catalog, project), dataset).table
        for position, known in enumerate(tables):
            if known.name == table:
                del tables[position]
                break
        added = tables.add(name=table)
        for name, data_type in columns.items():
            added.column.add(name=name, type=parse_type(data_type))

    def analyze(self, sql: str) -> dict[str, str]:
        """Resolve one statement of any kind. Output columns and their types; none for DDL and DML."""
        request = service.AnalyzeRequest(options=self._options, registered_catalog_id=self._known(), sql_statement=sql)
        statement = _call("Analyze", request, service.AnalyzeResponse).resolved_statement
        return {
            column.name: type_name(column.column.type)
            for column in statement.resolved_query_stmt_node.output_column_list
        }

    def execute(self, sql: str) -> Result:
        """Rows of a query without tables, computed by the reference implementation."""
        request = service.PrepareQueryRequest(options=self._options, registered_catalog_id=self._known(), sql=sql)
        prepared = _call("PrepareQuery", request, service.PrepareQueryResponse).prepared
        try:
            response = _call(
                "EvaluateQuery",
                service.EvaluateQueryRequest(prepared_query_id=prepared.prepared_query_id),
                service.EvaluateQueryResponse,
            )
        finally:
            _call(
                "UnprepareQuery",
                service.UnprepareQueryRequest(prepared_query_id=prepared.prepared_query_id),
                Empty,
            )
        types = [column.type for column in prepared.columns]
        return Result(
            types=[type_name(column_type) for column_type in types],
            rows=[
                tuple(_python_value(cell, column_type) for cell, column_type in zip(row.cell, types, strict=True))
                for row in response.content.table_data.row
            ],
        )

    def _known(self) -> int:
        """Handle of the catalog. Building one costs more than a statement does, so it serves many statements."""
        if self._handle is None:
            request = service.RegisterCatalogRequest(simple_catalog=self._catalog)
            self._handle = _call("RegisterCatalog", request, service.RegisterResponse).registered_id
        return self._handle

    def _forget(self) -> None:
        if self._handle is not None:
            _call("UnregisterCatalog", service.UnregisterRequest(registered_id=self._handle), Empty)
            self._handle = None

    @staticmethod
    def _below(catalog: Any, name: str) -> Any:
        """The sub-catalog of that name, made when missing."""
        for known in catalog.catalog:
            if known.name == name:
                return known
        return catalog.catalog.add(name=name)


def _python_numeric(packed: bytes) -> Decimal:
    return Decimal(int.from_bytes(packed, "little", signed=True)).scaleb(-9)


def _python_datetime(packed: Any) -> datetime:
    """ZetaSQL packs a civil time into bits: year, 4 bits month, 5 day, 5 hour, 6 minute, 6 second."""
    bits = packed.bit_field_datetime_seconds
    parts = [bits >> 26, bits >> 22 & 15, bits >> 17 & 31, bits >> 12 & 31, bits >> 6 & 63, bits & 63]
    return datetime(*parts, packed.nanos // 1000)


_PYTHON_VALUES: dict[int, Callable[[Any], Any]] = {
    type_pb2.TYPE_INT64: lambda value: value.int64_value,
    type_pb2.TYPE_DOUBLE: lambda value: value.double_value,
    type_pb2.TYPE_BOOL: lambda value: value.bool_value,
    type_pb2.TYPE_STRING: lambda value: value.string_value,
    type_pb2.TYPE_NUMERIC: lambda value: _python_numeric(value.numeric_value),
    type_pb2.TYPE_DATE: lambda value: date(1970, 1, 1) + timedelta(days=value.date_value),
    type_pb2.TYPE_DATETIME: lambda value: _python_datetime(value.datetime_value),
    type_pb2.TYPE_TIMESTAMP: lambda value: value.timestamp_value.ToDatetime(tzinfo=UTC).replace(tzinfo=None),
}


def _python_value(value: Any, value_type: type_pb2.TypeProto) -> Any:
    """A cell as DuckDB's Python client would give it: timestamps are UTC without zone, arrays are lists."""
    if not value.WhichOneof("value"):
        return None
    if value_type.type_kind == type_pb2.TYPE_ARRAY:
        return [_python_value(item, value_type.array_type.element_type) for item in value.array_value.element]
    return _PYTHON_VALUES[value_type.type_kind](value)
