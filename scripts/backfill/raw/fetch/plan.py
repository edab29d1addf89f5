"""What there is to fetch for a range of dates: one file an answer, as it came."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from backfill.base.seasons import season_of
from backfill.raw.fetch.client import Client, site
from backfill.raw.imports.documents import find_documents
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Game
from backfill.raw.imports.teams import team
from backfill.raw.imports.values import EASTERN, instant, to_eastern
from backfill.raw.layouts.nba_api.games import read_schedule

KINDS = ("schedule", "logs", "boxscores", "play_by_play", "injuries", "odds")
#: What is fetched unless something else is asked for: all that costs nothing.
DEFAULT = KINDS[:-1]
SEASON_TYPES = {"002": "Regular Season", "004": "Playoffs", "005": "PlayIn"}
FINAL = 3
#: The report of 5:30 PM, the last before most tip-offs; its name says more since this date.
REPORT, REPORT_NAMED_OTHERWISE = "05PM", (date(2025, 12, 22), "05_30PM")
#: Minutes before the tip-off at which a quote is asked for, the markets, and what they cost: credits a market and
#: event, and a listing of events.
BEFORE_TIP_OFF, MARKETS, CREDITS, CREDITS_OF_A_LIST = 10, ("player_points", "spreads", "totals"), 10, 1


@dataclass(frozen=True)
class Answer:
    """One answer to have. `path` is relative to the folder; a file that was written before `fresh_from` is old."""

    path: str
    ask: Callable[[Client], bytes]
    fresh_from: datetime | None = None

    def is_there(self, folder: Path) -> bool:
        """TRUE when the file is there, and not old."""
        path = folder / self.path
        if not path.is_file():
            return False
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return self.fresh_from is None or written >= self.fresh_from


def label(season: int) -> str:
    """`2023-24`."""
    return f"{season}-{(season + 1) % 100:02}"


def _fresh_from(last: date) -> datetime:
    """The morning after a date, Eastern: results of the date are in then."""
    return datetime.combine(last + timedelta(days=1), datetime.min.time(), EASTERN) + timedelta(hours=6)


def _stats(endpoint: str, parameters: dict[str, object], holds: str) -> Callable[[Client], bytes]:
    return lambda client: client.stats(endpoint, parameters, holds)


# ---- schedule ----


def schedules(first: date, last: date) -> list[Answer]:
    """The schedule of every season of the range; one that is older than the range's last date is fetched anew."""
    return [
        Answer(
            f"schedule/scheduleleaguev2_{label(season)}.json",
            _stats("scheduleleaguev2", {"LeagueID": "00", "Season": label(season)}, "leagueSchedule"),
            _fresh_from(last),
        )
        for season in range(season_of(first), season_of(last) + 1)
    ]


def games_of(folder: Path, first: date, last: date) -> list[Game]:
    """Final games of the range, as the fetched schedules tell, in order of their dates."""
    dump = Dump()
    if (folder / "schedule").is_dir():
        for document in find_documents([folder / "schedule"]).documents:
            read_schedule(document, dump)
    within = [game for game in dump.games.values() if game.ref.game_date and first <= game.ref.game_date <= last]
    return sorted(
        (game for game in within if game.status == FINAL), key=lambda game: (game.ref.game_date, game.ref.nba_game_id)
    )


# ---- games ----


def logs(games: Iterable[Game], last: date) -> list[Answer]:
    """Logs of teams and of players of every season and kind of game of the range."""
    wanted = {
        (season_of(game.ref.game_date), SEASON_TYPES[kind])
        for game in games
        if game.ref.game_date and (kind := (game.ref.nba_game_id or "")[:3]) in SEASON_TYPES
    }
    return [
        Answer(
            f"logs/leaguegamelog_{of}_{label(season)}_{kind.replace(' ', '')}.json",
            _stats(
                "leaguegamelog",
                {
                    "Counter": 0,
                    "Direction": "ASC",
                    "LeagueID": "00",
                    "PlayerOrTeam": of,
                    "Season": label(season),
                    "SeasonType": kind,
                    "Sorter": "DATE",
                    "DateFrom": "",
                    "DateTo": "",
                },
                "LeagueGameLog",
            ),
            _fresh_from(last),
        )
        for season, kind in sorted(wanted)
        for of in "TP"
    ]


