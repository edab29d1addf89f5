"""Answers of stats.nba.com: V3 for all games; V2, CSV and scoreboards beside them."""

from pathlib import Path

from dumps.league import League, with_listed_names
from dumps.nba_api_season import Season, write_season

NEEDS: tuple[str, ...] = ()
FILLS = {
    "nbac_schedule": ("is_primetime",),
    "nbac_gamebook_player_stats": (),
    "nbac_player_boxscores": (),
    "nbac_team_boxscore": (),
    "bdl_player_boxscores": (),
    "bigdataball_play_by_play": (),
    "nba_players_registry": ("birth_date",),
}
OTHERWISE: tuple[str, ...] = ()
expected = with_listed_names


def write(league: League, folder: Path) -> None:
    """Schedule, logs, box scores, summaries and play-by-play, one file an answer."""
    for row in league.rows["nbac_gamebook_player_stats"]:
        row["nba_player_id"] = league.person_ids[row["player_lookup"]]
    write_season(
        Season(
            [game for game in league.rows["nbac_schedule"] if game["game_status"] == 3],
            league.of_game("nbac_gamebook_player_stats"),
            league.of_game("nbac_team_boxscore"),
            league.rows["bdl_player_boxscores"],
            league.of_game("bigdataball_play_by_play"),
            {},
        ),
        folder,
    )
