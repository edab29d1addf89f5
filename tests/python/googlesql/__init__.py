"""Type-checks the project with the real GoogleSQL analyser, offline.

engine       the analyser and the reference executor (ZetaSQL as WebAssembly)
portability  what the analyser accepts and BigQuery or DuckDB does not take the same way
project      compiles the dbt project for BigQuery and checks every node
"""

from googlesql.engine import GoogleSQL, GoogleSQLError, Result, parse_type, type_name
from googlesql.project import (
    Problem,
    Report,
    check_manifest,
    check_statements,
    compile_for_bigquery,
    executed_statements,
    merge_template,
    run_dbt,
)

__all__ = [
    "GoogleSQL",
    "GoogleSQLError",
    "Problem",
    "Report",
    "Result",
    "check_manifest",
    "check_statements",
    "compile_for_bigquery",
    "executed_statements",
    "merge_template",
    "parse_type",
    "run_dbt",
    "type_name",
]
