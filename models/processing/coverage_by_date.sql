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
    select '{{ table.name }}' as processor_name, cast({{ table.phase }} as bigint) as phase
    {%- endfor %}
),

counted as (
    select
        processor_name,
        game_date,
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
    from entities
    group by processor_name, game_date
),

final as (
    select
        tables.processor_name,
        tables.phase,
        dates.game_date,
        dates.season_year,
        coalesce(counted.expected_entities, 0) as expected_entities,
        coalesce(counted.entities_with_rows, 0) as entities_with_rows,
        coalesce(counted.row_count, 0) as row_count,
        coalesce(counted.failures, 0) as failures,
        coalesce(counted.unaccounted, 0) as unaccounted,
        coalesce(counted.row_and_failure, 0) as row_and_failure,
        coalesce(counted.unexpected_rows, 0) as unexpected_rows,
        {{ ratio(
            '100 * (counted.entities_with_rows - counted.row_and_failure - counted.unexpected_rows + counted.failures)',
            'counted.expected_entities', 2, 5
        ) }} as accounted_pct,
        case
            when coalesce(counted.expected_entities, 0) = 0 and coalesce(counted.row_count, 0) = 0 then 'EMPTY'
            when counted.unaccounted > 0 then 'UNTRACKED'
            when counted.row_and_failure > 0 or counted.unexpected_rows > 0 then 'INVESTIGATE'
            when counted.bootstrap_failures = counted.expected_entities then 'BOOTSTRAP'
            when counted.row_count = 0 and counted.missing_dependencies > 0 then 'DEPS_MISS'
            when counted.failures_to_investigate > 0 then 'INVESTIGATE'
            when counted.row_count = 0 then 'FAILURES'
            else 'OK'
        end as status
    from tables
    cross join dates
    left join counted
        on
            tables.processor_name = counted.processor_name
            and dates.game_date = counted.game_date
)

select * from final
