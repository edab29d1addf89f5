-- grain: model, game_date, column_name (NULL for a whole partition) · window: none, consumers cut dates
-- reads: partition_states, column_health, chain_status
-- why: everything that is missing, too little, NULL, zero or stale, once, with its severity. What is wrong because
-- something before it is wrong is a CASCADE and names the first bad partition or cell (operations 1.7).
--   MISSING_DATE  HIGH      no rows on a date that has to have some
--   PARTIAL       MEDIUM    fewer entities than the schedule and the raw box scores say
--   NULL_FIELD    HIGH      a critical column is NULL
--   ZERO_VALUE    MEDIUM    a column is 0 that cannot be
--   CASCADE       CRITICAL  any of these, because of what it was built from
--   HELD          HIGH      games or a date that a check holds back (audits Q2)
--   STALE         MEDIUM    complete, but not what a build would produce now; HIGH when the last attempt failed
-- LOW: raw gaps of chains that may be missing, and what seed known_gaps explains.
{%- set edges = gap_edges() if execute else {'windows': [], 'cell_edges': [], 'same_day_edges': [], 'downstream': []} %}

with

states as (
    select * from {{ ref('partition_states') }}
),

health as (
    select * from {{ ref('column_health') }}
),

chains as (
    select * from {{ ref('chain_status') }}
),

-- a partition of a raw table: the games of a date that its chain does not serve
raw_gaps as (
    select
        primary_source as model,
        '2' as phase,
        0 as build_order,
        game_date,
        season_year,
        case when count(*) = {{ count_if("status in ('MISSING', 'KNOWN_GAP')") }} then 'MISSING_DATE' else 'PARTIAL' end as gap_type,
        case
            when {{ count_if("status in ('MISSING', 'PARTIAL')") }} = 0 or chain_severity <> 'critical' then 'LOW'
            when count(*) = {{ count_if("status = 'MISSING'") }} then 'HIGH'
            else 'MEDIUM'
        end as severity,
        'SOURCE' as state,
        chain || ': ' || coalesce(max(known_gap_reason), 'no source serves all games of the date') as reason,
        count(*) as expected,
        {{ count_if("status = 'SERVED'") }} as actual,
        {{ count_if("status in ('MISSING', 'PARTIAL')") }} = 0 as is_known,
        chain_severity = 'critical' as stops_rows
    from chains
    where status <> 'NOT_DUE'
    group by primary_source, chain, chain_severity, game_date, season_year
    having {{ count_if("status <> 'SERVED'") }} > 0
),

judged_partitions as (
    select
        *,
        case
            when state in ('NOT_EXPECTED', 'RUNNING') then null
            when state = 'HELD' and stale_reason is null then 'HELD'
            when state in ('NEVER_RAN', 'RAN_FAILED', 'SKIPPED', 'STALE_RUNNING', 'HAS_DATA_NO_RECORD') and row_count = 0
                then 'MISSING_DATE'
            when row_count = 0 and expected_entities > 0 and state = 'PARTIAL' then 'MISSING_DATE'
            when accounted_pct < 100 or state = 'PARTIAL' then 'PARTIAL'
            when state in ('RAN_FAILED', 'SKIPPED', 'STALE_RUNNING') or stale_reason is not null then 'STALE'
        end as gap_type
    from states
),

partition_gaps as (
    select
        model,
        coalesce(phase, case when build_order > 0 then '3' end) as phase,
        build_order,
        game_date,
        season_year,
        gap_type,
        -- it ran, and there was nothing to build from
        case when state = 'PARTIAL' and row_count = 0 then 'RAN_NO_DATA' else state end as state,
        coalesce(
            stale_reason || ': begins with ' || stale_cause,
            state_reason
        ) as reason,
        state_reason,
        expected_entities as expected,
        row_count as actual
    from judged_partitions
    where gap_type is not null
),

