-- A grade says what the prediction and the result say: errors, sides of the line, and who was right (predictions G1).
{{ config(meta={
    'judges': ['prediction_accuracy'], 'severity': 'hold',
    'reason': 'each is worked out from the others: a difference is an error of the project',
}) }}
{%- for rule, condition in [
    ('the errors are not the distance from the result',
        'signed_error <> predicted_points - actual_points or absolute_error <> abs(signed_error)'
        ~ ' or within_3_points <> (absolute_error <= 3) or within_5_points <> (absolute_error <= 5)'),
    ('the outcome is not the side of the line', "coalesce(outcome, '') <> case when points_line is null then '' when actual_points > points_line then 'OVER'"
        ~ " when actual_points < points_line then 'UNDER' else 'PUSH' end"),
    ('right or wrong without a recommendation, or at a push',
        "(prediction_correct is not null and (recommendation = 'PASS' or outcome = 'PUSH' or outcome is null))"
        ~ " or (prediction_correct is null and recommendation <> 'PASS' and outcome in ('OVER', 'UNDER'))"
        ~ ' or prediction_correct <> (recommendation = outcome)'),
    ('the decile is not that of the confidence',
        'confidence_decile <> case when confidence_score = 1 then 10 else floor(10 * confidence_score) + 1 end'),
    ('a push is scored', "outcome = 'PUSH' and (brier is not null or log_loss is not null or market_brier is not null)"),
    ('more was lost than the stake, or won by who lost', 'profit < -1 or (profit > 0 and not coalesce(prediction_correct, false))'),
] %}
{{ 'union all' if not loop.first }}
select
    '{{ rule }}' as rule,
    game_date,
    game_id,
    player_lookup,
    system_id
from {{ ref('prediction_accuracy') }}
where {{ in_window('game_date') }} and ({{ condition }})
{%- endfor %}
