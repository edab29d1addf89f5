"""Live data of cdn.nba.com: box scores, play-by-play, schedule and scoreboard."""

from backfill.raw.imports.layout import Layout, Part, Rank
from backfill.raw.layouts.cdn import box_score, play_by_play
from backfill.raw.layouts.nba_api import BOX, EVENTS, SCHEDULE, SCHEDULE_V3, SCOREBOARD, TEAMS

PLAY_BY_PLAY = Part(
    "playbyplay",
    Rank.EVENTS,
    play_by_play.read,
    EVENTS,
    columns=frozenset(("actionNumber", "clock", "timeActual", "period", "actionType", "orderNumber", "personId")),
    words=("actions", "orderNumber", "timeActual"),
)

LAYOUT = Layout(
    "cdn",
    "live data of cdn.nba.com: boxscore_<id>.json, playbyplay_<id>.json, the schedule and the scoreboard",
    (
        SCHEDULE_V3,
        SCOREBOARD,
        Part(
            "boxscore",
            Rank.PLAYERS,
            box_score.read,
            (*SCHEDULE, *BOX, *TEAMS),
            words=("gameCode", "gameEt", "arena", "officials"),
        ),
        PLAY_BY_PLAY,
    ),
)
