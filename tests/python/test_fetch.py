"""`backfill raw fetch` against a local server that answers in the recorded shapes, and misbehaves as real ones do.

It was not run against the live sites from here.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from backfill.base.errors import BackfillError
from backfill.cli import app
from backfill.contract import load_contract
from backfill.raw.fetch.plan import credits_of, games_of
from backfill.raw.fetch.run import fetch
from backfill.raw.imports.run import import_dump
from backfill.raw.simulate import write_league
from building import PROJECT
from dumps.league import FULL_NAMES
from dumps.nba_api_season import read_season, write_season
from typer.testing import CliRunner

FIRST, LAST = date(2023, 10, 24), date(2023, 10, 30)
KEY = "not-a-real-key-0123456789"


@dataclass
class Site:
    """The sites: what they answer, how they misbehave first, and what they were asked for."""

    answers: Path
    asked: list[str] = field(default_factory=list)
    misbehaves: dict[str, list[str]] = field(default_factory=dict)
    url: str = ""

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, bytes]:
        """Status and content."""
        name = self.file_of(path, {key: values[0] for key, values in query.items()})
        if name.startswith("odds/") and query.get("apiKey") != [KEY]:
            return 401, b'{"message": "Usage quota has been reached."}'
        found = self.answers / name
        return (200, found.read_bytes()) if found.is_file() else (403, b"<Error><Code>AccessDenied</Code></Error>")

    @staticmethod
    def file_of(path: str, query: dict[str, str]) -> str:
        """The file under which an answer is kept."""
        endpoint = path.rsplit("/", 1)[-1]
        game = query.get("GameID", "")
        kind = query.get("SeasonType", "").replace(" ", "")
        if path.startswith("/injury/"):
            return f"injuries/{endpoint}"
        if path.endswith("/events"):
            return f"odds/_events_{query['date'][:10]}.json"
        if path.endswith("/odds"):
            return f"odds/{path.split('/')[-2]}.json"
        return {
            "scheduleleaguev2": f"schedule/scheduleleaguev2_{query.get('Season')}.json",
            "leaguegamelog": f"logs/leaguegamelog_{query.get('PlayerOrTeam')}_{query.get('Season')}_{kind}.json",
            "boxscoretraditionalv3": f"boxscores/boxscoretraditionalv3_{game}.json",
            "boxscoresummaryv3": f"boxscores/boxscoresummaryv3_{game}.json",
            "playbyplayv3": f"play_by_play/playbyplayv3_{game}.json",
        }[endpoint]


def serve(site: Site) -> ThreadingHTTPServer:
    """A server of the sites on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 20  # one packet an answer: two wait for each other

        def do_GET(self) -> None:
            split = urlsplit(self.path)
            query = parse_qs(split.query)
            name = site.file_of(split.path, {key: values[0] for key, values in query.items()})
            site.asked.append(name)
            planned = site.misbehaves.get(name) or site.misbehaves.get("*") or []
            bad = planned.pop(0) if planned else ""
            if bad == "hang up":
                self.close_connection = True
                return
            status, content = site.answer(split.path, query)
            if bad == "throttle":
                status, content = 429, b""
            elif bad == "error":
                status, content = 500, b"<html>Internal Server Error</html>"
            elif bad == "nothing":
                content = b""
            elif bad == "page":
                content = b"<!DOCTYPE html><html>Access Denied</html>"
            elif bad == "refuse":
                status, content = 403, b"<html>Access Denied</html>"
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if bad == "cut":
                content, self.close_connection = content[: len(content) // 2], True
            self.wfile.write(content)
            self.wfile.flush()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="session")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the sites answer for a week of a simulated league, as the files that fetching leaves."""
    raw, made, kept = (tmp_path_factory.mktemp(name) for name in ("raw", "made", "answers"))
    write_league(raw, seasons=1, seed=7, first_season=2023)
    season = read_season(raw, "2023-24", LAST, PROJECT / "seeds" / "player_aliases.csv")
    for row in (row for rows in season.gamebook.values() for row in rows):
        row["nba_player_id"] = None
    season.events = {
        game: [
            event
            | {"player_1_lookup": _listed(season.gamebook[game], event["player_1_lookup"])}
            | {"player_2_lookup": _listed(season.gamebook[game], event["player_2_lookup"])}
            for event in events
        ]
        for game, events in season.events.items()
    }
    write_season(season, made, version=3)
    for source, target in (
        ("scheduleleaguev2.json", "schedule/scheduleleaguev2_2023-24.json"),
        ("leaguegamelog_T.json", "logs/leaguegamelog_T_2023-24_RegularSeason.json"),
        ("leaguegamelog_P.json", "logs/leaguegamelog_P_2023-24_RegularSeason.json"),
    ):
        (kept / target).parent.mkdir(exist_ok=True)
        shutil.copy(made / source, kept / target)
    shutil.copytree(made / "box", kept / "boxscores")
    shutil.copytree(made / "summary", kept / "boxscores", dirs_exist_ok=True)
    shutil.copytree(made / "pbp", kept / "play_by_play")
    (kept / "injuries").mkdir()
    for number in range(24, 29):  # two of the seven reports were never published
        (kept / "injuries" / f"Injury-Report_2023-10-{number}_05PM.pdf").write_bytes(b"%PDF-1.7 a report")
    _write_odds(season.schedule, kept / "odds")
    return kept


def _listed(rows: list[dict], lookup: str | None) -> str | None:
    """The gamebook's key of a player whom the play-by-play may spell without his suffix."""
    root = re.sub(r"(jr|sr|ii|iii|iv)$", "", lookup or "")
    found = [row["player_lookup"] for row in rows if re.sub(r"(jr|sr|ii|iii|iv)$", "", row["player_lookup"]) == root]
    return found[0] if found else None


