"""A failed check is state: no repetition and no other command forgets it, and only right data closes it."""

import json
import shutil
from pathlib import Path

from backfill.base.verdicts import open_checks
from backfill.base.warehouse import Warehouse
from building import backfill, change, copied, fingerprints, query

#: The last dates of the fixture: little is built after them.
DAY = "2021-12-08"
END = "2021-12-09"
PLAYER = f"""
    (select min(player_lookup) from nba_raw.nbac_gamebook_player_stats
    where game_date = '{DAY}' and player_status = 'active' and minutes > '20' and season_year = 2021)
"""


def add_points(warehouse: Path, points: int) -> None:
    """Give one player more points than his team's box score has room for."""
    change(
        warehouse,
        f"update nba_raw.nbac_gamebook_player_stats set points = points + ({points}) "
        f"where game_date = '{DAY}' and player_lookup = {PLAYER}",
    )


def test_no_command_forgets_a_failed_check(current: Path, tmp_path: Path) -> None:
    warehouse = copied(current, tmp_path / "verdict")
    before = fingerprints(warehouse)
    add_points(warehouse, 2)
    said = []
    for command in (
        ("run", "--start", DAY, "--end", END),
        ("run", "--start", DAY, "--end", END),
        ("heal", "--start", DAY, "--end", END),
        ("verify", "--start", DAY, "--end", END),
    ):
        outcome = backfill(warehouse, *command)
        assert outcome.returncode == 1, outcome.stdout
        assert "sound" not in outcome.stdout.replace("not sound", "").replace("sound  ", "")
        said.append("player_totals_equal_team_totals" in outcome.stdout)
    assert all(said)
    (check,) = {check.name for check in open_checks(Warehouse("duckdb", warehouse))}
    assert check == "player_totals_equal_team_totals"
    status = json.loads(backfill(warehouse, "status", "--json").stdout)
    assert status["is_done"] is False and status["open_checks"][0].startswith(check)

    add_points(warehouse, -2)
    healed = backfill(warehouse, "heal", "--start", DAY, "--end", END)
    assert healed.returncode == 0, healed.stdout
    assert open_checks(Warehouse("duckdb", warehouse)) == []
    assert backfill(warehouse, "verify", "--start", DAY, "--end", END).returncode == 0
    assert fingerprints(warehouse) == before


def test_a_warehouse_may_have_another_name(current: Path, tmp_path: Path) -> None:
    """A view that named its database would be lost when the file is renamed or copied."""
    named = query(
        current,
        "select schema_name || '.' || view_name from duckdb_views() where not internal and sql like '%nba.nba_%'",
    )
    assert named == []
    (tmp_path / "elsewhere").mkdir()
    warehouse = Path(shutil.copy(current, tmp_path / "elsewhere" / "a backup.duckdb"))
    for command in (("plan", "--start", DAY), ("gaps", "--start", DAY), ("coverage", "--start", DAY)):
        outcome = backfill(warehouse, *command)
        assert outcome.returncode == 0, outcome.stderr
    rows = query(warehouse, "select count(*) from nba_orchestration.partition_states where state = 'HAS_DATA'")
    assert rows[0][0] > 500
