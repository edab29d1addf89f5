"""Box scores of the collection: V3 statistics with one full name and a date; some copies lost minutes and comments."""

from __future__ import annotations

from backfill.raw.imports.answers import Row, each_row
from backfill.raw.imports.documents import Document
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Game, GameRef, Origin, PlayerLine
from backfill.raw.imports.teams import team_of_id
from backfill.raw.imports.values import day, game_id, seconds_played, text, whole
from backfill.raw.layouts.nba_api.box_scores import V3
from backfill.raw.layouts.nba_api.games import matchup, statistics


def read(document: Document, dump: Dump) -> None:
    """Rows by team and player. Home and away come from `matchup`, else from the totals file or a schedule."""
    origin = Origin(document.label, document.written, "nocturnebear box scores")
    tells_minutes = "minutes" in document.columns

    def use(row: Row) -> None:
        played_on = day(row.get("game_date") or row.get("game_data"))
        away, home = matchup({"MATCHUP": row["matchup"]})[:2] if text(row.get("matchup")) else (None, None)
        ref = GameRef(game_id(row["gameId"]), played_on, away, home)
        dump.add_game(Game(ref, origin, lists_games=False))
        known = statistics(row, V3 | ({} if "reboundsTotal" in row else {"total_rebounds": "reboundsDefensive"}))
        offensive, defensive = known["offensive_rebounds"], known["defensive_rebounds"]
        if "reboundsTotal" not in row and offensive is not None and defensive is not None:
            known["total_rebounds"] = offensive + defensive
        seconds, comment = seconds_played(row.get("minutes")), text(row.get("comment"))
        if tells_minutes:
            status = "active" if seconds is not None and not comment else "dnp"
        elif any(known.values()) or whole(row["plusMinusPoints"]):
            status = "active"
        else:
            dump.left_out["players with zeros only in a copy without minutes: whether they played is not known"] += 1
            return
        dump.add_player_line(
            PlayerLine(
                ref,
                origin,
                team_of_id(row["teamId"]),
                text(row["personName"]),
                whole(row["personId"]),
                status=status,
                reason=comment,
                seconds=seconds,
                statistics=known,
                plus_minus=whole(row["plusMinusPoints"]),
                starter=text(row["position"]) is not None,
            )
        )

    each_row(document, use)
