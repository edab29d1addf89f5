-- grain: model, game_date · window: none · reads: partition_content, source_ledger, partition_ledger
-- why: when each partition last became something else. Recorded by builds; a change that no build has seen yet, in raw
-- or by hand, has changed_at NULL.
{{ config(materialized='ephemeral') }}
with

content as (
    select * from {{ ref('partition_content') }}
    where game_date is not null
),

source_versions as (
    select
        model,
        game_date,
        row_count,
        output_fingerprint,
        recorded_at as changed_at,
        row_number() over (partition by model, game_date order by recorded_at desc) as versions_ago
    from {{ source('ledger', 'source_ledger') }}
),

successes as (
    select
        *,
        lag(output_fingerprint) over (partition by model, game_date order by attempt) as previous_fingerprint,
        lag(row_count) over (partition by model, game_date order by attempt) as previous_row_count,
        row_number() over (partition by model, game_date order by attempt desc) as successes_ago
    from {{ source('ledger', 'partition_ledger') }}
    where state in ('SUCCESS', 'HELD')
),

model_versions as (
    select
        model,
        game_date,
        max(case
            when previous_fingerprint is null or previous_fingerprint <> output_fingerprint or previous_row_count <> row_count
                then finished_at
        end) as changed_at,
        max(case when successes_ago = 1 then row_count end) as row_count,
        max(case when successes_ago = 1 then output_fingerprint end) as output_fingerprint
    from successes
    group by model, game_date
),

recorded as (
    select
        model,
        game_date,
        row_count,
        output_fingerprint,
        changed_at
    from source_versions
    where versions_ago = 1
    union all
    select
        model,
        game_date,
        row_count,
        output_fingerprint,
        changed_at
    from model_versions
),

final as (
    select
        recorded.model,
        recorded.game_date,
        coalesce(content.row_count, 0) as row_count,
        recorded.row_count as recorded_row_count,
        coalesce(content.row_count, 0) = recorded.row_count
        and coalesce(content.fingerprint, 0) = recorded.output_fingerprint as is_as_recorded,
        case
            when coalesce(content.row_count, 0) = recorded.row_count and coalesce(content.fingerprint, 0) = recorded.output_fingerprint
                then recorded.changed_at
        end as changed_at
    from recorded
    left join content
        on
            recorded.model = content.model
            and recorded.game_date = content.game_date
    union all
    -- in raw, and no build has looked yet; a built table without a ledger row is no change but a bypass
    select
        content.model,
        content.game_date,
        content.row_count,
        cast(null as {{ 'int64' if target.type == 'bigquery' else 'bigint' }}) as recorded_row_count,
        false as is_as_recorded,
        cast(null as {{ dbt.type_timestamp() }}) as changed_at
    from content
    left join recorded
        on
            content.model = recorded.model
            and content.game_date = recorded.game_date
    where recorded.model is null
)

select * from final