def of_game(nba_id: str, kinds: Iterable[str]) -> list[Answer]:
    """Box score and summary, and play-by-play, of a game."""
    answers = []
    if "boxscores" in kinds:
        parameters = dict.fromkeys(("EndPeriod", "EndRange", "RangeType", "StartPeriod", "StartRange"), 0)
        answers += [
            Answer(
                f"boxscores/boxscoretraditionalv3_{nba_id}.json",
                _stats("boxscoretraditionalv3", parameters | {"GameID": nba_id}, "boxScoreTraditional"),
            ),
            Answer(
                f"boxscores/boxscoresummaryv3_{nba_id}.json",
                _stats("boxscoresummaryv3", {"GameID": nba_id}, "boxScoreSummary"),
            ),
        ]
    if "play_by_play" in kinds:
        parameters = {"EndPeriod": 0, "GameID": nba_id, "StartPeriod": 0}
        answers.append(
            Answer(f"play_by_play/playbyplayv3_{nba_id}.json", _stats("playbyplayv3", parameters, "actions"))
        )
    return answers


def injuries(days: Iterable[date]) -> list[Answer]:
    """The last report before most tip-offs of each date with games."""
    answers = []
    for day in days:
        hour = REPORT_NAMED_OTHERWISE[1] if day >= REPORT_NAMED_OTHERWISE[0] else REPORT
        name = f"Injury-Report_{day}_{hour}.pdf"
        answers.append(Answer(f"injuries/{name}", _report(f"{site('NBA_INJURY_REPORT_URL')}/{name}")))
    return answers


def _report(url: str) -> Callable[[Client], bytes]:
    return lambda client: client.document(url, b"%PDF")


# ---- odds ----


def credits_of(games: Iterable[Game]) -> int:
    """What the odds of these games cost, in credits of The Odds API: ten a market and game, one a date."""
    listed = list(games)
    return len(listed) * CREDITS * len(MARKETS) + len({game.ref.game_date for game in listed}) * CREDITS_OF_A_LIST


def _taken_at(game: Game) -> str | None:
    if game.tip_off is None:
        return None
    moment = game.tip_off.replace(tzinfo=EASTERN).astimezone(UTC) - timedelta(minutes=BEFORE_TIP_OFF)
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def event_lists(games: Iterable[Game], key: str) -> list[Answer]:
    """The events of each date, which give the ids of its games."""
    url = f"{site('NBA_ODDS_API_URL')}/historical/sports/basketball_nba/events"
    first: dict[date, str] = {}
    for game in games:
        moment = _taken_at(game)
        if moment and game.ref.game_date:
            first[game.ref.game_date] = min(moment, first.get(game.ref.game_date, moment))
    return [
        Answer(f"odds/_events_{day}.json", _odds(url, {"date": moment}, key)) for day, moment in sorted(first.items())
    ]


def odds(folder: Path, games: Iterable[Game], key: str) -> list[Answer]:
    """One snapshot a game, shortly before its tip-off, of the events that the fetched lists name."""
    ids: dict[tuple[date, str, str], str] = {}
    for path in sorted((folder / "odds").glob("_events_*.json")):
        for event in json.loads(path.read_text(encoding="utf-8"))["data"]:
            away, home, starts = team(event["away_team"]), team(event["home_team"]), instant(event["commence_time"])
            if away and home and starts:
                ids[to_eastern(starts).date(), away, home] = event["id"]
    answers = []
    for game in games:
        ref = game.ref
        event = ids.get((ref.game_date, ref.away, ref.home))  # type: ignore[arg-type]
        moment = _taken_at(game)
        if event and moment:
            url = f"{site('NBA_ODDS_API_URL')}/historical/sports/basketball_nba/events/{event}/odds"
            parameters = {"date": moment, "regions": "us", "markets": ",".join(MARKETS), "oddsFormat": "american"}
            path = f"odds/historical_{ref.game_date}_{ref.away}_{ref.home}.json"
            answers.append(Answer(path, _odds(url, parameters, key)))
    return answers


def _odds(url: str, parameters: dict[str, str], key: str) -> Callable[[Client], bytes]:
    return lambda client: client.json(url, parameters | {"apiKey": key}, "timestamp")
