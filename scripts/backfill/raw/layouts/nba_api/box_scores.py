"""Box scores of stats.nba.com. Who did not play has zeros there, and NULL here; team turnovers are left out there."""

from __future__ import annotations

from collections.abc import Iterator

from backfill.raw.imports.answers import Row, each_row, tables
from backfill.raw.imports.documents import Document
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Game, GameRef, Origin, PlayerLine, TeamLine
from backfill.raw.imports.teams import team, team_of_id
from backfill.raw.imports.values import game_id, seconds_played, text, whole
from backfill.raw.layouts.nba_api.games import STATISTICS as V2
from backfill.raw.layouts.nba_api.games import statistics

V3 = {
    "points": "points",
    "field_goals_made": "fieldGoalsMade",
    "field_goals_attempted": "fieldGoalsAttempted",
    "three_pointers_made": "threePointersMade",
    "three_pointers_attempted": "threePointersAttempted",
    "free_throws_made": "freeThrowsMade",
    "free_throws_attempted": "freeThrowsAttempted",
    "offensive_rebounds": "reboundsOffensive",
    "defensive_rebounds": "reboundsDefensive",
    "total_rebounds": "reboundsTotal",
    "assists": "assists",
    "steals": "steals",
    "blocks": "blocks",
    "turnovers": "turnovers",
    "personal_fouls": "foulsPersonal",
}
V2_BOX = V2 | {"turnovers": "TO"}


# ---- V3 ----


def read_v3(document: Document, dump: Dump) -> None:
    """BoxScoreTraditionalV3 as it was answered."""
    box = document.json()["boxScoreTraditional"]
    origin = Origin(document.label, document.written, "boxscoretraditionalv3")
    for players, row in _v3_rows(box):
        (_add_v3_player if players else _add_v3_team)(dump, origin, row)


def _v3_rows(box: dict) -> Iterator[tuple[bool, Row]]:
    """TRUE and a player's row, or FALSE and a team's, as nba_api flattens them."""
    shared = {name: box[name] for name in ("gameId", "homeTeamId", "awayTeamId")}
    for side in ("homeTeam", "awayTeam"):
        block = box[side]
        own = shared | {"teamTricode": block["teamTricode"]}
        yield False, own | block["statistics"]
        for player in block["players"]:
            yield True, own | player | player["statistics"]


def read_v3_players(document: Document, dump: Dump) -> None:
    """The players' frame of BoxScoreTraditionalV3, and what others saved in its columns."""
    origin = Origin(document.label, document.written, "boxscoretraditionalv3")
    each_row(document, lambda row: _add_v3_player(dump, origin, row), "PlayerStats")


def read_v3_teams(document: Document, dump: Dump) -> None:
    """The teams' frame of BoxScoreTraditionalV3."""
    origin = Origin(document.label, document.written, "boxscoretraditionalv3")
    each_row(document, lambda row: _add_v3_team(dump, origin, row), "TeamStats")


def v3_game(row: Row) -> GameRef:
    """The game of a V3 row; its date is not there, and home and away only in newer copies."""
    return GameRef(game_id(row["gameId"]), None, team_of_id(row.get("awayTeamId")), team_of_id(row.get("homeTeamId")))


def _add_game(dump: Dump, origin: Origin, ref: GameRef) -> None:
    dump.add_game(Game(ref, origin, lists_games=False))


def _add_v3_player(dump: Dump, origin: Origin, row: Row) -> None:
    ref = v3_game(row)
    _add_game(dump, origin, ref)
    dump.add_player_line(v3_line(row, ref, origin))


def v3_line(row: Row, ref: GameRef, origin: Origin) -> PlayerLine:
    """The line of a V3 player's row. A comment, or no minutes, says that he did not play."""
    comment, seconds = text(row.get("comment")), seconds_played(row["minutes"])
    return PlayerLine(
        ref,
        origin,
        team(row["teamTricode"]),
        " ".join(part for part in (text(row.get("firstName")), text(row.get("familyName"))) if part),
        whole(row["personId"]),
        status="dnp" if comment or seconds is None else "active",
        reason=comment,
        seconds=seconds,
        statistics=statistics(row, V3),
        plus_minus=whole(row.get("plusMinusPoints")),
        starter=text(row.get("position")) is not None,
        family_name=text(row.get("familyName")),
    )


def _add_v3_team(dump: Dump, origin: Origin, row: Row) -> None:
    ref = v3_game(row)
    _add_game(dump, origin, ref)
    own = team(row["teamTricode"])
    dump.add_team_line(
        TeamLine(
            ref,
            origin,
            own,
            own == ref.home if ref.home else None,
            text(row["minutes"]),
            statistics(row, V3) | {"turnovers": None},
            whole(row.get("plusMinusPoints")),
        )
    )


# ---- V2 ----


def read_v2(document: Document, dump: Dump) -> None:
    """BoxScoreTraditionalV2: home, away and date come from a summary or a log."""
    origin = Origin(document.label, document.written, "boxscoretraditionalv2")
    each_row(document, lambda row: _add_v2_player(dump, origin, row), "PlayerStats")
    if document.kind == "json":
        for row in tables(document).get("TeamStats", []):
            minutes = text(row["MIN"])
            dump.add_team_line(
                TeamLine(
                    GameRef(game_id(row["GAME_ID"])),
                    origin,
                    team(row["TEAM_ABBREVIATION"]),
                    None,
                    minutes,
                    statistics(row, V2_BOX) | {"turnovers": None},
                    whole(row["PLUS_MINUS"]),
                )
            )


def _add_v2_player(dump: Dump, origin: Origin, row: Row) -> None:
    seconds = seconds_played(row["MIN"])
    dump.add_player_line(
        PlayerLine(
            GameRef(game_id(row["GAME_ID"])),
            origin,
            team(row["TEAM_ABBREVIATION"]),
            text(row["PLAYER_NAME"]),
            whole(row["PLAYER_ID"]),
            status="dnp" if seconds is None else "active",
            reason=text(row.get("COMMENT")),
            seconds=seconds,
            statistics=statistics(row, V2_BOX),
            plus_minus=whole(row.get("PLUS_MINUS")),
            starter=text(row["START_POSITION"]) is not None,
        )
    )
