"""Box scores of balldontlie. Its ids are its own; 00 minutes means that he did not play, for whatever reason."""

from __future__ import annotations

from typing import Any

from backfill.raw.imports.documents import Document
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import GameRef, Origin, PlayerLog
from backfill.raw.imports.teams import team
from backfill.raw.imports.values import day, text
from backfill.raw.layouts.nba_api.games import statistics

STATISTICS = {
    "points": "pts",
    "field_goals_made": "fgm",
    "field_goals_attempted": "fga",
    "three_pointers_made": "fg3m",
    "three_pointers_attempted": "fg3a",
    "free_throws_made": "ftm",
    "free_throws_attempted": "fta",
    "offensive_rebounds": "oreb",
    "defensive_rebounds": "dreb",
    "total_rebounds": "reb",
    "assists": "ast",
    "steals": "stl",
    "blocks": "blk",
    "turnovers": "turnover",
    "personal_fouls": "pf",
}


def read_box_scores(document: Document, dump: Dump) -> None:
    """Games with their players."""
    origin = Origin(document.label, document.written, "balldontlie")
    for game in document.json()["data"]:
        home, away = (team(game[side]["full_name"]) for side in ("home_team", "visitor_team"))
        ref = GameRef(None, day(game["date"]), away, home)
        for side, own in (("home_team", home), ("visitor_team", away)):
            for line in game[side]["players"]:
                _add(dump, origin, ref, own, line, bool(game["postseason"]))


def read_stats(document: Document, dump: Dump) -> None:
    """Rows of players; home and away are numbers of teams, of which the rows tell their own."""
    origin, rows = Origin(document.label, document.written, "balldontlie"), document.json()["data"]
    teams = {row["team"]["id"]: team(row["team"]["full_name"]) for row in rows}
    for row in rows:
        game = row["game"]
        away, home = teams.get(game["visitor_team_id"]), teams.get(game["home_team_id"])
        ref = GameRef(None, day(game["date"]), away, home)
        _add(dump, origin, ref, teams[row["team"]["id"]], row, bool(game["postseason"]))


def _add(dump: Dump, origin: Origin, ref: GameRef, own: str | None, line: dict[str, Any], playoffs: bool) -> None:
    minutes, player = text(line["min"]), line["player"]
    if own is None or ref.home is None or ref.away is None:
        dump.left_out["rows of games without two teams of the league, or whose other team is on another page"] += 1
    elif minutes in (None, "00", "0"):
        dump.left_out["players with 00 minutes: dnp and inactive are not told apart"] += 1
    else:
        name = " ".join(part for part in (text(player["first_name"]), text(player["last_name"])) if part)
        dump.add_player_log(
            PlayerLog(ref, origin, own, name, str(int(minutes)), statistics(line, STATISTICS), is_playoffs=playoffs)
        )
