-- grain: model, game_date: every ledgered model on every scheduled date · window: none, consumers cut dates
-- reads: expected_partitions, latest_attempts, open_findings, partition_content, staleness, coverage_by_date, invocations
-- why: exactly one state for each partition (operations 1.9), from the schedule and the ledger; and whether it is stale.
with

expected as (
    select * from {{ ref('expected_partitions') }}
),

latest as (
    select * from {{ ref('latest_attempts') }}
),

content as (
    select * from {{ ref('partition_content') }}
    where game_date is not null
),

stale as (
    select * from {{ ref('staleness') }}
),

coverage as (
    select * from {{ ref('coverage_by_date') }}
),

held as (
    select
        model,
        game_date,
        count(distinct coalesce(game_id, '')) as units,
        {{ sorted_list('check_id') }} as checks
    from (
        select model, game_date, game_id, check_id from {{ ref('open_findings') }}
        where verdict = 'HELD'
        group by model, game_date, game_id, check_id
    ) as findings
    group by model, game_date
),

open_invocations as (
    select
        invocation_id,
        first_game_date,
        last_game_date,
        models,
        started_at
    from {{ source('ledger', 'invocations') }}
    where finished_at is null and command in ('build', 'run')
),

running as (
    select
        expected.model,
        expected.game_date,
        max(open_invocations.started_at) as started_at
    from expected
    inner join open_invocations
        on
            expected.game_date >= open_invocations.first_game_date
            and expected.game_date <= open_invocations.last_game_date
            and strpos(' ' || open_invocations.models || ' ', ' ' || expected.model || ' ') > 0
    group by expected.model, expected.game_date
),

final as (
    select
        expected.model,
        expected.build_order,
        expected.phase,
        expected.game_date,
        expected.season_year,
        expected.games,
        expected.final_games,
        case
            when running.started_at > coalesce(latest.last_finished_at, cast('1946-11-01' as {{ dbt.type_timestamp() }}))
                then case when {{ hours_since('running.started_at') }} >= 2 then 'STALE_RUNNING' else 'RUNNING' end
            when latest.last_state = 'FAILED' then 'RAN_FAILED'
            when latest.last_state = 'SKIPPED' then 'SKIPPED'
            when latest.success_attempt is null and content.row_count > 0 then 'HAS_DATA_NO_RECORD'
            when
                latest.success_attempt is not null and (
                    coalesce(content.row_count, 0) <> latest.row_count
                    or coalesce(content.fingerprint, 0) <> latest.output_fingerprint
                ) then 'HAS_DATA_NO_RECORD'
            when latest.last_state = 'HELD' then 'HELD'
            when expected.not_expected_because is not null and coalesce(content.row_count, 0) = 0 then 'NOT_EXPECTED'
            when latest.success_attempt is null then 'NEVER_RAN'
            when coverage.unaccounted > 0 or coverage.status in ('DEPS_MISS', 'INVESTIGATE') then 'PARTIAL'
            when coalesce(content.row_count, 0) = 0 then 'RAN_NO_DATA'
            else 'HAS_DATA'
        end as state,
        case
            when latest.last_state in ('FAILED', 'SKIPPED') then latest.last_error
            when latest.last_state = 'HELD' then 'held back: ' || {{ text_of('held.units') }} || ' by ' || held.checks
            when expected.not_expected_because is not null then expected.not_expected_because
            when coverage.status not in ('OK', 'EMPTY') then coverage.status
        end as state_reason,
        coalesce(content.row_count, 0) as row_count,
        coverage.expected_entities,
        coverage.accounted_pct,
        stale.reason as stale_reason,
        stale.cause as stale_cause,
        coalesce(latest.attempts, 0) as attempts,
        coalesce(latest.failures_in_a_row, 0) as failures_in_a_row,
        coalesce(stale.is_circuit_open, false) as is_circuit_open,
        latest.finished_at as built_at,
        latest.last_invocation_id
    from expected
    left join latest
        on
            expected.model = latest.model
            and expected.game_date = latest.game_date
    left join content
        on
            expected.model = content.model
            and expected.game_date = content.game_date
    left join stale
        on
            expected.model = stale.model
            and expected.game_date = stale.game_date
    left join coverage
        on
            expected.model = coverage.processor_name
            and expected.game_date = coverage.game_date
    left join held
        on
            expected.model = held.model
            and expected.game_date = held.game_date
    left join running
        on
            expected.model = running.model
            and expected.game_date = running.game_date
)

select * from final
