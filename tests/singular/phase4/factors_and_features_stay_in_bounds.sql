-- Bounds of the factors (definitions F1 to F8), their sum, and complete arrays of the feature store.
{{ config(meta={
    'judges': ['player_composite_factors', 'ml_feature_store_v2'], 'severity': 'hold',
    'reason': 'definitions F1 to F8 give these bounds',
}) }}
{%- set checks = {
    'player_composite_factors': [
        ('a factor is out of bounds',
            'fatigue_score < 0 or fatigue_score > 100'
            ~ ' or abs(shot_zone_mismatch_score) > 10'
            ~ ' or abs(pace_score) > 3'
            ~ ' or usage_spike_score < 0 or usage_spike_score > 3'
            ~ ' or abs(opponent_strength_score) > 3'
            ~ ' or travel_impact_score < -3 or travel_impact_score > 0'
            ~ ' or look_ahead_pressure_score < -5 or look_ahead_pressure_score > 0'),
        ('the total is not the sum of its parts, each rounded to one decimal',
            'abs(total_composite_adjustment - coalesce((fatigue_score - 100) * 0.05, 0) - coalesce(shot_zone_mismatch_score, 0)'
            ~ ' - coalesce(pace_score, 0) - coalesce(usage_spike_score, 0) - coalesce(opponent_strength_score, 0)'
            ~ ' - coalesce(travel_impact_score, 0) - coalesce(look_ahead_pressure_score, 0)) > 0.31'),
    ],
    'ml_feature_store_v2': [
        ('an array does not hold 25 features',
            array_size('features') ~ ' <> 25 or ' ~ array_size('feature_names') ~ ' <> 25 or ' ~ array_size('feature_sources')
            ~ ' <> 25 or feature_quality_score < 40 or feature_quality_score > 100'),
    ],
} %}
{%- for table, rules in judged_among(checks).items() %}
{{ 'union all' if not loop.first }}
{%- for rule, condition in rules %}
{{ 'union all' if not loop.first }}
select
    '{{ table }}' as table_name,
    '{{ rule }}' as rule,
    game_date,
    game_id,
    player_lookup
from {{ ref(table) }}
where {{ in_window('game_date') }} and ({{ condition }})
{%- endfor %}
{%- endfor %}
