"""One writer at a time, and who is told what came of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from backfill.base import options
from backfill.base.errors import BackfillError
from backfill.base.lease import lease
from backfill.base.notifications import errors_told, message, notify
from backfill.base.warehouse import Warehouse
from building import PROJECT, backfill, backfill_command, backfill_environment, change, copied

DAY = ("--start", "2021-12-10", "--end", "2021-12-10")
HOLD = """
import sys, time
from pathlib import Path
from backfill.base.lease import lease
from backfill.base.warehouse import Warehouse
with lease(Warehouse("duckdb", Path(sys.argv[1])), "run of the first"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(warehouse: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lease of the warehouse and nothing else: DuckDB itself would let others in."""
    with subprocess.Popen(
        [*backfill_command()[:1], "-c", HOLD, str(warehouse)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env=backfill_environment(warehouse),
    ) as process:
        assert process.stdout is not None and process.stdout.readline().strip() == "held"
        yield process
        process.kill()


@pytest.mark.parametrize("command", [("run", *DAY), ("heal",)], ids=["run", "heal"])
def test_a_second_writer_is_told_who_the_first_is(
    warehouse: Path, holder: subprocess.Popen[str], command: tuple[str, ...]
) -> None:
    outcome = backfill(warehouse, *command, "--wait", "1")
    assert outcome.returncode == 1
    said = " ".join(outcome.stderr.split())
    assert "is in use by backfill run of the first, since" in said
    assert f"(process {holder.pid})" in said


def test_the_lease_of_a_killed_owner_is_free(warehouse: Path, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(BackfillError, match="run of the first"), lease(Warehouse("duckdb", warehouse), "run"):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with lease(Warehouse("duckdb", warehouse), "run"):
        assert "backfill run, since" in warehouse.with_name("nba.duckdb.owner").read_text()
    assert not warehouse.with_name("nba.duckdb.owner").exists()


def test_a_second_writer_waits(warehouse: Path, holder: subprocess.Popen[str]) -> None:
    threading.Timer(1.5, holder.kill).start()
    began = time.monotonic()
    with lease(Warehouse("duckdb", warehouse, wait_seconds=30), "run"):
        assert time.monotonic() - began > 1


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A webhook of our own; yields the texts it was sent."""
    texts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            texts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("NBA_WEBHOOK_URL", f"http://127.0.0.1:{server.server_port}/services/x")
    yield texts
    server.shutdown()
    server.server_close()


def test_a_daily_run_that_fails_is_told_and_a_backfill_is_not(
    built_warehouse: Path, tmp_path: Path, webhook: list[str]
) -> None:
    warehouse = copied(built_warehouse, tmp_path / "copy")
    change(warehouse, "alter table nba_raw.nbac_gamebook_player_stats rename points to punkte")
    assert backfill(warehouse, "run", *DAY, "--mode", "backfill").returncode == 1
    assert webhook == []
    assert backfill(warehouse, "run", *DAY, "--mode", "daily").returncode == 1
    (text,) = webhook
    assert text.startswith("NBA warehouse, backfill run --start 2021-12-10 --end 2021-12-10: ")
    assert " failed" in text
    assert "points" in text


def test_a_daily_run_that_closes_a_gap_is_told_and_a_usual_one_is_not(
    current: Path, tmp_path: Path, webhook: list[str]
) -> None:
    warehouse = copied(current, tmp_path / "copy")
    assert backfill(warehouse, "run", *DAY, "--mode", "daily").returncode == 0
    assert webhook == []
    change(warehouse, "delete from nba_predictions.ml_feature_store_v2 where game_date = '2021-12-05'")
    healed = backfill(warehouse, "heal", "--start", "2021-12-05", "--end", "2021-12-05", "--mode", "daily")
    assert healed.returncode == 0, healed.stdout + healed.stderr
    assert webhook == [
        "NBA warehouse, backfill heal --start 2021-12-05 --end 2021-12-05: "
        "10 partitions that were missing or stale built"
    ]


def test_a_dead_webhook_is_a_warning(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for url in ("http://127.0.0.1:9/x", "no url at all"):
        monkeypatch.setenv("NBA_WEBHOOK_URL", url)
        assert notify("run", failed=[("model", "broken")]) is False
        assert "was not reached" in capsys.readouterr().err


def test_errors_of_daily_commands_are_told(webhook: list[str]) -> None:
    for is_daily, told in ((False, 0), (True, 1)):
        with pytest.raises(BackfillError), errors_told("heal", is_daily=is_daily):
            raise BackfillError("warehouse is in use by somebody")
        assert len(webhook) == told
    assert "- error: warehouse is in use by somebody" in webhook[0]


def test_nothing_to_tell_is_silence(webhook: list[str]) -> None:
    assert notify("run", failed=[]) is False
    assert webhook == []
    assert "2 partitions left alone" in message("run", failed=[], healed=0, left_alone=2)


def test_the_age_of_the_last_date_decides_the_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBA_RUN_MODE", raising=False)
    assert options.is_daily(None, date.today() - timedelta(days=2))
    assert not options.is_daily(None, date.today() - timedelta(days=30))
    assert options.is_daily("daily", date(2021, 12, 10))
    monkeypatch.setitem(os.environ, "NBA_RUN_MODE", "backfill")
    assert not options.is_daily(None, date.today())
    with pytest.raises(BackfillError, match="--mode is 'hourly'"):
        options.is_daily("hourly", date.today())
