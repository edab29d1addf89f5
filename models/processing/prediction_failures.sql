-- grain: processor_name, game_date, entity_id, game_id: of a prediction (player, system) · window: requested dates, keeps what was
-- resolved · reads: feature store, contexts and points of the day, predictions and their grading
-- why: one row per player of the feature store and system without a prediction, and per prediction of a final game whose
-- player played without a grade, with the reason (predictions E1).
{{ config(event_time='game_date', partition_by=by_game_date(), cluster_by=['processor_name', 'failure_category', 'system_id']) }}

{%- set columns = [
    'processor_name', 'game_date', 'season_year', 'entity_type', 'entity_id', 'player_lookup', 'system_id', 'game_id',
    'failure_category', 'failure_reason', 'failure_type', 'can_retry', 'is_correctable', 'resolution_status',
] %}

with

features as (
    select * from {{ reads(ref('ml_feature_store_v2')) }}
),

player_context as (
    select * from {{ reads(ref('upcoming_player_game_context')) }}
),

points as (
    select * from {{ reads(ref('int_predictions__points')) }}
),

systems as (
    select * from {{ ref('prediction_systems') }}
),

versions as (
    select * from {{ reads(ref('int_predictions__versions_in_force')) }}
),

categories as (
    select * from {{ ref('failure_categories') }}
),

expected as (
    {{ expected_predictions() }}
),

produced as (
    {{ produced_entities(['5', '5b']) }}
),

-- what is not there because a check holds it (audits Q3)
lacking as (
    /* depends on the past */
    {{ lacking_because_held() }}
    /* end */
),

missing as (
    select
        expected.*,
        expected.player_lookup || ' ' || expected.system_id as entity_id,
        systems.needs_line,
        systems.needs_history,
        systems.kind = 'trained' and versions.version is null as lacks_model,
        coalesce(held_games.checks, held_dates.checks) as held_by,
        features.points_avg_season,
        player_context.current_points_line,
        points.system_id is not null as has_points
    from expected
    left join produced
        on
            expected.processor_name = produced.processor_name
            and expected.game_id = produced.game_id
            and expected.player_lookup || ' ' || expected.system_id = produced.entity_id
    inner join systems on expected.system_id = systems.system_id
    left join versions
        on
            expected.game_date = versions.game_date
            and expected.system_id = versions.system_id
    left join features
        on
            expected.game_id = features.game_id
            and expected.player_lookup = features.player_lookup
    left join player_context
        on
            expected.game_id = player_context.game_id
            and expected.player_lookup = player_context.player_lookup
    left join points
        on
            expected.game_id = points.game_id
            and expected.player_lookup = points.player_lookup
            and expected.system_id = points.system_id
    left join lacking as held_games
        on
            expected.processor_name = held_games.processor_name
            and expected.game_date = held_games.game_date
            and expected.game_id = held_games.game_id
    left join lacking as held_dates
        on
            expected.processor_name = held_dates.processor_name
            and expected.game_date = held_dates.game_date
            and held_dates.game_id is null
    where produced.processor_name is null
),

categorised as (
    select
        *,
        case
            when held_by is not null then 'HELD_BY_CHECK'
            when phase = '5b' or has_points then 'PROCESSING_ERROR'
            when needs_line and current_points_line is null then 'NO_LINE'
            when lacks_model then 'NO_MODEL'
            when needs_line then 'PROCESSING_ERROR'
            when points_avg_season is null or needs_history then 'INSUFFICIENT_DATA'
            else 'PROCESSING_ERROR'
        end as failure_category
    from missing
),

judged as (
    select
        categorised.processor_name,
        categorised.game_date,
        categorised.season_year,
        'PLAYER' as entity_type,
        categorised.entity_id,
        categorised.player_lookup,
        categorised.system_id,
        categorised.game_id,
        categorised.failure_category,
        case categorised.failure_category
            when 'HELD_BY_CHECK' then {{ dbt.concat(["'held by '", 'categorised.held_by']) }}
            when 'NO_LINE' then 'no points line by tip-off'
            when 'NO_MODEL' then 'no trained version is in force on the date: backfill train'
            when 'PROCESSING_ERROR' then 'everything needed is there, the row is not'
            else case
                when categorised.points_avg_season is null then 'no game this season'
                else 'too few earlier games that are alike, or systems to combine'
            end
        end as failure_reason,
        case categorised.failure_category
            when 'HELD_BY_CHECK' then 'DATA_GAP'
            when 'NO_LINE' then 'NO_MARKET'
            when 'NO_MODEL' then 'NO_MODEL'
            when 'PROCESSING_ERROR' then 'PROCESSING_ERROR'
            else 'INSUFFICIENT_HISTORY'
        end as failure_type,
        categories.can_retry,
        -- a line may be loaded later; nobody knows whether a book had one
        case
            when categorised.failure_category in ('HELD_BY_CHECK', 'PROCESSING_ERROR', 'NO_MODEL') then true
            when categorised.failure_category = 'INSUFFICIENT_DATA' then false
        end as is_correctable,
        case when categorised.failure_category = 'INSUFFICIENT_DATA' then 'PERMANENT' else 'UNRESOLVED' end as resolution_status
    from categorised
    inner join categories on categorised.failure_category = categories.failure_category
),

previous as (
    {{ previous_failures() }}
),

final as (
    {{ failures_with_history(columns) }}
)

select * from final
