-- grain: model, game_date: every ledgered model on every scheduled date · window: none · reads: schedule
-- why: which partitions have to be there. Truth is the schedule, never the tables (operations 1.9, stories 16 and 42).
{{ config(materialized='ephemeral') }}
with

games as (
    select * from {{ ref('int_schedule__games') }}
),

precompute_days as (
    select * from {{ ref('int_schedule__precompute_days') }}
),

days as (
    select
        game_date,
        season_year,
        {{ count_if('is_final') }} as final_games,
        count(*) as games
    from games
    group by game_date, season_year
),

last_played as (
    select max(game_date) as game_date
    from days
    where final_games > 0
),

-- the first date that is still to be played is today's or the next one: its upcoming rows are due
next_to_play as (
    select min(days.game_date) as game_date
    from days
    cross join last_played
    where last_played.game_date is null or days.game_date > last_played.game_date
),

models as (
    {%- for node in (ledgered_models() if execute else []) %}
    {{ 'union all' if not loop.first }}
    select
        '{{ node.name }}' as model,
        {{ loop.index }} as build_order,
        cast({{ "'" ~ phase_of(node) ~ "'" if phase_of(node) else 'null' }} as {{ dbt.type_string() }}) as phase,
        '{{ node.config.meta.get("dates", "game_days" if phase_of(node) in (none, "3") else "precompute_days") }}' as dates
    {%- else %}
    select '' as model, 0 as build_order, '' as phase, '' as dates
    {%- endfor %}
),

final as (
    select
        models.model,
        models.build_order,
        models.phase,
        days.game_date,
        days.season_year,
        days.games,
        days.final_games,
        true as is_scheduled,
        case
            when next_to_play.game_date < days.game_date then 'not due: earlier games are still to be played'
            when models.dates in ('precompute_days', 'graded_days') and precompute_days.game_date is null then 'bootstrap'
            when models.dates in ('final_games', 'graded_days') and days.final_games = 0 then 'no final game'
        end as not_expected_because
    from models
    cross join days
    cross join next_to_play
    left join precompute_days on days.game_date = precompute_days.game_date
)

select * from final
