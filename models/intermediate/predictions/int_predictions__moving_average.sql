-- grain: game_id, player_lookup: who has played this season · window: requested dates · reads: feature store of the day
-- why: recent form, corrected for the circumstances of the game. 100 is fresh, so a low fatigue_score costs points.
{{ config(materialized='ephemeral') }}

with

features as (
    select * from {{ reads(ref('ml_feature_store_v2')) }}
),

coefficients as (
    {{ prediction_coefficients('moving_average', [
        'weight_last_5', 'weight_last_10', 'weight_season', 'tired_below', 'tired', 'weary_below', 'weary', 'mismatch', 'pace',
        'usage', 'at_home', 'away', 'back_to_back', 'highest',
    ]) }}
),

adjusted as (
    select
        features.game_id,
        features.game_date,
        features.season_year,
        features.player_lookup,
        coefficients.highest,
        {{ ratio(
            scaled('features.points_avg_last_5', 1) ~ ' * ' ~ scaled('coefficients.weight_last_5', 3)
            ~ ' + ' ~ scaled('features.points_avg_last_10', 1) ~ ' * ' ~ scaled('coefficients.weight_last_10', 3)
            ~ ' + ' ~ scaled('features.points_avg_season', 1) ~ ' * ' ~ scaled('coefficients.weight_season', 3),
            10 ** 4, 2, 5
        ) }} as form_points,
        {{ points_for_tiredness('features.fatigue_score') }} as fatigue_points,
        {{ points_for('features.shot_zone_mismatch_score', 'coefficients.mismatch') }} as mismatch_points,
        {{ points_for('features.pace_score', 'coefficients.pace') }} as pace_points,
        {{ points_for('features.usage_spike_score', 'coefficients.usage') }} as usage_points,
        {{ points_for_venue('features.is_home') }} as venue_points,
        case when features.back_to_back = 1 then coefficients.back_to_back else 0 end as back_to_back_points
    from features
    cross join coefficients
),

final as (
    {{ rows_of_system(
        'moving_average', 'adjusted', base='form_points', highest='highest',
        adjustments={
            'fatigue': 'fatigue_points', 'shot_zone': 'mismatch_points', 'pace': 'pace_points', 'usage': 'usage_points',
            'home': 'venue_points', 'back_to_back': 'back_to_back_points',
        }
    ) }}
)

select * from final
