"""ShotChartDetail: coordinates of every shot, which give the distances that texts leave out; teams and date."""

from __future__ import annotations

from backfill.raw.imports import words
from backfill.raw.imports.answers import Row, each_row
from backfill.raw.imports.documents import Document
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Game, GameRef, Origin
from backfill.raw.imports.teams import team
from backfill.raw.imports.values import day, game_id, number, whole


def read(document: Document, dump: Dump) -> None:
    """Shots by game and number of the event, the same number as in the play-by-play."""
    origin = Origin(document.label, document.written, "shotchartdetail")

    def use(row: Row) -> None:
        nba_id, event = game_id(row["GAME_ID"]), whole(row["GAME_EVENT_ID"])
        distance = words.distance_of(number(row["LOC_X"]), number(row["LOC_Y"]))
        if nba_id is None or event is None:
            return
        if nba_id not in dump.games:
            ref = GameRef(nba_id, day(row["GAME_DATE"]), team(row["VTM"]), team(row["HTM"]))
            dump.add_game(Game(ref, origin, lists_games=False))
        if distance is not None:
            dump.shot_distances.setdefault(nba_id, {})[event] = distance

    each_row(document, use, "Shot_Chart_Detail")
