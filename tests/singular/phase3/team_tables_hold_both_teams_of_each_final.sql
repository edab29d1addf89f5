-- Each final game has one home and one away row in both team tables (operations section 9, stories 3 and 9).
with

finals as (
    select game_id, game_date from {{ ref('int_schedule__games') }}
    where is_final and {{ in_window('game_date') }}
),

team_rows as (
    select 'team_offense_game_summary' as table_name, game_id, home_game from {{ ref('team_offense_game_summary') }}
    where {{ in_window('game_date') }}
    union all
    select 'team_defense_game_summary' as table_name, game_id, home_game from {{ ref('team_defense_game_summary') }}
    where {{ in_window('game_date') }}
),

tables as (
    select 'team_offense_game_summary' as table_name
    union all
    select 'team_defense_game_summary' as table_name
)

select
    tables.table_name,
    finals.game_date,
    finals.game_id,
    {{ count_if('team_rows.home_game') }} as home_rows,
    {{ count_if('not team_rows.home_game') }} as away_rows
from finals
cross join tables
left join team_rows
    on
        finals.game_id = team_rows.game_id
        and tables.table_name = team_rows.table_name
group by tables.table_name, finals.game_date, finals.game_id
having {{ count_if('team_rows.home_game') }} <> 1 or {{ count_if('not team_rows.home_game') }} <> 1
