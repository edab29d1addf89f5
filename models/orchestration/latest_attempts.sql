-- grain: model, game_date · window: none, consumers cut dates · reads: partition_ledger
-- why: of every partition the last attempt, and the last success, which is what the table holds.
with

attempts as (
    select * from {{ source('ledger', 'partition_ledger') }}
),

ranked as (
    select
        *,
        row_number() over (partition by model, game_date order by attempt desc) as attempts_ago,
        max(case when state in ('SUCCESS', 'HELD') then attempt end) over (partition by model, game_date) as last_success,
        count(*) over (partition by model, game_date) as attempts,
        min(case when state in ('SUCCESS', 'HELD') then finished_at end) over (partition by model, game_date) as first_success_at
    from attempts
),

last_attempts as (
    select * from ranked
    where attempts_ago = 1
),

successes as (
    select * from ranked
    where attempt = last_success
),

-- failures since the last success, with the inputs and the code of the last one
failures as (
    select
        ranked.model,
        ranked.game_date,
        count(*) as failures_in_a_row
    from ranked
    inner join last_attempts
        on
            ranked.model = last_attempts.model
            and ranked.game_date = last_attempts.game_date
            and ranked.input_fingerprint = last_attempts.input_fingerprint
            and ranked.code_version = last_attempts.code_version
    where ranked.state = 'FAILED' and ranked.attempt > coalesce(ranked.last_success, 0)
    group by ranked.model, ranked.game_date
),

final as (
    select
        last_attempts.model,
        last_attempts.game_date,
        last_attempts.attempts,
        last_attempts.state as last_state,
        last_attempts.error as last_error,
        last_attempts.inputs as last_inputs,
        last_attempts.code_version as last_code_version,
        last_attempts.finished_at as last_finished_at,
        last_attempts.invocation_id as last_invocation_id,
        coalesce(failures.failures_in_a_row, 0) as failures_in_a_row,
        successes.attempt as success_attempt,
        successes.row_count,
        successes.output_fingerprint,
        successes.inputs,
        successes.code_version,
        successes.check_version,
        successes.started_at,
        successes.finished_at,
        successes.mode
    from last_attempts
    left join successes
        on
            last_attempts.model = successes.model
            and last_attempts.game_date = successes.game_date
    left join failures
        on
            last_attempts.model = failures.model
            and last_attempts.game_date = failures.game_date
)

select * from final