def _write_odds(games: list[dict], folder: Path) -> None:
    folder.mkdir()
    by_date: dict[date, list[dict]] = {}
    for number, game in enumerate(games):
        event = {
            "id": f"{number:032x}",
            "sport_key": "basketball_nba",
            "commence_time": f"{game['game_date']}T23:40:00Z",
            "home_team": FULL_NAMES[game["home_team_tricode"]],
            "away_team": FULL_NAMES[game["away_team_tricode"]],
        }
        by_date.setdefault(game["game_date"], []).append(event)
        outcomes = [{"name": side, "price": -110, "point": 220.5} for side in ("Over", "Under")]
        markets = [{"key": "totals", "outcomes": outcomes}]
        answer = {
            "timestamp": f"{game['game_date']}T23:00:00Z",
            "data": event | {"bookmakers": [{"key": "a", "markets": markets}]},
        }
        (folder / f"{event['id']}.json").write_text(json.dumps(answer))
    for day, events in by_date.items():
        (folder / f"_events_{day}.json").write_text(json.dumps({"timestamp": "", "data": events}))


@pytest.fixture
def site(answers: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The sites, on this machine, asked almost without pauses."""
    site = Site(answers)
    server = serve(site)
    monkeypatch.setenv("NBA_STATS_URL", f"{site.url}/stats")
    monkeypatch.setenv("NBA_INJURY_REPORT_URL", f"{site.url}/injury")
    monkeypatch.setenv("NBA_ODDS_API_URL", f"{site.url}/v4")
    monkeypatch.setenv("NBA_FETCH_PAUSE", "0.001")
    monkeypatch.delenv("ODDS_API_KEY", raising=False)
    yield site
    server.shutdown()
    server.server_close()


def files(folder: Path) -> dict[str, bytes]:
    """Whole files of a folder, without what was being written."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def expected(answers: Path) -> dict[str, bytes]:
    return {name: content for name, content in files(answers).items() if not name.startswith("odds/")}


def test_a_week_is_fetched_once_and_can_be_imported(site: Site, tmp_path: Path) -> None:
    result = fetch(FIRST, LAST, tmp_path / "kept")
    assert files(tmp_path / "kept") == expected(site.answers)
    assert result.fetched == len(expected(site.answers)) and not result.missing
    assert len(result.not_published) == 2
    assert len(site.asked) == len(set(site.asked)) == result.fetched + 2
    site.asked.clear()
    again = fetch(FIRST, LAST, tmp_path / "kept")
    assert (again.fetched, again.there) == (0, result.fetched)
    assert {name.split("/")[0] for name in site.asked} == {"injuries"} and len(site.asked) == 2
    shutil.rmtree(tmp_path / "kept" / "injuries")
    imported = import_dump("auto", [tmp_path / "kept"], tmp_path / "nba.duckdb", load_contract(PROJECT))
    assert len(imported.tables["nbac_gamebook_player_stats"].games) == result.games
    assert not imported.missing and not imported.unmapped


def test_killed_at_twenty_moments_nothing_is_half_and_nothing_is_asked_twice(site: Site, tmp_path: Path) -> None:
    folder, seed, wanted = tmp_path / "kept", random.Random(20231024), expected(site.answers)
    fork = multiprocessing.get_context("fork")
    for _ in range(20):
        there = set(files(folder)) if folder.exists() else set()
        site.asked.clear()
        child = fork.Process(target=fetch, args=(FIRST, LAST, folder))
        child.start()
        time.sleep(seed.uniform(0.02, 0.1))
        child.kill()
        child.join()
        asked = set(site.asked)
        assert not asked & there
        for name, content in (files(folder) if folder.exists() else {}).items():
            assert content == wanted[name], name
    fetch(FIRST, LAST, folder)
    assert files(folder) == wanted


@pytest.mark.parametrize("bad", ["throttle", "error", "cut", "hang up", "nothing", "page", "refuse"])
def test_a_site_that_misbehaves_for_a_while_is_waited_for(bad: str, site: Site, tmp_path: Path) -> None:
    """Two answers of each kind go wrong once or twice: they are asked for again, and the rest is there already."""
    game = "boxscores/boxscoretraditionalv3_0022300003.json"
    site.misbehaves = {game: [bad], "play_by_play/playbyplayv3_0022300002.json": [bad, bad]}
    result = fetch(FIRST, LAST, tmp_path / "kept")
    assert not result.missing
    assert files(tmp_path / "kept") == expected(site.answers)


def test_a_single_answer_that_goes_wrong_once_is_asked_for_again(site: Site, tmp_path: Path) -> None:
    site.misbehaves = {"schedule/scheduleleaguev2_2023-24.json": ["nothing"]}
    assert not fetch(FIRST, LAST, tmp_path / "kept", kinds=("schedule",)).missing


def test_a_site_that_refuses_everything_is_left_alone_soon(site: Site, tmp_path: Path) -> None:
    site.misbehaves = {"*": ["refuse"] * 1000}
    with pytest.raises(BackfillError, match=r"the schedule could not be fetched .*refused \(403\).*data centres"):
        fetch(FIRST, LAST, tmp_path / "kept")
    assert len(site.asked) <= 3 and not files(tmp_path)


def test_what_stays_missing_is_told_and_the_rest_is_kept(site: Site, tmp_path: Path) -> None:
    gone = [f"boxscores/boxscoretraditionalv3_00223{number:05}.json" for number in (1, 2)]
    site.misbehaves = {name: ["page"] * 50 for name in gone}
    arguments = ["raw", "fetch", "--start", str(FIRST), "--end", str(LAST), "--to", str(tmp_path / "kept")]
    told = CliRunner().invoke(app, arguments)
    assert told.exit_code == 1
    assert "missing: 2 (answered with something that is no JSON: an error page, or cut off)" in told.output
    assert set(files(tmp_path / "kept")) == set(expected(site.answers)) - set(gone)
    site.misbehaves.clear()
    again = CliRunner().invoke(app, arguments)
    assert again.exit_code == 0, again.output
    assert "Import it with: backfill raw import auto" in again.output


def test_a_site_that_stops_answering_is_not_asked_for_everything(site: Site, tmp_path: Path) -> None:
    schedule = fetch(FIRST, LAST, tmp_path / "kept", kinds=("schedule",))
    site.asked.clear()
    site.misbehaves = {"*": ["page"] * 10_000}
    result = fetch(FIRST, LAST, tmp_path / "kept")
    assert schedule.games == result.games
    assert len(site.asked) == 5
    assert len(result.missing) == len(expected(site.answers)) + 2 - 1


def test_without_a_network_the_message_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBA_STATS_URL", "http://127.0.0.1:9/stats")
    monkeypatch.setenv("NBA_FETCH_PAUSE", "0.001")
    with pytest.raises(BackfillError, match=r"the schedule could not be fetched .*the connection was refused"):
        fetch(FIRST, LAST, tmp_path / "kept")
    monkeypatch.setenv("NBA_STATS_URL", "http://no-such-site.invalid/stats")
    with pytest.raises(BackfillError, match="the name of the site is not known: is there a network"):
        fetch(FIRST, LAST, tmp_path / "kept")
    assert not files(tmp_path)


def test_games_that_the_warehouse_lacks_come_first(site: Site, tmp_path: Path) -> None:
    fetch(FIRST, date(2023, 10, 25), tmp_path / "kept", kinds=("boxscores", "logs"))
    import_dump("nba_api", [tmp_path / "kept"], tmp_path / "nba.duckdb", load_contract(PROJECT))
    site.asked.clear()
    fetch(FIRST, LAST, tmp_path / "other", warehouse=tmp_path / "nba.duckdb")
    games = [name[-15:-5] for name in site.asked if name.startswith("boxscores/")]
    days = {game.ref.nba_game_id: game.ref.game_date for game in games_of(tmp_path / "other", FIRST, LAST)}
    lacked = [days[game] > date(2023, 10, 25) for game in games]
    assert lacked == sorted(lacked, reverse=True) and True in lacked and False in lacked


def test_odds_cost_and_nothing_is_asked_before_that_is_agreed_to(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BackfillError, match="odds need a key of The Odds API in ODDS_API_KEY"):
        fetch(FIRST, LAST, tmp_path / "kept", kinds=("odds",))
    monkeypatch.setenv("ODDS_API_KEY", KEY)
    asked: list[int] = []
    refused = fetch(FIRST, LAST, tmp_path / "kept", kinds=("odds",), agreed=lambda credits: bool(asked.append(credits)))
    games = games_of(tmp_path / "kept", FIRST, LAST)
    assert asked == [credits_of(games)] == [30 * len(games) + 7]
    assert refused.missing and not any(name.startswith("odds/") for name in site.asked)
    result = fetch(FIRST, LAST, tmp_path / "kept", kinds=("odds",), agreed=lambda credits: True)
    assert not result.missing
    assert len(list((tmp_path / "kept" / "odds").glob("historical_*.json"))) == len(games)
    assert not any(KEY.encode() in content or KEY in name for name, content in files(tmp_path / "kept").items())
    site.asked.clear()
    again = fetch(FIRST, LAST, tmp_path / "kept", kinds=("odds",), agreed=lambda credits: False)
    assert not again.missing and not site.asked
    imported = import_dump("odds_api", [tmp_path / "kept" / "odds"], tmp_path / "nba.duckdb", load_contract(PROJECT))
    assert imported.tables["odds_api_game_lines"].rows == 2 * len(games)


def test_a_key_that_is_used_up_is_told_without_the_key(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ODDS_API_KEY", "wrong-key-987654")
    result = fetch(FIRST, LAST, tmp_path / "kept", kinds=("odds",), agreed=lambda credits: True)
    assert set(result.missing.values()) <= {
        "refused (401): the key is wrong, or its credits are used up",
        "not asked: the site did not answer before",
    }
    assert "wrong-key" not in json.dumps(vars(result))


def test_a_connection_that_breaks_does_not_print_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    fetch(FIRST, FIRST, tmp_path / "kept", kinds=("schedule",))
    monkeypatch.setenv("ODDS_API_KEY", KEY)
    monkeypatch.setenv("NBA_ODDS_API_URL", "http://127.0.0.1:9/v4")
    result = fetch(FIRST, FIRST, tmp_path / "kept", kinds=("odds",), agreed=lambda credits: True)
    assert result.missing and KEY not in json.dumps(vars(result))


def test_requests_leave_a_pause(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBA_FETCH_PAUSE", "0.05")
    begun = time.monotonic()
    fetch(FIRST, FIRST, tmp_path / "kept")
    assert time.monotonic() - begun >= 0.05 * (len(site.asked) - 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--start", "2023-10-24", "--what", "shoes"], "--what is 'shoes'; it can be schedule, logs"),
        (["--start", "2023-10-24", "--end", "2023-10-01"], "--end 2023-10-01 is before --start 2023-10-24"),
        (["--start", "soon"], "--start is 'soon'"),
    ],
)
def test_a_wrong_option_is_told(arguments: list[str], message: str, tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["raw", "fetch", *arguments, "--to", str(tmp_path)])
    assert told.exit_code == 1 and message in told.output


def test_dates_without_games_are_told(site: Site, tmp_path: Path) -> None:
    with pytest.raises(BackfillError, match="no game was played from 2023-10-20 to 2023-10-21"):
        fetch(date(2023, 10, 20), date(2023, 10, 21), tmp_path / "kept")
