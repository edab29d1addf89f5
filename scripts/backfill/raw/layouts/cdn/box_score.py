"""The box score of cdn.nba.com: one game whole, with inactive players, team turnovers, arena and tip-off."""

from __future__ import annotations

from typing import Any

from backfill.raw.imports.documents import Document
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Game, GameRef, Origin, PlayerLine, TeamLine
from backfill.raw.imports.teams import team
from backfill.raw.imports.values import clock, day, eastern_clock, flag, game_id, seconds_played, text, whole
from backfill.raw.layouts.nba_api.box_scores import V3
from backfill.raw.layouts.nba_api.games import statistics

PART = "cdn boxscore"
#: The team's own counts: rebounds of players only, turnovers with those of no player.
TEAM = V3 | {"total_rebounds": "reboundsPersonal", "turnovers": "turnoversTotal"}


def read(document: Document, dump: Dump) -> None:
    """The game, its players and its two teams."""
    game = document.json()["game"]
    origin = Origin(document.label, document.written, PART)
    home, away = (team(game[side]["teamTricode"]) for side in ("homeTeam", "awayTeam"))
    if not home or not away:
        dump.left_out["box scores of games without two teams of the league"] += 1
        return
    ref = GameRef(game_id(game["gameId"]), day(str(game["gameCode"]).split("/")[0]), away, home)
    arena = game.get("arena") or {}
    dump.add_game(
        Game(
            ref,
            origin,
            tip_off=eastern_clock(game["gameEt"]),
            status=whole(game["gameStatus"]),
            home_score=whole(game["homeTeam"]["score"]),
            away_score=whole(game["awayTeam"]["score"]),
            arena_name=text(arena.get("arenaName")),
            arena_city=text(arena.get("arenaCity")),
            arena_state=text(arena.get("arenaState")),
        )
    )
    for side, own in (("homeTeam", home), ("awayTeam", away)):
        for player in game[side]["players"]:
            dump.add_player_line(_line(player, ref, own, origin))
        dump.add_team_line(_team_line(game[side]["statistics"], ref, own, own == home, origin))


def _line(player: dict[str, Any], ref: GameRef, own: str, origin: Origin) -> PlayerLine:
    played, is_active = flag(player["played"]), text(player["status"]) == "ACTIVE"
    names = [part for part in (text(player.get("firstName")), text(player.get("familyName"))) if part]
    return PlayerLine(
        ref,
        origin,
        own,
        " ".join(names) or text(player.get("name")),
        whole(player["personId"]),
        status="active" if played else "dnp" if is_active else "inactive",
        reason=None if played else text(player.get("notPlayingReason")),
        seconds=seconds_played(player["statistics"]["minutes"]) if played else None,
        statistics=statistics(player["statistics"], V3) if played else {},
        plus_minus=whole(player["statistics"].get("plusMinusPoints")) if played else None,
        starter=flag(player["starter"]),
        family_name=text(player.get("familyName")),
    )


def _team_line(counts: dict[str, Any], ref: GameRef, own: str, is_home: bool, origin: Origin) -> TeamLine:
    known = statistics(counts, TEAM)
    # a heave is an attempt of the team and of no player (audits R1)
    if known["field_goals_attempted"] is not None:
        known["field_goals_attempted"] += whole(counts.get("teamFieldGoalAttempts")) or 0
    points, against = whole(counts["points"]), whole(counts.get("pointsAgainst"))
    return TeamLine(
        ref,
        origin,
        own,
        is_home,
        clock(seconds_played(counts["minutes"])),
        known,
        points - against if points is not None and against is not None else None,
    )
