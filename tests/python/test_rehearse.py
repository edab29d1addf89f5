"""A rehearsal foretells what a build does, cell by cell, and publishes nothing."""

import json
import random
from pathlib import Path

import duckdb
import pytest
from backfill.build.rehearse import compare, published_grains
from building import backfill, change, copied, fingerprints, query

RAW_PLAYERS, RAW_TEAMS = "nba_raw.nbac_gamebook_player_stats", "nba_raw.nbac_team_boxscore"
DAY, END = "2021-12-08", "2021-12-09"
DAYS = ("--start", DAY, "--end", END)


@pytest.fixture(scope="module")
def rehearsed(current: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict]:
    """A warehouse with ten random corrections of raw, as it was before them, and what a rehearsal says."""
    warehouse = copied(current, tmp_path_factory.mktemp("rehearsed"))
    before = copied(current, tmp_path_factory.mktemp("before"))
    players = query(
        warehouse,
        f"select game_id, team_abbr, player_lookup from {RAW_PLAYERS} where game_date between '{DAY}' and '{END}' "
        "and player_status = 'active' and minutes > '20' order by all",
    )
    corrections = random.Random(16).sample(players, 10)
    for game, team, player in corrections:
        change(
            warehouse,
            f"update {RAW_PLAYERS} set assists = assists + 1 where game_id = '{game}' and player_lookup = '{player}'",
            f"update {RAW_TEAMS} set assists = assists + 1 "
            f"where game_date = '{game[:4]}-{game[4:6]}-{game[6:8]}' and team_abbr = '{team}'",
        )
    found = json.loads(backfill(warehouse, "rehearse", *DAYS, "--json").stdout.splitlines()[-1])
    return warehouse, before, found


def test_nothing_is_published_by_a_rehearsal(rehearsed: tuple[Path, Path, dict]) -> None:
    warehouse, before, found = rehearsed
    assert fingerprints(warehouse) == fingerprints(before)
    assert [path.name for path in warehouse.parent.iterdir() if path.name.startswith(".rehearsal")] == []
    assert found["partitions"] > 0 and not found["would_hold"]
    assert {"assists"} <= {cell["column"] for cell in found["cells"] if cell["table"].endswith("player_game_summary")}


def test_the_build_does_what_was_foretold(rehearsed: tuple[Path, Path, dict]) -> None:
    warehouse, before, found = rehearsed
    assert backfill(warehouse, "heal", *DAYS).returncode == 0
    foretold = {(cell["table"], cell["row"], cell["column"], cell["before"], cell["after"]) for cell in found["cells"]}
    done = set()
    for table, grain in published_grains():
        _, cells = compare(before, warehouse, table, grain)
        done |= {(cell.table, cell.row, cell.column, cell.before, cell.after) for cell in cells}
    assert foretold == done
    assert len(foretold) >= 20
    # against brute force: as many rows of each table and date differ
    with duckdb.connect() as connection:
        for name, path in (("old", before), ("new", warehouse)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        for table, _ in published_grains():
            rows = connection.execute(
                f"select game_date, count(*) from (select * from new.{table} except all select * from old.{table}) "
                "group by 1 order by 1"
            ).fetchall()
            told = [
                (one["game_date"], one["added"] + one["changed"]) for one in found["changes"] if one["table"] == table
            ]
            assert [(str(day), count) for day, count in rows] == told, table


def test_what_would_be_held_is_said_before(rehearsed: tuple[Path, Path, dict], tmp_path: Path) -> None:
    warehouse = copied(rehearsed[1], tmp_path / "wrong")
    before = fingerprints(warehouse)
    ((game,),) = query(warehouse, f"select min(game_id) from {RAW_PLAYERS} where game_date = '{END}'")
    change(
        warehouse,
        f"update {RAW_PLAYERS} set points = points + 2 where game_id = '{game}' and player_lookup = "
        f"(select min(player_lookup) from {RAW_PLAYERS} where game_id = '{game}' and minutes > '20')",
    )
    outcome = backfill(warehouse, "rehearse", *DAYS)
    assert outcome.returncode == 1
    assert f"would appear: {game} in player_game_summary" in outcome.stdout
    assert "Something would be held" in outcome.stdout
    assert fingerprints(warehouse) == before
