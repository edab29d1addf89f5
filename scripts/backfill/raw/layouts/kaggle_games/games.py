"""Games with their results, one a row."""

from __future__ import annotations

from backfill.raw.imports.answers import Row, each_row
from backfill.raw.imports.documents import Document, Refused
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Game, GameRef, Origin, TeamLine
from backfill.raw.imports.teams import team_of_id
from backfill.raw.imports.values import day, game_id, text, whole
from backfill.raw.layouts.nba_api.games import STATISTICS


def read_results(document: Document, dump: Dump) -> None:
    """nathanlauga's games.csv. A copy that went through a spreadsheet may write day before month."""
    origin = Origin(document.label, document.written, "kaggle games.csv")
    formats = _formats(document)

    def use(row: Row) -> None:
        home, away = team_of_id(row["HOME_TEAM_ID"]), team_of_id(row["VISITOR_TEAM_ID"])
        home_score, away_score = whole(row["PTS_home"]), whole(row["PTS_away"])
        dump.add_game(
            Game(
                GameRef(game_id(row["GAME_ID"]), day(row["GAME_DATE_EST"], formats), away, home),
                origin,
                status=3 if text(row["GAME_STATUS_TEXT"]) == "Final" and home_score else 1,
                home_score=home_score,
                away_score=away_score,
            )
        )

    each_row(document, use)


def _formats(document: Document) -> tuple[str, ...]:
    """How the file writes dates: ISO, or with slashes in the order that all of its rows allow."""
    first, second = 0, 0
    for _, row in document.rows():
        parts = row["GAME_DATE_EST"].split("/")
        if len(parts) == 3:
            first, second = max(first, int(parts[0])), max(second, int(parts[1]))
    if first > 12 and second > 12:
        raise Refused(f"{document.label}: GAME_DATE_EST mixes day/month and month/day", "save the dates as YYYY-MM-DD")
    if first and first <= 12 and second <= 12:
        raise Refused(
            f"{document.label}: GAME_DATE_EST can be day/month or month/day in every row",
            "save the dates as YYYY-MM-DD",
        )
    return ("%Y-%m-%d", "%d/%m/%Y") if first > 12 else ("%Y-%m-%d", "%m/%d/%Y")


def read_pairs(document: Document, dump: Dump) -> None:
    """wyattowalsh's game.csv: both teams of a game in one row; turnovers count those of the team."""
    origin = Origin(document.label, document.written, "kaggle game.csv")

    def use(row: Row) -> None:
        home, away = team_of_id(row["team_id_home"]), team_of_id(row["team_id_away"])
        if not home or not away:
            dump.left_out["games without two teams of the league"] += 1
            return
        ref = GameRef(game_id(row["game_id"]), day(row["game_date"]), away, home)
        scores = whole(row["pts_home"]), whole(row["pts_away"])
        dump.add_game(Game(ref, origin, status=3, home_score=scores[0], away_score=scores[1]))
        for side, own in (("home", home), ("away", away)):
            known = {ours: whole(row.get(f"{theirs.lower()}_{side}")) for ours, theirs in STATISTICS.items()}
            offensive, defensive = known["offensive_rebounds"], known["defensive_rebounds"]
            if known["total_rebounds"] is None and offensive is not None and defensive is not None:
                known["total_rebounds"] = offensive + defensive
            minutes = whole(row["min"])
            dump.add_team_line(
                TeamLine(
                    ref,
                    origin,
                    own,
                    side == "home",
                    None if minutes is None else f"{minutes}:00",
                    known,
                    whole(row.get(f"plus_minus_{side}")),
                )
            )

    each_row(document, use)
