-- grain: processor_name, game_date: every scheduled date · window: none, consumers cut dates
-- reads: coverage_reconciliation, schedule · why: one verdict per table and date (operations 1.5).
{{ config(materialized='view', event_time='game_date') }}

with

entities as (
    select * from {{ ref('coverage_reconciliation') }}
),

dates as (
    select
        game_date,
        season_year
    from {{ ref('int_schedule__games') }}
    group by game_date, season_year
),

tables as (
    {%- for table in published_tables() %}
    {{ 'union all' if not loop.first }}
    select '{{ table.name }}' as processor_name, '{{ table.phase }}' as phase
    {%- endfor %}
),

sides as (
    select
        tables.processor_name,
        tables.phase,
        dates.game_date,
        dates.season_year,
        1 as is_scheduled,
        cast(null as {{ dbt.type_string() }}) as state,
        cast(null as {{ dbt.type_string() }}) as failure_category,
        cast(0 as bigint) as row_count
    from tables
    cross join dates
    union all
    select
        processor_name,
        cast(null as {{ dbt.type_string() }}) as phase,
        game_date,
        cast(null as bigint) as season_year,
        0 as is_scheduled,
        state,
        failure_category,
        row_count
    from entities
),

-- grouped, not joined: a filter on the date then reaches every table
counted as (
    select
        processor_name,
        game_date,
        max(phase) as phase,
        max(season_year) as season_year,
        max(is_scheduled) as is_scheduled,
        {{ count_if("state in ('record', 'both', 'unexpected_record')") }} as entities_with_rows,
        {{ int64('sum(row_count)') }} as row_count,
        {{ count_if("state in ('failure_expected', 'failure_investigate', 'both')") }} as failures,
        {{ count_if("failure_category = 'MISSING_DEPENDENCY'") }} as missing_dependencies,
        {{ count_if("failure_category = 'BOOTSTRAP'") }} as bootstrap_failures,
        {{ count_if("state = 'failure_investigate'") }} as failures_to_investigate,
        {{ count_if("state = 'both'") }} as row_and_failure,
        {{ count_if("state = 'unaccounted'") }} as unaccounted,
        {{ count_if("state = 'unexpected_record'") }} as unexpected_rows,
        {{ count_if("state <> 'unexpected_record'") }} as expected_entities
    from sides
    group by processor_name, game_date
),

final as (
    select
        processor_name,
        phase,
        game_date,
        season_year,
        expected_entities,
        entities_with_rows,
        row_count,
        failures,
        unaccounted,
        row_and_failure,
        unexpected_rows,
        {{ ratio(
            '100 * (entities_with_rows - row_and_failure - unexpected_rows + failures)', 'expected_entities', 2, 5
        ) }} as accounted_pct,
        case
            when expected_entities = 0 and row_count = 0 then 'EMPTY'
            when unaccounted > 0 then 'UNTRACKED'
            when row_and_failure > 0 or unexpected_rows > 0 then 'INVESTIGATE'
            when bootstrap_failures = expected_entities then 'BOOTSTRAP'
            when row_count = 0 and missing_dependencies > 0 then 'DEPS_MISS'
            when failures_to_investigate > 0 then 'INVESTIGATE'
            when row_count = 0 then 'FAILURES'
            else 'OK'
        end as status
    from counted
    where is_scheduled = 1
)

select * from final
