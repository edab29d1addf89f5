"""hoopR and sportsdataverse: ESPN's box scores of players."""

from backfill.raw.imports.layout import Layout, Part, Rank
from backfill.raw.layouts.hoopr import player_box

LAYOUT = Layout(
    "hoopr",
    "hoopR's player_box files (ESPN ids, no NBA ids)",
    (
        Part(
            "player_box",
            Rank.PLAYERS,
            player_box.read,
            ("nbac_gamebook_player_stats", "nba_players_registry"),
            columns=frozenset(("athlete_id", "athlete_display_name", "did_not_play", "home_away", "game_date")),
        ),
    ),
)
