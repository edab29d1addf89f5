"""The result of a validation as rows of nba_orchestration.validation_results."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from backfill.quality.checkpoint import Finding

TABLE = "validation_results"


def write_findings(
    url: str, schema: str, run_id: str, validated_at: datetime, start: date, end: date, findings: Sequence[Finding]
) -> None:
    """Append one row per expectation; schema and table are made when missing. `validated_at` is UTC."""
    results = sa.Table(
        TABLE,
        sa.MetaData(schema=schema),
        sa.Column("run_id", sa.String),
        sa.Column("validated_at", sa.DateTime),
        sa.Column("start_date", sa.Date),
        sa.Column("end_date", sa.Date),
        sa.Column("suite", sa.String),
        sa.Column("expectation", sa.String),
        sa.Column("column_name", sa.String),
        sa.Column("success", sa.Boolean),
        sa.Column("observed", sa.String),
        sa.Column("expected", sa.String),
        sa.Column("severity", sa.String),
    )
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    try:
        with engine.begin() as connection:
            connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
            results.create(connection, checkfirst=True)
            connection.execute(
                sa.insert(results).values(
                    [
                        {
                            "run_id": run_id,
                            "validated_at": validated_at,
                            "start_date": start,
                            "end_date": end,
                            "suite": found.suite,
                            "expectation": found.expectation,
                            "column_name": found.column_name,
                            "success": found.success,
                            "observed": found.observed,
                            "expected": found.expected,
                            "severity": found.severity,
                        }
                        for found in findings
                    ]
                )
            )
    finally:
        engine.dispose()
