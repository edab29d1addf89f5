"""Where the project and its warehouse are, and how the warehouse is opened."""

import os
import re
from pathlib import Path

import duckdb

from backfill.base.errors import IN_USE, BackfillError, WarehouseInUse

DEFAULT_WAREHOUSE = "warehouse/nba.duckdb"
WAREHOUSE_VARIABLE = "NBA_DUCKDB_PATH"
#: What DuckDB says of a file whose blocks are not what they were, and of one that it may not write.
DAMAGED = re.compile(r"checksum|corrupt|block|truncated|serialization|read enough bytes", re.IGNORECASE)
READ_ONLY = re.compile(r"read-only|permission denied", re.IGNORECASE)


def project_root() -> Path:
    """Return the folder with dbt_project.yml: the nearest one above the working directory, else above this file.

    Raises BackfillError when there is none.
    """
    here = Path.cwd()
    for folder in (here, *here.parents, *Path(__file__).resolve().parents):
        if (folder / "dbt_project.yml").is_file():
            return folder
    raise BackfillError(f"no dbt_project.yml in {here} or any folder above it", "cd into the project folder")


def target_folder(root: Path) -> Path:
    """Return where dbt writes its artifacts: environment variable DBT_TARGET_PATH, else target in the project."""
    return root / (os.environ.get("DBT_TARGET_PATH") or "target")


def warehouse_path(root: Path, override: Path | None = None) -> Path:
    """Return the DuckDB file to use: `override`, else environment variable NBA_DUCKDB_PATH, else warehouse/nba.duckdb.

    An override is relative to the working directory; the other two are relative to the project, as they are for dbt.
    """
    if override is not None:
        return override.expanduser().absolute()
    return root / Path(os.environ.get(WAREHOUSE_VARIABLE) or DEFAULT_WAREHOUSE).expanduser()


def open_warehouse(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open the DuckDB file; unless `read_only`, it and its folder are created when missing. The session clock is UTC.

    Raises BackfillError when the file is locked (naming the process that holds it), missing or not a DuckDB file.
    """
    if read_only and not path.is_file():
        raise BackfillError(f"there is no warehouse at {path}", "backfill raw load DIR, or set NBA_DUCKDB_PATH")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(path, read_only=read_only)
    except (duckdb.Error, OSError) as error:
        raise _cannot_open(path, str(error)) from error
    connection.execute("set timezone = 'UTC'; set enable_progress_bar = false")
    # DuckDB 1.5.5 can hang on views with shared CTEs: docs/lessons/chains-of-shared-ctes-hang-duckdb.md
    connection.execute("set disabled_optimizers = 'cte_inlining'")
    return connection


def _cannot_open(path: Path, reason: str) -> BackfillError:
    if IN_USE.search(reason):
        holder = re.search(r"PID (\d+)", reason)
        if holder:
            pid = holder.group(1)
            return WarehouseInUse(f"warehouse {path} is in use by process {pid}", f"ps -fp {pid} to see what it is")
        return WarehouseInUse(f"warehouse {path} is in use by another process", f"lsof '{path}' to see which")
    if DAMAGED.search(reason):
        return BackfillError(
            f"warehouse {path} is damaged: {' '.join(reason.split())[:200]}",
            "put a backup in its place, or load raw into a new file: backfill raw load DIR --warehouse FILE",
        )
    if READ_ONLY.search(reason):
        return BackfillError(f"warehouse {path} cannot be written: {' '.join(reason.split())[:200]}")
    return BackfillError(f"warehouse {path} cannot be opened: {reason}", f"set {WAREHOUSE_VARIABLE} to another file")
