"""Fixtures every test file shares. Warehouses built from real data are built once, whatever the number of workers."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from backfill.contract import load_contract
from backfill.raw.load import load_directory
from building import BUILT, PROJECT, REAL_RAW, build_first_weeks, copied, dbt, parsed_project, planned
from filelock import FileLock
from remembering import remember_what_was_parsed
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

#: Files that share what is slow to make run on one worker: the project compiled for BigQuery, and its analyser.
TOGETHER = dict.fromkeys(
    (
        *("test_bigquery_standin", "test_bigquery_analysis", "test_bigquery_bounds", "test_bigquery_gaps"),
        *("test_cost", "test_plan_cost", "test_cross_db_macros", "test_null_logic"),
    ),
    "bigquery",
)
#: Groups that take minutes, the longest first: a worker that begins one last keeps the others waiting.
LONGEST = (
    *(
        "bigquery",
        "test_verdicts",
        "test_range_contract",
        "test_ledger",
        "test_point_in_time",
        "test_interruptions",
        "test_operations",
    ),
    *("test_validate", "test_raw_simulate", "test_site", "test_failures", "test_faults", "test_raw_load"),
    *("test_writers", "test_unit_tests", "test_real_seasons"),
)

# dbt and sqlglot make large graphs, and looking through them for garbage takes a tenth of the time
gc.set_threshold(50_000)
remember_what_was_parsed()


#: A file system in memory, and the room a test run needs there: warehouses take 4 GB.
MEMORY, MEMORY_BYTES = Path("/dev/shm"), 8 << 30


def pytest_configure(config: pytest.Config) -> None:
    """Warehouses in memory, where there is room: DuckDB waits for the disk at each of some 20,000 commits."""
    if not config.option.basetemp and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


class ByGroup(LoadScopeScheduling):
    """A file, or a group of files, runs on one worker, as its fixtures are made once.

    xdist's own --dist loadgroup changes a part of the node id that pytest 9.2 no longer reads, and groups nothing.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _group_of(nodeid)


def _group_of(nodeid: str) -> str:
    file = Path(nodeid.split("::")[0]).stem
    return TOGETHER.get(file, file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByGroup:
    """How tests are handed to the workers."""
    return ByGroup(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest groups first."""
    ranks = {name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(_group_of(item.nodeid), len(ranks)))


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The project folder."""
    return PROJECT


@pytest.fixture(scope="session")
def real_raw() -> Path:
    """The folder of real raw data; a test that needs it fails, never skips, when it is absent."""
    if not (REAL_RAW / "nbac_schedule").is_dir():
        pytest.fail(f"no real raw data in {REAL_RAW}; set NBA_TEST_RAW to a folder with nbac_schedule/ and the others")
    return REAL_RAW


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """A DuckDB file that does not exist yet."""
    return tmp_path / "warehouse" / "nba.duckdb"


@pytest.fixture(scope="session")
def warehouses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for built warehouses: each is <folder>/<name>/nba.duckdb, so that one parsed dbt project serves all."""
    return tmp_path_factory.mktemp("warehouses", numbered=False)


@pytest.fixture(scope="session", autouse=True)
def artifacts(warehouses: Path) -> Iterator[Path]:
    """Where dbt writes, in this process and in those of commands: no worker, and no user, shares it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET_PATH", str(warehouses / "target"))
        patch.setenv("DBT_LOG_PATH", str(warehouses / "logs"))
        yield warehouses / "target"


@pytest.fixture(scope="session")
def built_warehouse(warehouses: Path, real_raw: Path, worker_id: str) -> Path:
    """Real raw data of 2021-22, built from opening night to 2021-12-09. Shared: copy it before changing it."""
    return _built_once("built", warehouses, worker_id, partial(build_first_weeks, real_raw))


@pytest.fixture(scope="session")
def current(built_warehouse: Path, warehouses: Path, worker_id: str) -> Path:
    """The built warehouse after the command line looked at it once: views and code versions are known. Shared, too."""

    def look(warehouse: Path) -> None:
        copied(built_warehouse, warehouse.parent)
        plan = planned(warehouse, "--start", BUILT[0], "--end", BUILT[1])
        assert plan["partitions"] == [], plan["partitions"][:3]

    return _built_once("current", warehouses, worker_id, look)


@pytest.fixture(scope="session")
def seasons(warehouses: Path, real_raw: Path, worker_id: str) -> Path:
    """All real raw data, built in one go by `dbt build --vars` with every data test. Shared: copy before changing."""

    def build(warehouse: Path) -> None:
        load_directory(real_raw, warehouse, load_contract(PROJECT))
        days = "{start_date: 2021-10-19, end_date: 2024-06-17}"
        options = ("--vars", days, "--exclude-resource-type", "unit_test")
        outcome = dbt(warehouse, "build", *options, manifest=parsed_project(warehouse))
        assert outcome.success, outcome.message
        warned = {result.node.name for result in outcome.results if result.status == "warn"}
        assert warned == {"finals_have_play_by_play"}

    return _built_once("seasons", warehouses, worker_id, build)


def _built_once(name: str, warehouses: Path, worker_id: str, build: Callable[[Path], None]) -> Path:
    """The first worker that needs a warehouse builds it; the others wait and take copies."""
    own = warehouses / name / "nba.duckdb"
    own.parent.mkdir()
    if worker_id == "master":
        build(own)
        return own
    # the workers' folders are next to each other
    shared = warehouses.parents[1] / f"shared_{name}.duckdb"
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            build(own)
            shutil.copy(own, shared)
            return own
    shutil.copy(shared, own)
    return own
