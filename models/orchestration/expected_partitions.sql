-- grain: model, game_date: the scheduled partitions, and those that hold rows on a date without a game
-- window: none · reads: scheduled_partitions, partition_content · why: everything that has a state.
{{ config(materialized='ephemeral') }}

with

scheduled as (
    select * from {{ ref('scheduled_partitions') }}
),

content as (
    select * from {{ ref('partition_content') }}
    where game_date is not null
),

models as (
    select model, build_order, phase from scheduled
    group by model, build_order, phase
),

scheduled_dates as (
    select game_date from scheduled
    group by game_date
),

final as (
    select
        model,
        build_order,
        phase,
        game_date,
        season_year,
        games,
        final_games,
        is_scheduled,
        not_expected_because
    from scheduled
    union all
    select
        models.model,
        models.build_order,
        models.phase,
        content.game_date,
        cast(extract(year from {{ season_start('content.game_date') }}) as {{ dbt.type_int() }}) as season_year,
        0 as games,
        0 as final_games,
        false as is_scheduled,
        'no game is scheduled' as not_expected_because
    from content
    inner join models on content.model = models.model
    left join scheduled_dates on content.game_date = scheduled_dates.game_date
    where scheduled_dates.game_date is null and content.row_count > 0
)

select * from final
