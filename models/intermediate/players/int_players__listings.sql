-- grain: game_id, player_lookup · window: requested dates; a team without a list takes its latest earlier one (U1)
-- reads: schedule, gamebook · why: the population of every player table: everybody listed before tip, played or not.
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['team_abbr']) }}

with

team_games as (
    select * from {{ reads(ref('int_schedule__team_games')) }}
),

gamebook as (
    select * from {{ reads(ref('stg_nbacom__gamebook_player_stats')) }}
),

team_lists as (
    select
        team_games.game_id,
        team_games.game_date,
        team_games.team_abbr
    from team_games
    inner join gamebook
        on
            team_games.game_date = gamebook.game_date
            and team_games.game_id = gamebook.game_id
            and team_games.team_abbr = gamebook.team_abbr
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
        gamebook.player_lookup,
        gamebook.player_name,
        gamebook.player_status,
        gamebook.processed_at,
        chosen_lists.list_game_id = chosen_lists.game_id as is_own_list
    from chosen_lists
    inner join gamebook
        on
            chosen_lists.list_game_date = gamebook.game_date
            and chosen_lists.list_game_id = gamebook.game_id
            and chosen_lists.team_abbr = gamebook.team_abbr
),

-- listed for both teams of one game: the side where he is closest to playing (definitions G9)
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
    where player_lookup is not null
    qualify row_number() over (
        partition by game_id, player_lookup
        order by
            case player_status when 'active' then 0 when 'dnp' then 1 else 2 end,
            processed_at desc,
            team_abbr asc
    ) = 1
)

select * from final
