"""Player rows of ESPN. Teams are told by full name: codes and ids mean other clubs in other leagues."""

from __future__ import annotations

from backfill.raw.imports.answers import Row, each_row
from backfill.raw.imports.documents import Document
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import GameRef, Origin, PlayerLine
from backfill.raw.imports.teams import team
from backfill.raw.imports.values import day, flag, seconds_played, text, whole
from backfill.raw.layouts.nba_api.games import statistics

STATISTICS = {
    "points": "points",
    "field_goals_made": "field_goals_made",
    "field_goals_attempted": "field_goals_attempted",
    "three_pointers_made": "three_point_field_goals_made",
    "three_pointers_attempted": "three_point_field_goals_attempted",
    "free_throws_made": "free_throws_made",
    "free_throws_attempted": "free_throws_attempted",
    "offensive_rebounds": "offensive_rebounds",
    "defensive_rebounds": "defensive_rebounds",
    "total_rebounds": "rebounds",
    "assists": "assists",
    "steals": "steals",
    "blocks": "blocks",
    "turnovers": "turnovers",
    "personal_fouls": "fouls",
}


def read(document: Document, dump: Dump) -> None:
    """Whole minutes; `did_not_play` tells who did not (`reason` and `active` say the same of everybody)."""
    origin = Origin(document.label, document.written, "hoopr player_box")

    def use(row: Row) -> None:
        own = team(f"{row['team_location']} {row['team_name']}")
        other = team(f"{row['opponent_team_location']} {row['opponent_team_name']}")
        if not own or not other:
            dump.left_out["rows of clubs that are not of the league"] += 1
            return
        away, home = (other, own) if row["home_away"] == "home" else (own, other)
        sat_out = bool(flag(row["did_not_play"]))
        plus_minus = text(row["plus_minus"])
        dump.add_player_line(
            PlayerLine(
                GameRef(None, day(row["game_date"]), away, home),
                origin,
                own,
                text(row["athlete_display_name"]),
                status="dnp" if sat_out else "active",
                seconds=None if sat_out else seconds_played(row["minutes"]),
                statistics={} if sat_out else statistics(row, STATISTICS),
                plus_minus=whole(plus_minus.lstrip("+")) if plus_minus else None,
                starter=flag(row["starter"]),
            )
        )

    each_row(document, use)
