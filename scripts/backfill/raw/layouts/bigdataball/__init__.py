"""Play-by-play of BigDataBall: one game a file, or a combined season."""

from backfill.raw.imports.layout import Layout, Part, Rank
from backfill.raw.layouts.bigdataball import play_by_play

LAYOUT = Layout(
    "bigdataball",
    "BigDataBall's play-by-play, [2024-04-21]-0042300101-MIA@BOS.csv or a season in one file",
    (
        Part(
            "play-by-play",
            Rank.EVENTS,
            play_by_play.read,
            ("bigdataball_play_by_play",),
            columns=frozenset(("game_id", "data_set", "date", "a1", "h1", "play_id", "event_type", "remaining_time")),
        ),
    ),
)
