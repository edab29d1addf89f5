-- grain: game_id, player_lookup · window: requested dates; a team without a list takes its latest earlier one (U1)
-- reads: schedule, player lists · why: the population of every player table: everybody listed before tip, played or not.
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['team_abbr']) }}

with

team_games as (
    select * from {{ reads(ref('int_schedule__team_games')) }}
),

lists as (
    select * from {{ reads(ref('int_players__lists')) }}
),

team_lists as (
    select
        team_games.game_id,
        team_games.game_date,
        team_games.team_abbr
    from team_games
    inner join lists
        on
            team_games.game_date = lists.game_date
            and team_games.game_id = lists.game_id
            and team_games.team_abbr = lists.team_abbr
    group by team_games.game_id, team_games.game_date, team_games.team_abbr
),

requested as (
    select * from team_games
    where {{ in_window('game_date') }}
),

chosen_lists as (
    select
        requested.game_id,
        requested.game_date,
        requested.season_year,
        requested.team_abbr,
        requested.opponent_team_abbr,
        team_lists.game_id as list_game_id,
        team_lists.game_date as list_game_date
    from requested
    inner join team_lists
        on
            requested.team_abbr = team_lists.team_abbr
            and requested.game_date >= team_lists.game_date
            and team_lists.game_date >= {{ days_before('requested.game_date', var('player_list_max_age_days')) }}
    qualify row_number() over (
        partition by requested.game_id, requested.team_abbr
        order by team_lists.game_date desc, team_lists.game_id desc
    ) = 1
),

listed as (
    select
        chosen_lists.game_id,
        chosen_lists.game_date,
        chosen_lists.season_year,
        chosen_lists.team_abbr,
        chosen_lists.opponent_team_abbr,
        lists.player_lookup,
        lists.player_name,
        lists.side_rank,
        chosen_lists.list_game_id = chosen_lists.game_id as is_own_list
    from chosen_lists
    inner join lists
        on
            chosen_lists.list_game_date = lists.game_date
            and chosen_lists.list_game_id = lists.game_id
            and chosen_lists.team_abbr = lists.team_abbr
),

-- listed for both teams of one game: one side (definitions G9)
final as (
    select
        game_id,
        game_date,
        season_year,
        team_abbr,
        opponent_team_abbr,
        player_lookup,
        player_name,
        is_own_list
    from listed
    qualify row_number() over (
        partition by game_id, player_lookup
        order by side_rank asc, team_abbr asc
    ) = 1
)

select * from final
