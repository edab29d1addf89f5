"""Tables of games of two Kaggle data sets: nathanlauga's games.csv and wyattowalsh's game.csv."""

from backfill.raw.imports.layout import Layout, Part, Rank
from backfill.raw.layouts.kaggle_games import games
from backfill.raw.layouts.nba_api import SCHEDULE, TEAMS

LAYOUT = Layout(
    "kaggle_games",
    "Kaggle's games.csv (nathanlauga) and game.csv (wyattowalsh)",
    (
        Part(
            "games.csv",
            Rank.GAMES,
            games.read_results,
            SCHEDULE,
            columns=frozenset(("GAME_DATE_EST", "GAME_ID", "HOME_TEAM_ID", "VISITOR_TEAM_ID", "PTS_home", "PTS_away")),
        ),
        Part(
            "game.csv",
            Rank.GAMES,
            games.read_pairs,
            (*SCHEDULE, *TEAMS),
            columns=frozenset(("game_id", "game_date", "team_id_home", "fgm_home", "team_id_away", "fgm_away", "min")),
        ),
    ),
)
