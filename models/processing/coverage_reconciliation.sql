-- grain: processor_name, game_date, entity_id, game_id · window: none, consumers cut dates
-- reads: expected entities, the failure tables, the published tables
-- why: every expected entity has a row or an open failure, never both and never neither (operations 1.5).
{{ config(materialized='view', event_time='game_date') }}

with

failures as (
    {{ all_failures(['processor_name', 'game_date', 'entity_id', 'game_id', 'failure_category', 'resolution_status']) }}
),

phases as (
    {%- for table in published_tables() %}
    {{ 'union all' if not loop.first }}
    select '{{ table.name }}' as processor_name, '{{ table.phase }}' as phase
    {%- endfor %}
),

categories as (
    select * from {{ ref('failure_categories') }}
),

produced as (
    {{ produced_entities(cut=false) }}
),

systems as (
    select * from {{ ref('prediction_systems') }}
),

-- a grade is expected of a prediction whose player played: of both, not of one of them
sides as (
    select
        processor_name,
        game_date,
        entity_id,
        game_id,
        1 as counts_as_expected,
        0 as is_predicted,
        0 as has_played,
        0 as is_produced,
        cast(null as {{ dbt.type_string() }}) as category_of_failure
    from {{ ref('expected_entities') }}
    where game_date >= cast('1946-11-01' as date)
    union all
    select
        'player_prop_predictions' as processor_name,
        features.game_date,
        features.player_lookup || ' ' || systems.system_id as entity_id,
        features.game_id,
        1 as counts_as_expected,
        0 as is_predicted,
        0 as has_played,
        0 as is_produced,
        cast(null as {{ dbt.type_string() }}) as category_of_failure
    from {{ ref('ml_feature_store_v2') }} as features
    cross join systems
    where features.game_date >= cast('1946-11-01' as date)
    union all
    select
        'prediction_accuracy' as processor_name,
        game_date,
        player_lookup || ' ' || system_id as entity_id,
        game_id,
        0 as counts_as_expected,
        1 as is_predicted,
        0 as has_played,
        0 as is_produced,
        cast(null as {{ dbt.type_string() }}) as category_of_failure
    from {{ ref('player_prop_predictions') }}
    where game_date >= cast('1946-11-01' as date)
    union all
    select
        'prediction_accuracy' as processor_name,
        played.game_date,
        played.player_lookup || ' ' || systems.system_id as entity_id,
        played.game_id,
        0 as counts_as_expected,
        0 as is_predicted,
        1 as has_played,
        0 as is_produced,
        cast(null as {{ dbt.type_string() }}) as category_of_failure
    from {{ ref('player_game_summary') }} as played
    cross join systems
    where played.game_date >= cast('1946-11-01' as date) and played.seconds_played > 0
    union all
    select
        processor_name,
        game_date,
        entity_id,
        game_id,
        0 as counts_as_expected,
        0 as is_predicted,
        0 as has_played,
        1 as is_produced,
        cast(null as {{ dbt.type_string() }}) as category_of_failure
    from produced
    union all
    select
        processor_name,
        game_date,
        entity_id,
        game_id,
        0 as counts_as_expected,
        0 as is_predicted,
        0 as has_played,
        0 as is_produced,
        failure_category as category_of_failure
    from failures
    where resolution_status <> 'RESOLVED'
),

-- grouped, not joined: a filter on the date then reaches every table
reconciled as (
    select
        processor_name,
        game_date,
        entity_id,
        game_id,
        max(counts_as_expected) = 1 or (max(is_predicted) = 1 and max(has_played) = 1) as is_expected,
        {{ int64('sum(is_produced)') }} as row_count,
        max(category_of_failure) as failure_category
    from sides
    group by processor_name, game_date, entity_id, game_id
    having
        max(counts_as_expected) = 1 or (max(is_predicted) = 1 and max(has_played) = 1)
        or sum(is_produced) > 0 or max(category_of_failure) is not null
),

final as (
    select
        reconciled.processor_name,
        phases.phase,
        reconciled.game_date,
        reconciled.entity_id,
        reconciled.game_id,
        reconciled.row_count,
        reconciled.failure_category,
        case
            when reconciled.row_count > 0 and reconciled.failure_category is not null then 'both'
            when reconciled.row_count > 0 and not reconciled.is_expected then 'unexpected_record'
            when reconciled.row_count > 0 then 'record'
            when reconciled.failure_category is null then 'unaccounted'
            when categories.is_expected then 'failure_expected'
            else 'failure_investigate'
        end as state
    from reconciled
    inner join phases on reconciled.processor_name = phases.processor_name
    left join categories on reconciled.failure_category = categories.failure_category
)

select * from final
