"""docs/your-own-data.md, command by command, as somebody with a folder of nba_api files goes through it."""

from __future__ import annotations

import re
import shlex
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest
from backfill.raw.simulate import write_league
from building import PROJECT, backfill
from dumps.league import read_league
from dumps.nba_api import write
from test_fetch import Site, answers, serve  # noqa: F401 - `answers` is a fixture

PAGE = (PROJECT / "docs" / "your-own-data.md").read_text(encoding="utf-8")
COMMANDS = [
    line.split("#")[0].strip()
    for block in re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("backfill")
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with my_dump: the first dates of a simulated league as nba_api would have saved them."""
    folder, raw = tmp_path_factory.mktemp("own"), tmp_path_factory.mktemp("league")
    write_league(raw, seasons=1, seed=7, first_season=2023)
    write(read_league(raw, "2023-24", date(2023, 10, 28)), folder / "my_dump")
    return folder


def test_every_command_of_the_page_does_what_it_says(
    folder: Path,
    answers: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = Site(answers)
    server = serve(site)
    warehouse = folder / "warehouse" / "mine.duckdb"
    monkeypatch.setenv("NBA_STATS_URL", f"{site.url}/stats")
    monkeypatch.setenv("NBA_FETCH_PAUSE", "0.001")
    for command in COMMANDS:
        words = shlex.split(command)[1:]
        words = [str(folder / word) if word in ("my_dump", "fetched") else word for word in words]
        if words[0] == "site":
            continue  # half a minute, and the same command in test_site.py
        done = backfill(warehouse, *words)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        if "--dry-run" in command:
            assert not warehouse.exists()
    server.shutdown()
    with duckdb.connect(warehouse, read_only=True) as connection:
        built = connection.execute(
            "select count(distinct game_date), count(*), count(*) filter (points is null) "
            "from nba_analytics.player_game_summary"
        ).fetchone()
    assert built is not None and built[0] == 7 and built[1] > 1000 and built[2] == 0
    shutil.rmtree(folder)
