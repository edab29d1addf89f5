-- How complete is each season inside the requested range? Scheduled finals against what the tables hold.
-- dbt show --select season_coverage --vars '{start_date: 2021-10-19, end_date: 2022-06-16}'
with

games as (
    select * from {{ ref('int_schedule__games') }}
    where is_final and {{ in_window('game_date') }}
),

team_games as (
    select
        game_id,
        count(*) as team_rows,
        {{ count_if('shot_zones_available') }} as rows_with_zones
    from {{ ref('team_offense_game_summary') }}
    where {{ in_window('game_date') }}
    group by game_id
),

player_games as (
    select
        game_id,
        count(*) as player_rows,
        count(points_line) as rows_with_line,
        {{ count_if('not is_player_resolved') }} as unresolved
    from {{ ref('player_game_summary') }}
    where {{ in_window('game_date') }}
    group by game_id
),

context as (
    select
        game_id,
        count(game_spread) as spreads,
        count(game_total) as totals,
        count(players_out_count) as injury_reports
    from {{ ref('upcoming_team_game_context') }}
    where {{ in_window('game_date') }}
    group by game_id
)

select
    games.season_year,
    games.game_type,
    count(*) as scheduled_finals,
    {{ count_if('team_games.team_rows = 2') }} as with_team_rows,
    {{ count_if('player_games.player_rows > 0') }} as with_player_rows,
    {{ count_if('team_games.rows_with_zones = 2') }} as with_shot_zones,
    {{ count_if('player_games.rows_with_line > 0') }} as with_points_lines,
    {{ count_if('context.spreads = 2') }} as with_spread,
    {{ count_if('context.totals = 2') }} as with_total,
    {{ count_if('context.injury_reports = 2') }} as with_injury_report,
    {{ int64('sum(player_games.unresolved)') }} as unresolved_player_rows
from games
left join team_games on games.game_id = team_games.game_id
left join player_games on games.game_id = player_games.game_id
left join context on games.game_id = context.game_id
group by games.season_year, games.game_type
order by games.season_year, games.game_type
