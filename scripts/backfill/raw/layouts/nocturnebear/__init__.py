"""The collection "NBA-Data-2010-2024": box scores and totals by season, regular season and playoffs."""

from backfill.raw.imports.layout import Layout, Part, Rank
from backfill.raw.layouts.nba_api import BOX, SCHEDULE, TEAMS, games
from backfill.raw.layouts.nocturnebear import box_scores

LAYOUT = Layout(
    "nocturnebear",
    "NBA-Data-2010-2024: regular_season_box_scores, play_off_box_scores and the totals files",
    (
        Part(
            "totals",
            Rank.GAMES,
            games.read_team_logs,
            (*SCHEDULE, *TEAMS),
            columns=frozenset(("SEASON_YEAR", "TEAM_ID", "GAME_ID", "GAME_DATE", "MATCHUP", "BLKA", "PFD")),
            named=r"_totals_\d{4}",
        ),
        Part(
            "box scores",
            Rank.PLAYERS,
            box_scores.read,
            BOX,
            columns=frozenset(("gameId", "teamId", "personId", "personName", "position", "fieldGoalsMade")),
        ),
    ),
)
