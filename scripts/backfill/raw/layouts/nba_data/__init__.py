"""Season files of the nba_data collection: play-by-play of three feeds and shot charts, told apart by their names."""

from dataclasses import replace

from backfill.raw.imports.layout import Layout, Part, Rank
from backfill.raw.layouts.cdn import PLAY_BY_PLAY as CDN
from backfill.raw.layouts.nba_api import EVENTS, SHOTS, play_by_play_v2, play_by_play_v3

LAYOUT = Layout(
    "nba_data",
    "season files nbastats_2023, nbastatsv3_2023, cdnnba_2023, shotdetail_2023 (with _po_ for playoffs), packed or not",
    (
        Part(
            "nbastatsv3",
            Rank.EVENTS,
            play_by_play_v3.read,
            EVENTS,
            columns=frozenset(("gameId", "actionNumber", "clock", "period", "personId", "description", "actionType")),
            named=r"^nbastatsv3_",
        ),
        Part(
            "nbastats",
            Rank.EVENTS,
            play_by_play_v2.read,
            EVENTS,
            columns=frozenset(("GAME_ID", "EVENTNUM", "EVENTMSGTYPE", "PERIOD", "PCTIMESTRING")),
            named=r"^nbastats_",
        ),
        replace(CDN, name="cdnnba", named=r"^cdnnba_"),
        replace(SHOTS, name="shotdetail", named=r"^shotdetail_"),
    ),
)
