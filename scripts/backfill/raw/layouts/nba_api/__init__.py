"""Answers of stats.nba.com as the package nba_api saves them: V3 and V2, JSON and CSV."""

from backfill.raw.imports.layout import Layout, Part, Rank
from backfill.raw.layouts.nba_api import box_scores, games, play_by_play_v2, play_by_play_v3, shots

BOX = ("nbac_gamebook_player_stats", "nbac_player_boxscores", "nba_players_registry")
TEAMS = ("nbac_team_boxscore",)
SCHEDULE = ("nbac_schedule",)
LOGS = ("bdl_player_boxscores",)
EVENTS = ("bigdataball_play_by_play",)
LOG_COLUMNS = frozenset(("SEASON_ID", "GAME_ID", "GAME_DATE", "MATCHUP", "FGM", "TOV", "PTS"))

SCHEDULE_V3 = Part(
    "scheduleleaguev2",
    Rank.GAMES,
    games.read_schedule,
    SCHEDULE,
    columns=frozenset(("gameId", "gameCode", "gameDateTimeEst", "homeTeam_teamTricode", "awayTeam_teamTricode")),
    words=("leagueSchedule", "gameDates"),
)
SCOREBOARD = Part(
    "scoreboardv3", Rank.GAMES, games.read_scoreboard, SCHEDULE, words=("scoreboard", "gameCode", "gameEt")
)
SHOTS = Part(
    "shotchartdetail",
    Rank.GAMES,
    shots.read,
    (),  # it tells the play-by-play distances, dates and teams
    columns=frozenset(("GAME_ID", "GAME_EVENT_ID", "LOC_X", "LOC_Y", "GAME_DATE", "HTM", "VTM")),
    words=("Shot_Chart_Detail", "LOC_X"),
)
PLAY_BY_PLAY_V3 = frozenset(
    ("gameId", "actionNumber", "clock", "period", "teamTricode", "personId", "description", "actionType", "subType")
)

LAYOUT = Layout(
    "nba_api",
    "stats.nba.com through nba_api: box scores, play-by-play, summaries, schedules and game logs, V3 and V2",
    (
        SCHEDULE_V3,
        SCOREBOARD,
        SHOTS,
        Part(
            "leaguegamelog of teams",
            Rank.GAMES,
            games.read_team_log,
            (*SCHEDULE, *TEAMS),
            columns=LOG_COLUMNS | {"TEAM_NAME", "VIDEO_AVAILABLE"},
            without=frozenset(("PLAYER_ID", "PLAYER_NAME")),
            words=("LeagueGameLog", "TEAM_NAME"),
        ),
        Part(
            "leaguegamefinder",
            Rank.GAMES,
            games.read_game_finder,
            SCHEDULE,
            columns=LOG_COLUMNS | {"TEAM_NAME"},
            without=frozenset(("PLAYER_ID", "PLAYER_NAME", "VIDEO_AVAILABLE")),
            words=("LeagueGameFinderResults", "TEAM_NAME"),
        ),
        Part(
            "teamgamelogs",
            Rank.GAMES,
            games.read_team_logs,
            (*SCHEDULE, *TEAMS),
            columns=frozenset(("SEASON_YEAR", "TEAM_ID", "GAME_ID", "GAME_DATE", "MATCHUP", "BLKA", "PFD")),
            without=frozenset(("PLAYER_ID",)),
            words=("TeamGameLogs", "SEASON_YEAR"),
        ),
        Part(
            "leaguegamelog of players",
            Rank.GAMES,
            games.read_player_log,
            (*SCHEDULE, *LOGS),
            columns=LOG_COLUMNS | {"PLAYER_ID", "PLAYER_NAME"},
            words=("LeagueGameLog", "PLAYER_NAME"),
        ),
        Part(
            "playergamelog",
            Rank.GAMES,
            games.read_player_log,
            (*SCHEDULE, *LOGS),
            columns=frozenset(("SEASON_ID", "Player_ID", "Game_ID", "GAME_DATE", "MATCHUP", "TOV", "PTS")),
            words=("PlayerGameLog", "Player_ID"),
        ),
        Part(
            "boxscoresummaryv3",
            Rank.GAMES,
            games.read_summary_v3,
            (*SCHEDULE, *BOX),
            words=("boxScoreSummary", "gameCode", "gameEt"),
        ),
        Part("boxscoresummaryv2", Rank.GAMES, games.read_summary, (*SCHEDULE, *BOX), words=("GameSummary", "GAMECODE")),
        Part(
            "boxscoretraditionalv3",
            Rank.PLAYERS,
            box_scores.read_v3,
            (*BOX, *TEAMS),
            words=("boxScoreTraditional", "homeTeam"),
        ),
        Part(
            "boxscoretraditionalv3 of players",
            Rank.PLAYERS,
            box_scores.read_v3_players,
            BOX,
            columns=frozenset(("gameId", "teamTricode", "personId", "firstName", "familyName", "position", "minutes")),
        ),
        Part(
            "boxscoretraditionalv3 of teams",
            Rank.PLAYERS,
            box_scores.read_v3_teams,
            TEAMS,
            columns=frozenset(("gameId", "teamTricode", "minutes", "fieldGoalsMade", "foulsPersonal", "points")),
            without=frozenset(("personId",)),
        ),
        Part(
            "boxscoretraditionalv2",
            Rank.PLAYERS,
            box_scores.read_v2,
            (*BOX, *TEAMS),
            columns=frozenset(
                ("GAME_ID", "TEAM_ABBREVIATION", "PLAYER_ID", "PLAYER_NAME", "START_POSITION", "MIN", "TO")
            ),
            words=("PlayerStats", "START_POSITION", "MIN"),
        ),
        Part(
            "playbyplayv3",
            Rank.EVENTS,
            play_by_play_v3.read,
            EVENTS,
            columns=PLAY_BY_PLAY_V3,
            without=frozenset(("orderNumber", "timeActual")),
            words=("actions", "actionId", "xLegacy"),
        ),
        Part(
            "playbyplayv2",
            Rank.EVENTS,
            play_by_play_v2.read,
            EVENTS,
            columns=frozenset(("GAME_ID", "EVENTNUM", "EVENTMSGTYPE", "PERIOD", "PCTIMESTRING", "HOMEDESCRIPTION")),
            words=("PlayByPlay", "EVENTMSGTYPE", "PCTIMESTRING"),
        ),
    ),
)
