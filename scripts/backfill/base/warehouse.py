"""The views of nba_orchestration, read on either engine, and what has to be refreshed before they tell the truth."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from backfill.base.code_versions import CHECKS, code_versions, project_digest, read_cache, write_cache
from backfill.base.console import error_console
from backfill.base.dbt import NO_DATES, RED, environment, invoke, run_command, show
from backfill.base.errors import BackfillError, WarehouseInUse
from backfill.base.phases import tables_of_phases
from backfill.base.project import open_warehouse, project_root, target_folder, warehouse_path

#: Views that commands read, made anew when the checkout changed.
VIEWS = "tag:orchestration tag:reference tag:processing,config.materialized:view"
#: Tables that mirror the schedule; rebuilt when raw has another schedule.
SCHEDULE = "int_schedule__games int_schedule__team_games int_schedule__precompute_days"


@dataclass(frozen=True)
class Warehouse:
    """Where a command works: a profile target, for DuckDB its file, and how long to wait for another process."""

    target: str
    path: Path
    wait_seconds: int = 0

    @classmethod
    def of(cls, target: str, warehouse: Path | None, wait_seconds: int = 0) -> Warehouse:
        """The warehouse that the options name, the environment or the default (see project.warehouse_path)."""
        return cls(target, warehouse_path(project_root(), warehouse), wait_seconds)

    @property
    def is_duckdb(self) -> bool:
        """TRUE for the embedded engine, where a file and its lock matter."""
        return self.target == "duckdb"

    @contextmanager
    def connection(self, *, read_only: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """An open DuckDB file, after waiting for whoever holds it. Raises BackfillError when it stays locked."""
        deadline = time.monotonic() + self.wait_seconds
        told = False
        while True:
            try:
                connection = open_warehouse(self.path, read_only=read_only)
                break
            except WarehouseInUse as error:
                if time.monotonic() > deadline:
                    raise
                if not told:
                    error_console.print(f"waiting: {str(error).splitlines()[0]}", highlight=False, soft_wrap=True)
                    told = True
                time.sleep(0.2)
        try:
            yield connection
        finally:
            connection.close()

    def wait(self) -> None:
        """Return when nobody else holds the file. Raises BackfillError as connection() does."""
        if self.is_duckdb:
            with self.connection():
                pass

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Rows of a query over relations written as ref(...) or source(...), as dbt writes them.

        Exact numbers come as int or float, so that both engines give the same and JSON can hold it. Raises
        BackfillError when DuckDB refuses the query.
        """
        if self.is_duckdb:
            with self.connection() as connection:
                try:
                    found = connection.execute(self.resolved(sql))
                except duckdb.Error as error:  # a raw column that a view reads is gone, for one
                    said = " ".join(str(error).split())[:400]
                    raise BackfillError(f"the warehouse cannot answer: {said}", "backfill doctor") from error
                names = [column[0] for column in found.description]
                rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        else:
            with environment(NO_DATES, self.path):
                rows = show(sql, self.target)
        return [{name: _plain(value) for name, value in row.items()} for row in rows]

    def resolved(self, sql: str) -> str:
        """{{ ref('x') }} and {{ source('s', 'x') }} as relations of this warehouse, without starting dbt."""
        relations = _relations()

        def relation(match: re.Match[str]) -> str:
            called = re.sub(r"\s", "", match.group(1))
            if called not in relations:
                raise BackfillError(f"the project has no {called}", "dbt parse")
            return relations[called]

        return re.sub(r"\{\{\s*((?:ref|source)\([^)]*\))\s*\}\}", relation, sql)

    def published_tables(self) -> list[tuple[str, bool]]:
        """Names of the tables of all phases, in phase order, and whether their rows are about games."""
        tables = tables_of_phases(read_manifest()["nodes"].values())
        return [(node["name"], "game_id" in node["columns"]) for node in tables]

    def refresh(self) -> None:
        """Make the views of nba_orchestration tell the truth about the checkout: they exist, seeds and schedule are
        loaded as they are in the checkout and in raw, and the versions of the code are known.

        Does nothing, quickly, when nothing of that changed. Raises BackfillError when the project does not compile.
        """
        root = project_root()
        digest = project_digest(root)
        cache = target_folder(root) / f"code_versions.{self.target}.json"
        known = read_cache(cache, digest)
        if known is None:
            self._load_code(cache, digest)
            known = read_cache(cache, digest) or {}
        if self.is_duckdb:
            seen = self._seen_duckdb()
            if seen.get("(project)") != digest:
                self._prepare(first=not seen)
                seen = self._seen_duckdb()
            schedule = self._raw_schedule()
            if seen.get("(schedule)") != schedule:
                self._build(SCHEDULE)
            changed = {"(project)": digest, "(schedule)": schedule, **known}
            self._record({name: version for name, version in changed.items() if seen.get(name) != version})
        else:
            self._prepare(first=False)

    def _load_code(self, cache: Path, digest: str) -> None:
        self.wait()
        with environment(NO_DATES, self.path):
            results = invoke(["compile", "--select", "config.materialized:incremental", CHECKS], self.target).results
        write_cache(cache, digest, code_versions(results))

    def _prepare(self, *, first: bool) -> None:
        """Seeds and views as in the checkout; on the first time every table, without rows."""
        if first:
            self._build("")
        else:
            self._build(f"resource_type:seed tag:staging int_players__lists {SCHEDULE} {VIEWS}")

    def _build(self, select: str) -> None:
        chosen = ["--select", *select.split()] if select else []
        self.wait()
        with environment(NO_DATES, self.path, note="refresh"):
            results = invoke(["build", "--exclude-resource-type", "test", "unit_test", *chosen], self.target).results
        failed = [f"{result.node.name}: {result.message}" for result in results if str(result.status) in RED]
        if failed:
            raise BackfillError(f"the project cannot be prepared: {failed[0]}", "backfill doctor")

    def _seen_duckdb(self) -> dict[str, str]:
        """Latest versions that the warehouse knows; empty for a warehouse that no build has touched."""
        with self.connection() as connection:
            exists = connection.execute(
                "select count(*) from information_schema.tables "
                "where table_name in ('code_versions', 'stale_partitions')"
            ).fetchone()
            if not exists or exists[0] < 2:
                return {}
            return dict(
                connection.execute(
                    self.resolved(
                        "select model, arg_max(code_version, seen_at) from {{ source('ledger', 'code_versions') }} "
                        "group by model"
                    )
                ).fetchall()
            ) or {"": ""}

    def _raw_schedule(self) -> str:
        with self.connection() as connection:
            try:
                return str(
                    connection.execute(
                        self.resolved("select sum(hash(t)) from {{ source('nbacom', 'nbac_schedule') }} as t")
                    ).fetchone()
                )
            except duckdb.CatalogException as error:
                raise BackfillError("the warehouse has no raw schedule", "backfill raw load DIR") from error

    def _record(self, versions: dict[str, str]) -> None:
        if not versions:
            return
        with self.connection(read_only=False) as connection:
            connection.executemany(
                self.resolved(
                    "insert into {{ source('ledger', 'code_versions') }} values (?, ?, cast(now() as timestamp))"
                ),
                [list(version) for version in versions.items()],
            )