same_day_edges as (
    {{ constant_rows(['model', 'ancestor'], edges.same_day_edges or [['', '']]) }}
),

missing as (
    select model, build_order, game_date from raw_gaps
    where stops_rows
    union all
    select model, build_order, game_date from partition_gaps
    where gap_type in ('MISSING_DATE', 'PARTIAL', 'HELD')
),

-- it was built, and too little came out because too little went in
partition_causes as (
    select
        partition_gaps.model,
        partition_gaps.game_date,
        missing.model as cause_model
    from partition_gaps
    inner join same_day_edges on partition_gaps.model = same_day_edges.model
    inner join missing
        on
            same_day_edges.ancestor = missing.model
            and partition_gaps.game_date = missing.game_date
    where partition_gaps.gap_type in ('MISSING_DATE', 'PARTIAL') and partition_gaps.state in ('RAN_NO_DATA', 'PARTIAL')
    qualify row_number() over (
        partition by partition_gaps.model, partition_gaps.game_date order by missing.build_order, missing.model
    ) = 1
),

bad_cells as (
    select
        *,
        case
            when is_critical and 100 * null_count > allowed_null_pct * row_count then 'NULL_FIELD'
            else 'ZERO_VALUE'
        end as gap_type
    from health
    where
        row_count > 0
        and (
            (is_critical and 100 * null_count > allowed_null_pct * row_count)
            or (is_never_zero and zero_count > 0)
            -- a raw column without any value
            or (phase = '2' and null_count = row_count)
        )
),

cell_edges as (
    {{ constant_rows(
        ['model', 'column_name', 'ancestor', 'ancestor_column', 'window_number'], edges.cell_edges or [['', '', '', '', 0]]
    ) }}
),

bad_dates as (
    select game_date from bad_cells
    where phase <> '2'
    group by game_date
),

windows as (
    {{ windows_on_dates(edges.windows, 'bad_dates') }}
),

models as (
    select model, build_order from states
    group by model, build_order
),

checked_columns as (
    select model, column_name from health
    group by model, column_name
),

-- what can be the first bad thing above a cell: a cell, or a partition that is missing or partial
suspects as (
    select
        bad_cells.model,
        coalesce(models.build_order, 0) as build_order,
        bad_cells.game_date,
        bad_cells.column_name,
        '.' || bad_cells.column_name as suffix,
        false as is_known
    from bad_cells
    left join models on bad_cells.model = models.model
    union all
    select
        raw_gaps.model,
        raw_gaps.build_order,
        raw_gaps.game_date,
        checked_columns.column_name,
        '' as suffix,
        raw_gaps.is_known
    from raw_gaps
    inner join checked_columns on raw_gaps.model = checked_columns.model
    union all
    select
        partition_gaps.model,
        partition_gaps.build_order,
        partition_gaps.game_date,
        checked_columns.column_name,
        '' as suffix,
        false as is_known
    from partition_gaps
    inner join checked_columns on partition_gaps.model = checked_columns.model
    where partition_gaps.gap_type in ('MISSING_DATE', 'PARTIAL', 'HELD')
),

cell_causes as (
    select
        bad_cells.model,
        bad_cells.game_date,
        bad_cells.column_name,
        {{ text_of('suspects.game_date') }} || ' ' || suspects.model || suspects.suffix as cause,
        suspects.is_known and suspects.game_date = bad_cells.game_date as is_known
    from bad_cells
    inner join cell_edges
        on
            bad_cells.model = cell_edges.model
            and bad_cells.column_name = cell_edges.column_name
    inner join windows
        on
            cell_edges.window_number = windows.window_number
            and bad_cells.game_date = windows.game_date
    inner join suspects
        on
            cell_edges.ancestor = suspects.model
            and cell_edges.ancestor_column = suspects.column_name
            and windows.first_date <= suspects.game_date
            and windows.last_date >= suspects.game_date
    qualify row_number() over (
        partition by bad_cells.model, bad_cells.game_date, bad_cells.column_name
        order by suspects.build_order, suspects.game_date, suspects.model, suspects.suffix
    ) = 1
),

