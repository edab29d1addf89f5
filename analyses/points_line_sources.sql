-- Which book served the points lines of the requested range, and how often did its line move?
-- dbt show --select points_line_sources --vars '{start_date: 2023-10-24, end_date: 2024-04-14}'
select
    points_line_source,
    count(*) as player_games,
    count(distinct points_line) as distinct_lines,
    {{ count_if('line_movement <> 0') }} as moved,
    {{ count_if("over_under_result = 'OVER'") }} as went_over,
    {{ count_if("over_under_result = 'UNDER'") }} as went_under,
    {{ count_if("over_under_result = 'PUSH'") }} as pushed
from {{ ref('player_game_summary') }}
where points_line is not null and {{ in_window('game_date') }}
group by points_line_source
order by player_games desc
