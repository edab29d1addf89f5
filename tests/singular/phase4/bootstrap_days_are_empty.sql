-- No Phase 4 row in the first days of a season (decisions section 3).
{%- set tables = [
    'team_defense_zone_analysis', 'player_shot_zone_analysis', 'player_composite_factors', 'player_daily_cache',
    'ml_feature_store_v2',
] %}
with

games as (
    select
        game_date,
        min(opening_night) as opening_night
    from {{ ref('int_schedule__games') }}
    where {{ in_window('game_date') }}
    group by game_date
)

{%- for table in tables %}
select
    '{{ table }}' as table_name,
    built.game_date,
    count(*) as row_count
from {{ ref(table) }} as built
left join games on built.game_date = games.game_date
where
    {{ in_window('built.game_date') }}
    and (games.game_date is null or {{ days_between('games.opening_night', 'built.game_date') }} < {{ var('bootstrap_days') }})
group by built.game_date
{{ 'union all' if not loop.last }}
{%- endfor %}
