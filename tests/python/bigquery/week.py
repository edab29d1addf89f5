"""Real games through both engines: a warehouse on DuckDB and one in the emulator, from the same raw rows."""

from __future__ import annotations

import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
from backfill.contract import load_contract
from backfill.raw.load import load_directory
from building import PROJECT, change, dbt, run_models

from bigquery.compiled import parsed_copy
from bigquery.lease import LeaseDrill, drill
from bigquery.parity import Comparison, compare, published_tables
from bigquery.standin import PROJECT_ID, RAW, catalog_file, copy_raw, dbt_build, emulator, query, statements
from bigquery.trained import largest_difference, write_versions

SEASON, OPENING_NIGHT = "2023-24", date(2023, 10, 24)
#: Enough for a run that is refused.
FEW = ("int_schedule__games", "int_schedule__team_games")
#: What the first build tested and loaded.
NOT_AGAIN = ("--exclude-resource-type", "test", "seed")


#: A player's points are not what his shots make: his game is held, on both engines.
ODD_POINTS = """
    update {table} set points = points + 2
    where game_date = cast('{day}' as date) and player_lookup = (
        select min(player_lookup) from {table} where game_date = cast('{day}' as date) and player_status = 'active'
        and minutes > '20'
    )
"""
ODD = ("int_boxscores__player_lines", "player_game_summary")


@dataclass
class HoldDrill:
    """A build of a day with an odd game: what dbt said, and of either engine (rows held, rows published)."""

    said: str
    on_bigquery: tuple[int, int]
    on_duckdb: tuple[int, int]


@dataclass
class Both:
    """What came of it. `results` are dbt's results on BigQuery, tests included; `statements` what it sent there.

    `scores`: trained system -> (rows, largest distance of SQL in the emulator from LightGBM in points).
    """

    manifest: dict[str, Any]
    results: list[dict[str, Any]]
    statements: list[str]
    comparisons: list[Comparison]
    rows_on_emptied_day: dict[str, int]
    lease: LeaseDrill
    hold: HoldDrill
    scores: dict[str, tuple[int, float]]
    seconds: dict[str, float]


def build_both(raw: Path, folder: Path, end: date, emptied: date, again: str = "*") -> Both:
    """Build opening night to `end` on both engines, on BigQuery with every data test.

    Then the games of the day `emptied` vanish from the raw schedule, and the models `again` (a dbt selection) build
    that day again: what a postponement looks like, and a MERGE of each. `folder` is empty.
    """
    warehouse, standin = folder / "duckdb" / "nba.duckdb", folder / "standin"
    warehouse.parent.mkdir(parents=True)
    load_directory(_raw_until(raw, folder / "raw", end), warehouse, load_contract(PROJECT))
    versions = write_versions(warehouse)
    copy_raw(warehouse, standin)
    with ThreadPoolExecutor(1) as pool:
        on_bigquery = pool.submit(_build_on_bigquery, standin, end, emptied, again, versions)
        seconds = {"DuckDB": _build_on_duckdb(warehouse, end, emptied, again)}
        manifest, results, lease, said, scores, seconds["BigQuery"] = on_bigquery.result()
    comparisons = compare(warehouse, catalog_file(standin), published_tables(manifest))
    rows = _rows_on(catalog_file(standin), emptied, comparisons)
    hold = HoldDrill(said, _held_and_published(catalog_file(standin)), _held_and_published(warehouse))
    return Both(manifest, results, statements(standin), comparisons, rows, lease, hold, scores, seconds)


def _build_on_duckdb(warehouse: Path, end: date, emptied: date, again: str) -> float:
    began = time.monotonic()
    run_models(warehouse, str(OPENING_NIGHT), str(end))
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"delete from {RAW}.nbac_schedule where game_date = $day", {"day": emptied})
    run_models(warehouse, str(emptied), str(emptied), "--select", again)
    change(warehouse, ODD_POINTS.format(table=f"{RAW}.nbac_gamebook_player_stats", day=end))
    assert not dbt(warehouse, "build", "--select", *ODD, *NOT_AGAIN, window=(str(end), str(end))).success
    return time.monotonic() - began


def _build_on_bigquery(
    standin: Path, end: date, emptied: date, again: str, versions: dict[str, str]
) -> tuple[dict[str, Any], list[dict[str, Any]], LeaseDrill, str, dict[str, tuple[int, float]], float]:
    project, parsed = parsed_copy()
    (standin / "target").mkdir()
    shutil.copy(parsed, standin / "target")
    began = time.monotonic()
    with emulator(standin) as endpoint:
        results = dbt_build(project, standin, endpoint, (str(OPENING_NIGHT), str(end)))["results"]
        manifest = json.loads((standin / "target" / "manifest.json").read_text())
        scores = {
            system: largest_difference(project, standin, endpoint, (str(OPENING_NIGHT), str(end)), system, version)
            for system, version in versions.items()
        }
        schedule = f"`{PROJECT_ID}`.`{RAW}`.`nbac_schedule`"
        other_days = f"select * from {schedule} where game_date <> cast('{emptied}' as date)"
        query(endpoint, f"create or replace table {schedule} as {other_days}")

        def build_again(*selected: str) -> None:
            dbt_build(project, standin, endpoint, (str(emptied), str(emptied)), "--select", *selected, *NOT_AGAIN)

        lease = drill(endpoint, str(emptied), partial(build_again, *FEW), partial(build_again, again))
        query(endpoint, ODD_POINTS.format(table=f"`{PROJECT_ID}`.`{RAW}`.`nbac_gamebook_player_stats`", day=end))
        said = ""
        try:
            dbt_build(project, standin, endpoint, (str(end), str(end)), "--select", *ODD, *NOT_AGAIN)
        except RuntimeError as error:
            said = str(error)
    return manifest, results, lease, said, scores, time.monotonic() - began


def _held_and_published(catalog: Path) -> tuple[int, int]:
    """Rows of the odd game: kept aside, and published, which are those of the build before."""
    with duckdb.connect(str(catalog), read_only=True) as connection:
        return connection.execute(
            """select count(*), (select count(*) from nba_analytics.player_game_summary as published
                where published.game_id in (select game_id from nba_orchestration.held__player_game_summary)
                and published.points = 2 * (fg_makes - three_pt_makes) + 3 * three_pt_makes + ft_makes)
            from nba_orchestration.held__player_game_summary"""
        ).fetchone()


def _raw_until(raw: Path, folder: Path, end: date) -> Path:
    """The raw files of the season, cut to its games until `end`; the schedule is whole, as it is in real life."""
    for table in raw.iterdir():
        source, target = table / f"{SEASON}.parquet", folder / table.name
        target.mkdir(parents=True)
        if table.name == "reference":
            for file in table.iterdir():
                (target / file.name).symlink_to(file)
        elif table.name == "nbac_schedule":
            (target / source.name).symlink_to(source)
        elif source.exists():
            # a name that is no season: only the dates in it are replaced
            duckdb.sql(
                f"copy (from '{source}' where game_date <= '{end}') to '{target / 'games.parquet'}' (format parquet)"
            )
    return folder


def _rows_on(catalog: Path, day: date, comparisons: list[Comparison]) -> dict[str, int]:
    with duckdb.connect(str(catalog), read_only=True) as connection:
        return {
            found.table: connection.execute(
                f"select count(*) from {found.table} where game_date = $day", {"day": day}
            ).fetchone()[0]
            for found in comparisons
        }
