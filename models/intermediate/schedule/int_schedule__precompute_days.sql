-- grain: game_date · window: whole table · reads: int_schedule__games
-- why: the dates that have Phase 4 rows: every game day from day 14 after opening night on (definitions G10).
{{ config(event_time='game_date', partition_by=by_game_date(), require_partition_filter=false) }}
with

games as (
    select * from {{ ref('int_schedule__games') }}
),

final as (
    select
        game_date,
        season_year,
        opening_night
    from games
    where {{ days_between('opening_night', 'game_date') }} >= {{ var('bootstrap_days') }}
    group by game_date, season_year, opening_night
)

select * from final
