-- grain: model, game_date: what a build of its date produces · window: none, consumers cut dates
-- reads: scheduled_partitions · why: the partitions that plan and progress count, without the ones nobody expects.
with

scheduled as (
    select * from {{ ref('scheduled_partitions') }}
),

final as (
    select
        model,
        build_order,
        phase,
        game_date,
        season_year
    from scheduled
    where not_expected_because is null
)

select * from final