def _relations() -> dict[str, str]:
    """The calls ref('x') and source('s','x') -> relation, from the manifest of the last dbt command."""
    manifest = read_manifest()
    relations = {
        f"ref('{node['name']}')": f'"{node["schema"]}"."{node["alias"]}"'
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    return relations | {
        f"source('{node['source_name']}','{node['name']}')": f'"{node["schema"]}"."{node["identifier"]}"'
        for node in manifest["sources"].values()
    }


def read_manifest() -> dict[str, Any]:
    """The manifest of the last dbt command, to look at and not to change.

    It is parsed anew when a killed or concurrent command left half a file.
    """
    path = target_folder(project_root()) / "manifest.json"
    for _ in range(20):
        try:
            return _read_once(path, path.stat().st_mtime_ns)
        except (FileNotFoundError, json.JSONDecodeError):
            time.sleep(0.1)
    with environment(NO_DATES, path):
        run_command(["parse"], "duckdb")
    return json.loads(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _read_once(path: Path, _written_ns: int) -> dict[str, Any]:
    """Every query of a command needs it, and it is 3 MB of JSON: 40 ms."""
    return json.loads(path.read_text(encoding="utf-8"))


def models_before(models: Iterable[str]) -> set[str]:
    """Every model that one of these reads, directly or through others, without these themselves."""
    nodes = {node_id: node for node_id, node in read_manifest()["nodes"].items() if node["resource_type"] == "model"}
    names = set(models)
    found: set[str] = set()
    waiting = [node_id for node_id, node in nodes.items() if node["name"] in names]
    while waiting:
        for parent in nodes[waiting.pop()]["depends_on"]["nodes"]:
            if parent in nodes and nodes[parent]["name"] not in found:
                found.add(nodes[parent]["name"])
                waiting.append(parent)
    return found - names


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
