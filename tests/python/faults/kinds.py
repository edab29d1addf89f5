"""The kinds of faults. Each is one that the reference system or a feed really had (operations section 9)."""

from __future__ import annotations

from datetime import date

from faults.harness import DAY, Fault

A, P, F = "nba_analytics", "nba_precompute", "nba_predictions"
ON_DAY = f"game_date = '{DAY}'"
GAME = "20211205_CHA_ATL"
NBA_ID = "0022100350"
OF_GAME = f"game_id = '{GAME}'"
STAR = "traeyoung"
OF_STAR = f"{OF_GAME} and player_lookup = '{STAR}'"
EARLIER = date(2021, 11, 20)

GAMEBOOK, FALLBACK, TEAMS = "nbac_gamebook_player_stats", "bdl_player_boxscores", "nbac_team_boxscore"
EVENTS, SCHEDULE, LINES = "bigdataball_play_by_play", "nbac_schedule", "odds_api_game_lines"
BOXSCORES = (GAMEBOOK, FALLBACK, TEAMS)
PLAYERS, OFFENCE, DEFENCE = "player_game_summary", "team_offense_game_summary", "team_defense_game_summary"


def lost(tables: tuple[str, ...], where: str) -> list[str]:
    """Statements that delete rows of raw tables."""
    return [f"delete from nba_raw.{table} where {where}" for table in tables]


