-- grain: processor_name, data_date, run_id · window: none · reads: partition_ledger, invocations
-- why: the ledger under the column names of the old run history, for its consumers (operations 3.1).
with

ledger as (
    select * from {{ source('ledger', 'partition_ledger') }}
),

invocations as (
    select * from {{ source('ledger', 'invocations') }}
),

final as (
    select
        ledger.model as processor_name,
        ledger.invocation_id as run_id,
        ledger.game_date as data_date,
        ledger.attempt as attempt_seq,
        case
            when ledger.state = 'SUCCESS' and ledger.row_count = 0 then 'success_empty'
            else lower(ledger.state)
        end as status,
        ledger.row_count as records_processed,
        ledger.output_fingerprint as row_hash_set,
        ledger.code_version,
        ledger.mode = 'backfill' as backfill_mode,
        invocations.first_game_date as date_range_filter_start,
        invocations.last_game_date as date_range_filter_end,
        invocations.note as triggered_by,
        ledger.error as errors,
        ledger.error as error_message,
        ledger.inputs as upstream_dependencies,
        ledger.started_at,
        ledger.finished_at as processed_at,
        cast(ledger.finished_at as date) as run_date
    from ledger
    left join invocations on ledger.invocation_id = invocations.invocation_id
)

select * from final
