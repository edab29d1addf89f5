"""Fixtures every test file shares. Warehouses built from real data are built once per session."""

from pathlib import Path

import pytest
from backfill.contract import load_contract
from backfill.raw.load import load_directory
from building import PROJECT, REAL_RAW, dbt, run_models


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
    return tmp_path_factory.mktemp("warehouses")


@pytest.fixture(scope="session")
def built_warehouse(warehouses: Path, real_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real raw data of 2021-22, built from opening night to 2021-12-09. Shared: copy it before changing it."""
    season = tmp_path_factory.mktemp("raw")
    for table in real_raw.iterdir():
        (season / table.name).mkdir()
        for file in table.iterdir():
            if file.stem == "2021-22" or table.name == "reference":
                (season / table.name / file.name).symlink_to(file)
    warehouse = warehouses / "built" / "nba.duckdb"
    warehouse.parent.mkdir()
    load_directory(season, warehouse, load_contract(PROJECT))
    run_models(warehouse, "2021-10-19", "2021-12-09")
    return warehouse


@pytest.fixture(scope="session")
def seasons(warehouses: Path, real_raw: Path) -> Path:
    """All real raw data, built in one go by `dbt build --vars` with every data test. Shared: copy before changing."""
    warehouse = warehouses / "seasons" / "nba.duckdb"
    warehouse.parent.mkdir()
    load_directory(real_raw, warehouse, load_contract(PROJECT))
    days = "{start_date: 2021-10-19, end_date: 2024-06-17}"
    outcome = dbt(warehouse, "build", "--vars", days, "--exclude-resource-type", "unit_test")
    assert outcome.success, outcome.message
    assert {result.node.name for result in outcome.results if result.status == "warn"} == {"finals_have_play_by_play"}
    return warehouse
