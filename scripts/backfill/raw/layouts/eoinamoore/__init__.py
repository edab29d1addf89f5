"""The Kaggle data set "historical NBA data": one file a kind, all seasons since 1946."""

from backfill.raw.imports.layout import Layout, Part, Rank
from backfill.raw.layouts.eoinamoore import statistics
from backfill.raw.layouts.nba_api import BOX, SCHEDULE, TEAMS

LAYOUT = Layout(
    "eoinamoore",
    "Kaggle's historical NBA data: PlayerStatistics, TeamStatistics, Games and LeagueSchedule",
    (
        Part(
            "LeagueSchedule",
            Rank.GAMES,
            statistics.read_schedule,
            SCHEDULE,
            columns=frozenset(("gameId", "gameDateTimeEst", "arenaName", "gameLabel", "gameSubtype", "weekNumber")),
        ),
        Part(
            "Games",
            Rank.GAMES,
            statistics.read_games,
            SCHEDULE,
            columns=frozenset(("gameId", "gameDateTimeEst", "hometeamId", "awayteamId", "homeScore", "awayScore")),
        ),
        Part(
            "TeamStatistics",
            Rank.GAMES,
            statistics.read_teams,
            (*SCHEDULE, *TEAMS),
            columns=frozenset(("gameId", "gameDateTimeEst", "teamId", "opponentTeamId", "teamScore", "numMinutes")),
        ),
        Part(
            "PlayerStatistics",
            Rank.PLAYERS,
            statistics.read_players,
            BOX,
            columns=frozenset(("firstName", "lastName", "personId", "gameId", "gameDateTimeEst", "numMinutes", "home")),
        ),
    ),
)
