-- grain: check_name, first_game_date, last_game_date, checked_at · window: none, consumers cut dates · reads: check_results
-- why: failed checks that stand. A verdict is state: it is closed by the same check over all of its dates, by nothing else.
with

results as (
    select * from {{ source('ledger', 'check_results') }}
),

failed as (
    select * from results
    where status in ('fail', 'error')
),

judged_again as (
    select
        failed.check_name,
        failed.invocation_id
    from failed
    inner join results as later
        on
            failed.check_name = later.check_name
            and failed.checked_at < later.checked_at
            and failed.first_game_date >= later.first_game_date
            and failed.last_game_date <= later.last_game_date
    group by failed.check_name, failed.invocation_id
),

final as (
    select
        failed.check_name,
        failed.models,
        failed.first_game_date,
        failed.last_game_date,
        failed.status,
        failed.failures,
        failed.checked_at,
        failed.invocation_id
    from failed
    left join judged_again
        on
            failed.check_name = judged_again.check_name
            and failed.invocation_id = judged_again.invocation_id
    where judged_again.check_name is null
)

select * from final
