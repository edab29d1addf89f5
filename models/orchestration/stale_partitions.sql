-- grain: model, game_date · window: none, consumers cut dates · reads: staleness, expected_partitions, latest_attempts
-- why: what has to be built, in build order, why, and where the reason begins. Empty: nothing is missing or stale.
with

stale as (
    select * from {{ ref('staleness') }}
),

expected as (
    select * from {{ ref('expected_partitions') }}
),

latest as (
    select * from {{ ref('latest_attempts') }}
),

final as (
    select
        stale.model,
        expected.build_order,
        expected.phase,
        stale.game_date,
        expected.season_year,
        stale.reason,
        stale.cause,
        coalesce(latest.failures_in_a_row, 0) as failures_in_a_row,
        stale.is_circuit_open,
        stale.is_blocked,
        latest.last_error
    from stale
    inner join expected
        on
            stale.model = expected.model
            and stale.game_date = expected.game_date
    left join latest
        on
            stale.model = latest.model
            and stale.game_date = latest.game_date
)

select * from final