gaps as (
    select
        model,
        phase,
        build_order,
        game_date,
        season_year,
        cast(null as {{ dbt.type_string() }}) as column_name,
        gap_type,
        severity,
        state,
        reason,
        expected,
        actual,
        {{ text_of('game_date') }} || ' ' || model as cause
    from raw_gaps
    union all
    select
        partition_gaps.model,
        partition_gaps.phase,
        partition_gaps.build_order,
        partition_gaps.game_date,
        partition_gaps.season_year,
        cast(null as {{ dbt.type_string() }}) as column_name,
        case
            when partition_gaps.state = 'SKIPPED' or partition_causes.model is not null then 'CASCADE'
            else partition_gaps.gap_type
        end as gap_type,
        case
            when partition_gaps.state = 'SKIPPED' or partition_causes.model is not null then 'CRITICAL'
            when partition_gaps.gap_type in ('MISSING_DATE', 'HELD') or partition_gaps.state = 'RAN_FAILED' then 'HIGH'
            else 'MEDIUM'
        end as severity,
        partition_gaps.state,
        partition_gaps.reason,
        partition_gaps.expected,
        partition_gaps.actual,
        {{ text_of('partition_gaps.game_date') }} || ' ' || case
            when partition_causes.model is not null then partition_causes.cause_model
            when partition_gaps.state = 'SKIPPED'
                then replace(partition_gaps.state_reason, 'skipped, because this failed before: ', '')
            else partition_gaps.model
        end as cause
    from partition_gaps
    left join partition_causes
        on
            partition_gaps.model = partition_causes.model
            and partition_gaps.game_date = partition_causes.game_date
    union all
    select
        bad_cells.model,
        bad_cells.phase,
        coalesce(models.build_order, 0) as build_order,
        bad_cells.game_date,
        extract(year from {{ season_start('bad_cells.game_date') }}) as season_year,
        bad_cells.column_name,
        case when cell_causes.model is not null then 'CASCADE' else bad_cells.gap_type end as gap_type,
        case
            when cell_causes.is_known then 'LOW'
            when cell_causes.model is not null then 'CRITICAL'
            when bad_cells.gap_type = 'NULL_FIELD' then 'HIGH'
            else 'MEDIUM'
        end as severity,
        bad_cells.gap_type as state,
        {{ text_of('bad_cells.null_count') }} || ' NULL, ' || {{ text_of('bad_cells.zero_count') }} || ' zero of '
        || {{ text_of('bad_cells.row_count') }} || ' rows' as reason,
        bad_cells.row_count as expected,
        bad_cells.row_count - bad_cells.null_count - case when bad_cells.is_never_zero then bad_cells.zero_count else 0 end as actual,
        coalesce(
            cell_causes.cause, {{ text_of('bad_cells.game_date') }} || ' ' || bad_cells.model || '.' || bad_cells.column_name
        ) as cause
    from bad_cells
    left join models on bad_cells.model = models.model
    left join cell_causes
        on
            bad_cells.model = cell_causes.model
            and bad_cells.game_date = cell_causes.game_date
            and bad_cells.column_name = cell_causes.column_name
    where bad_cells.phase <> '2'
),

downstream as (
    {{ constant_rows(['model', 'downstream'], edges.downstream or [['', '']]) }}
),

final as (
    select
        gaps.model,
        gaps.phase,
        gaps.build_order,
        gaps.game_date,
        cast(gaps.season_year as bigint) as season_year,
        gaps.column_name,
        gaps.gap_type,
        gaps.severity,
        gaps.state,
        gaps.reason,
        gaps.expected as expected_entities,
        gaps.actual as actual_entities,
        gaps.cause,
        downstream.downstream
    from gaps
    left join downstream on gaps.model = downstream.model
)

select * from final
