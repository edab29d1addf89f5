"""`backfill site`: the static site, written from the warehouse and the artifacts of dbt."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from backfill.base import options
from backfill.base.console import console
from backfill.base.errors import BackfillError
from backfill.base.project import project_root
from backfill.base.warehouse import Warehouse
from backfill.quality.contract import load_tables
from backfill.quality.validate import DEFAULT_DOCS
from backfill.site.calendar import STATUSES, SYMBOLS, Season, read_seasons, write_calendars
from backfill.site.docs import copy_data_docs, describe_columns, generate_docs, write_dbt_docs, write_lineage
from backfill.site.links import broken_links
from backfill.site.pages import Site, check_folder, copy_assets
from backfill.site.pictures import feature_names, write_pictures
from backfill.site.predictions import write_predictions
from backfill.site.rules import read_last_validation, read_rules, write_rules
from backfill.site.shots import write_shots
from backfill.site.tables import read_tables, write_tables

DEFAULT_SITE = Path("site")
FINDINGS_SHOWN = 15
#: Statuses that say that something can be done.
OPEN = ("missing", "never", "flawed", "stale")
COUNTS = """
    select count(*) as row_count, count(distinct game_date) as dates, min(game_date) as first, max(game_date) as last
    from {{ ref('%s') }} where game_date >= cast('1946-11-01' as date)
"""


@dataclass
class Written:
    """What was written: the folder, how many pages, bytes in total and of the first page, seconds."""

    folder: Path
    pages: int
    size: int
    first_page: int
    seconds: float


def site(
    to: Annotated[Path | None, typer.Option(help="Folder to write; replaced. Default: site in the project.")] = None,
    data_docs: Annotated[
        Path | None, typer.Option(help=f"Data Docs of `backfill validate`. Default: {DEFAULT_DOCS}.")
    ] = None,
    target: options.Target = "duckdb",
    warehouse: options.WarehouseFile = None,
    wait: options.Wait = 0,
) -> None:
    """Write a static site: health calendar, tables and columns with their lineage, rules, pictures.

    It needs no server and no network, and works from any folder of a web server.
    """
    root = project_root()
    written = build_site(
        Warehouse.of(target, warehouse, wait),
        to.absolute() if to else root / DEFAULT_SITE,
        data_docs.absolute() if data_docs else root / DEFAULT_DOCS,
    )
    size = f"{written.pages} pages, {written.size / 1e6:.1f} MB in {written.seconds:.0f} s"
    console.print(f"{size}: {written.folder / 'index.html'}", highlight=False, soft_wrap=True)


def build_site(warehouse: Warehouse, folder: Path, data_docs: Path) -> Written:
    """Write the site beside `folder` and put it there when it is whole: a failure leaves the old one as it was.

    Raises BackfillError for a warehouse in which nothing is built, a folder that holds other things, dbt that cannot
    write its docs, and a link that leads nowhere.
    """
    began = time.monotonic()
    check_folder(folder)
    warehouse.refresh()
    seasons = read_seasons(warehouse)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".site-") as beside:
        made = Path(beside) / "site"
        made.mkdir()
        _write(Site(made), warehouse, seasons, data_docs)
        broken = broken_links(made)
        if broken:
            raise BackfillError(f"{len(broken)} links of the site lead nowhere: {broken[0]}")
        if folder.exists():
            shutil.rmtree(folder)
        shutil.move(made, folder)
    files = [file for file in folder.rglob("*") if file.is_file()]
    return Written(
        folder,
        sum(file.suffix == ".html" for file in files),
        sum(file.stat().st_size for file in files),
        (folder / "index.html").stat().st_size,
        round(time.monotonic() - began, 1),
    )


def _write(site: Site, warehouse: Warehouse, seasons: Sequence[Season], data_docs: Path) -> None:
    manifest, catalog = generate_docs(warehouse)
    describe_columns(manifest, catalog)
    copy_assets(site)
    write_dbt_docs(site, manifest, catalog)
    tables = read_tables(manifest, catalog, write_lineage(site, manifest, catalog))
    write_tables(site, tables, [one.name for one in seasons])
    write_calendars(site, seasons)
    has_data_docs = copy_data_docs(site, data_docs)
    orchestration = next(node for node in manifest["nodes"].values() if node["name"] == "partition_states")["schema"]
    last = read_last_validation(warehouse, orchestration)
    rules = read_rules(load_tables(manifest, project_root()), last)
    write_rules(site, rules, last, has_data_docs=has_data_docs)
    write_pictures(site, warehouse, feature_names(manifest))
    write_shots(site, warehouse)
    write_predictions(site, warehouse)
    published = [
        _published(warehouse, manifest, name, group.removeprefix("Phase "))
        for group, names in seasons[-1].groups.items()
        if group.startswith("Phase")
        for name in names
    ]
    days = [one for season in seasons for one in season.days]
    cells = [cell for one in days for cell in one.cells.values() if cell.status != "empty"]
    sound = sum(cell.status == "sound" for cell in cells)
    findings = [(one.name, line) for one in seasons for line in one.findings]
    findings.sort(key=lambda finding: STATUSES.index(finding[1]["status"]))
    site.page(
        "index.html",
        "index.html",
        "NBA backfill warehouse",
        seasons=seasons,
        symbols=SYMBOLS,
        tables=published,
        total_days=len(days),
        total_games=sum(one.games for one in days),
        total_rows=sum(table["row_count"] for table in published),
        # rounded down: 100 % means all of them
        sound_pct=f"{int(1000 * sound / len(cells)) / 10:g} %" if cells else "-",
        open_days=sum(one.worst in OPEN for one in days),
        gap_days=sum(one.worst in ("source", "known") for one in days),
        cell_count=len(cells),
        findings=findings[:FINDINGS_SHOWN],
        more_findings=len(findings[FINDINGS_SHOWN:]),
        column_count=sum(len(table.columns) for table in tables),
        has_data_docs=has_data_docs,
    )


def _published(warehouse: Warehouse, manifest: dict[str, Any], name: str, phase: str) -> dict[str, Any]:
    """A published table as the first page lists it: size, dates, and the first sentence of its description."""
    node = next(node for node in manifest["nodes"].values() if node["name"] == name)
    summary = " ".join(node["description"].split()).split(". ")[0].rstrip(".") + "."
    return {"name": name, "phase": phase, "summary": summary, **warehouse.rows(COUNTS % name)[0]}