def again(table: str, where: str, times: int) -> list[str]:
    """Statements that store rows so many times."""
    return [f"insert into {table} select * from {table} where {where}"] * (times // 2)


RAW_FAULTS = [
    Fault("box scores of a date are lost", lost(BOXSCORES, ON_DAY), "gap MISSING_DATE", GAMEBOOK),
    Fault(
        "box scores of a game are lost",
        lost(BOXSCORES, OF_GAME),
        "finals_are_served_by_a_critical_source",
        GAMEBOOK,
        GAME,
    ),
    Fault(
        "both team box scores of a game are lost",
        lost((TEAMS,), OF_GAME),
        "plan INPUT_CHANGED",
        "stg_nbacom__team_boxscore",
    ),
    Fault(
        "a team row of a game is lost",
        lost((TEAMS,), f"{OF_GAME} and team_abbr = 'ATL'"),
        "gap PARTIAL",
        TEAMS,
    ),
    Fault(
        "a player is lost in the box score",
        lost((GAMEBOOK,), OF_STAR),
        "player_totals_equal_team_totals",
        PLAYERS,
        GAME,
    ),
    Fault(
        "half of the players are lost",
        lost((GAMEBOOK, FALLBACK), f"{ON_DAY} and hash(player_lookup) % 2 = 0"),
        "player_totals_equal_team_totals",
        PLAYERS,
        GAME,
    ),
    Fault(
        "a box score is stored twice",
        again(f"nba_raw.{GAMEBOOK}", OF_GAME, 2),
        "harmless",
        GAMEBOOK,
    ),
    Fault(
        "a team box score is stored four times",
        again(f"nba_raw.{TEAMS}", OF_GAME, 4),
        "harmless",
        TEAMS,
    ),
    Fault(
        "home and away are swapped in the schedule",
        [
            f"update nba_raw.{SCHEDULE} set home_team_tricode = away_team_tricode, "
            "away_team_tricode = home_team_tricode, home_team_score = away_team_score, "
            f"away_team_score = home_team_score where game_id = '{NBA_ID}'"
        ],
        "boxscore_games_are_scheduled",
        GAMEBOOK,
        GAME,
    ),
    Fault(
        "home and away are swapped in the box score",
        [
            f"update nba_raw.{GAMEBOOK} set home_team_abbr = away_team_abbr, away_team_abbr = home_team_abbr, "
            f"game_id = '20211205_ATL_CHA' where {OF_GAME}"
        ],
        "boxscore_games_are_scheduled",
        GAMEBOOK,
        "20211205_ATL_CHA",
    ),
    Fault(
        "the league's game ids instead of ours",
        [f"update nba_raw.{GAMEBOOK} set game_id = '{NBA_ID}' where {OF_GAME}"],
        "harmless",
        GAMEBOOK,
    ),
    Fault(
        "a stat correction of an earlier date",
        [f"update nba_raw.{GAMEBOOK} set points = points + 2 where game_date = '{EARLIER}' and minutes > '30'"],
        "plan INPUT_CHANGED",
        "stg_nbacom__gamebook_player_stats",
        day=EARLIER,
        builds=False,
    ),
    Fault(
        "minutes as words",
        [f"update nba_raw.{GAMEBOOK} set minutes = 'half an hour', minutes_decimal = null where {OF_STAR}"],
        "keeps_contract: not_null",
        PLAYERS,
        STAR,
    ),
    Fault("play-by-play of a game is lost", lost((EVENTS,), OF_GAME), "gap PARTIAL", EVENTS),
    Fault("play-by-play of a date is lost", lost((EVENTS,), ON_DAY), "gap MISSING_DATE", EVENTS),
    Fault(
        "half of the shots of a game are lost",
        lost((EVENTS,), f"{OF_GAME} and event_sequence % 2 = 0"),
        "zones_cover_the_shots_of_the_box_score",
        EVENTS,
        GAME,
    ),
    Fault(
        "shot types are gone",
        [f"update nba_raw.{EVENTS} set shot_type = null where {ON_DAY}"],
        "harmless",  # the subtype of the event says it, too
        EVENTS,
    ),
    Fault(
        "shot distances are gone",
        [f"update nba_raw.{EVENTS} set shot_distance = null where {ON_DAY}"],
        "zones_cover_the_shots_of_the_box_score",
        EVENTS,
        GAME,
    ),
    Fault(
        "the season of a game is wrong",
        [f"update nba_raw.{SCHEDULE} set season_year = 2020 where game_id = '{NBA_ID}'"],
        "seasons_follow_from_dates",
        SCHEDULE,
        GAME,
    ),
    Fault(
        "a preseason game in raw",
        [
            f"insert into nba_raw.{SCHEDULE} select * replace ('0012100999' as game_id, 'BOS' as home_team_tricode, "
            f"'NYK' as away_team_tricode) from nba_raw.{SCHEDULE} where game_id = '{NBA_ID}'",
            f"insert into nba_raw.{TEAMS} "
            "select * replace ('20211205_NYK_BOS' as game_id, '0012100999' as nba_game_id, "
            f"case team_abbr when 'ATL' then 'BOS' else 'NYK' end as team_abbr) from nba_raw.{TEAMS} where {OF_GAME}",
        ],
        "harmless",
        TEAMS,
    ),
    Fault(
        "an All-Star box score in raw",
        [
            f"insert into nba_raw.{TEAMS} "
            "select * replace ('20211205_DUR_LBN' as game_id, '0032100001' as nba_game_id, "
            f"case team_abbr when 'ATL' then 'LBN' else 'DUR' end as team_abbr) from nba_raw.{TEAMS} where {OF_GAME}"
        ],
        "boxscore_games_are_scheduled",
        TEAMS,
        "20211205_DUR_LBN",
    ),
    Fault(
        "a late game under the next date",
        [
            f"update nba_raw.{table} set game_date = '2021-12-06', game_id = '20211206_CHA_ATL' where {OF_GAME}"
            for table in BOXSCORES
        ],
        "finals_are_served_by_a_critical_source",
        GAMEBOOK,
        GAME,
    ),
    Fault(
        "a line from after the tip-off in raw",
        [
            "insert into nba_raw.bettingpros_player_points_props "
            "select * replace (99.5 as points_line, timestamp '2021-12-06 12:00' as bookmaker_last_update) "
            f"from nba_raw.bettingpros_player_points_props where {ON_DAY} and player_lookup = '{STAR}'"
        ],
        "harmless",
        "bettingpros_player_points_props",
    ),
    Fault("game lines of a date are lost", lost((LINES,), ON_DAY), "gap MISSING_DATE", LINES),
    Fault(
        "a player whom no registry knows",
        [f"delete from nba_raw.nba_players_registry where player_lookup = '{STAR}'"],
        "unresolved name",
        "nbac_gamebook",
        STAR,
    ),
    Fault(
        "two players with one name",
        [
            "insert into nba_raw.nba_players_registry select * replace ('other_002' as universal_player_id) "
            f"from nba_raw.nba_players_registry where player_lookup = '{STAR}'"
        ],
        "one_universal_id_per_player",
        "stg_registry__players",
        STAR,
    ),
    Fault(
        "a game is moved to another date",
        [
            f"update nba_raw.{SCHEDULE} set game_date = '2021-12-07', game_date_est = game_date_est + interval 2 day "
            f"where game_id = '{NBA_ID}'"
        ],
        "boxscore_games_are_scheduled",
        GAMEBOOK,
        GAME,
    ),
    Fault(
        "a game is postponed after its box score",
        [
            f"update nba_raw.{SCHEDULE} set game_status = 1, postponed_status = 'Y', home_team_score = null, "
            f"away_team_score = null, winning_team_tricode = null where game_id = '{NBA_ID}'"
        ],
        "boxscore_games_are_scheduled",
        GAMEBOOK,
        GAME,
    ),
    Fault(
        "a game loses its final status",
        [f"update nba_raw.{SCHEDULE} set game_status = 1 where game_id = '{NBA_ID}'"],
        "plan INPUT_CHANGED",
        "int_schedule__team_games",
    ),
]

BUILT_FAULTS = [
    Fault(kind, statements, check, model, entity, builds=False)
    for kind, statements, check, model, entity in [
        (
            "a built game is missing",
            [f"delete from {A}.{PLAYERS} where {OF_GAME}"],
            "plan CONTENT_CHANGED",
            PLAYERS,
            "",
        ),
        ("a built date is missing", [f"delete from {A}.{PLAYERS} where {ON_DAY}"], "gap MISSING_DATE", PLAYERS, ""),
        (
            "a built team row is missing",
            [f"delete from {A}.{OFFENCE} where {OF_GAME} and home_game"],
            "team_tables_hold_both_teams_of_each_final",
            OFFENCE,
            GAME,
        ),
        (
            "a built player is missing",
            [f"delete from {A}.{PLAYERS} where {OF_STAR}"],
            "no_player_is_dropped",
            PLAYERS,
            GAME,
        ),
        ("a game is built twice", again(f"{A}.{PLAYERS}", OF_GAME, 2), "keeps_contract: unique_key", PLAYERS, GAME),
        (
            "a game is built four times",
            again(f"{A}.{DEFENCE}", OF_GAME, 4),
            "keeps_contract: unique_key",
            DEFENCE,
            GAME,
        ),
        (
            "home and away are swapped in a built table",
            [f"update {A}.{OFFENCE} set home_game = not home_game where {OF_GAME}"],
            "home_and_away_follow_the_schedule",
            OFFENCE,
            GAME,
        ),
        (
            "zones are NULL",
            [f"update {A}.{PLAYERS} set paint_attempts = null, mid_range_attempts = null where {ON_DAY}"],
            "keeps_contract: null_budget",
            PLAYERS,
            "paint_attempts",
        ),
        (
            "zones are zero",
            [f"update {A}.{PLAYERS} set paint_attempts = 0, mid_range_attempts = 0 where {OF_GAME}"],
            "player_zones_add_up_to_team_zones",
            PLAYERS,
            GAME,
        ),
        (
            "the season of a built row is wrong",
            [f"update {A}.{PLAYERS} set season_year = 2020 where {OF_GAME}"],
            "season_has_every_game",
            PLAYERS,
            "",
        ),
        (
            "a row changed by hand",
            [f"update {A}.{PLAYERS} set assists = assists + 1 where {OF_STAR}"],
            "plan CONTENT_CHANGED",
            PLAYERS,
            "",
        ),
        (
            "the table holds no rows of the date",
            [f"delete from {P}.team_defense_zone_analysis where {ON_DAY}"],
            "gap MISSING_DATE",
            "team_defense_zone_analysis",
            "",
        ),
        (
            "a line of a later hour was used",
            [
                "update nba_staging.int_betting__player_points_lines set closing_quoted_at = '2021-12-06 12:00' "
                f"where {ON_DAY} and player_lookup = '{STAR}'"
            ],
            "nothing_after_tip_off_is_used",
            "int_betting__player_points_lines",
            STAR,
        ),
        (
            "an unknown line is zero",
            [f"update {A}.{PLAYERS} set points_line = 0 where {OF_STAR}"],
            "keeps_contract: never_zero",
            PLAYERS,
            STAR,
        ),
        (
            "usage is not joined",
            [f"update {A}.{PLAYERS} set usage_rate = null where {ON_DAY}"],
            "gap NULL_FIELD",
            PLAYERS,
            "usage_rate",
        ),
        (
            "a rate above its scale",
            [f"update {A}.{OFFENCE} set offensive_rating = 1100 where {OF_GAME} and home_game"],
            "keeps_contract: range",
            OFFENCE,
            GAME,
        ),
        (
            "a defence that is not its opponent's offence",
            [f"update {A}.{DEFENCE} set points_allowed = points_allowed + 1 where {OF_GAME} and home_game"],
            "defence_mirrors_offence",
            DEFENCE,
            GAME,
        ),
        (
            "spreads with one sign",
            [f"update {A}.upcoming_team_game_context set game_spread = 4 where {OF_GAME}"],
            "spreads_of_a_game_sum_to_zero",
            "upcoming_team_game_context",
            GAME,
        ),
        (
            "an upcoming player is missing",
            [f"delete from {A}.upcoming_player_game_context where {OF_STAR}"],
            "upcoming_rows_match_the_schedule",
            "upcoming_player_game_context",
            "",
        ),
        (
            "a factor beyond its bounds",
            [f"update {P}.player_composite_factors set fatigue_score = 101 where {OF_STAR}"],
            "keeps_contract: range",
            "player_composite_factors",
            STAR,
        ),
        (
            "shares that are no shares",
            [
                f"update {P}.player_shot_zone_analysis set paint_rate_last_10 = 0 "
                f"where {ON_DAY} and player_lookup = '{STAR}'"
            ],
            "shot_shares_sum_to_100",
            "player_shot_zone_analysis",
            STAR,
        ),
        (
            "features of a player are missing",
            [f"delete from {F}.ml_feature_store_v2 where {OF_STAR}"],
            "upcoming_rows_reach_the_feature_store",
            "ml_feature_store_v2",
            "",
        ),
        (
            "a cache row vanishes without a failure",
            [f"delete from {P}.player_daily_cache where {OF_STAR}"],
            "everybody_is_accounted_for",
            "player_daily_cache",
            "",
        ),
        (
            "a column became a constant",
            [f"update {P}.player_composite_factors set pace_score = 0"],
            "keeps_contract: varies",
            "player_composite_factors",
            "pace_score",
        ),
        (
            "every line is 20.0",
            [f"update {A}.upcoming_player_game_context set current_points_line = 20 where current_points_line > 0"],
            "keeps_contract: varies",
            "upcoming_player_game_context",
            "current_points_line",
        ),
        (
            "a column is empty",
            [f"update {A}.{OFFENCE} set turnovers = null"],
            "keeps_contract: varies",
            OFFENCE,
            "turnovers",
        ),
        (
            "a word that nobody knows",
            [f"update {F}.ml_feature_store_v2 set quality_tier = 'platinum' where {OF_STAR}"],
            "keeps_contract: accepted_values",
            "ml_feature_store_v2",
            STAR,
        ),
    ]
]

FAULTS = [*RAW_FAULTS, *BUILT_FAULTS]
