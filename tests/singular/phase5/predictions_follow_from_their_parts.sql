-- What a prediction says fits together: base and adjustments add up to it, quantiles rise, probabilities are a
-- distribution, and the recommendation is on the side of the margin (predictions S1, D1 to D3).
{{ config(meta={
    'judges': ['player_prop_predictions'], 'severity': 'hold',
    'reason': 'each is worked out from the others: a difference is an error of the project',
}) }}
{%- set adjustments = [] %}
{%- for name in prediction_adjustments() %}{% do adjustments.append('coalesce(' ~ name ~ '_adjustment, 0)') %}{% endfor %}
{%- for rule, condition in [
    ('base and adjustments are not the prediction',
        'base_points is not null and predicted_points > 0 and predicted_points < 60 and predicted_points <> base_points + ' ~ adjustments | join(' + ')),
    ('the quantiles fall', 'points_p10 > points_p25 or points_p25 > points_p50 or points_p50 > points_p75 or points_p75 > points_p90'),
    ('there are not 19 quantiles or none',
        array_size('points_quantiles') ~ ' <> case when points_p50 is null then 0 else 19 end'),
    ('a probability without a line, or more than all', '(points_line is null and probability_over is not null) or probability_over + probability_push > 1'),
    ('the margin is not the distance from the line', 'coalesce(line_margin <> predicted_points - points_line, points_line is not null)'),
    ('the recommendation is not on the side of the margin',
        "(recommendation = 'OVER' and coalesce(line_margin, 0) <= 0) or (recommendation = 'UNDER' and coalesce(line_margin, 0) >= 0)"
        ~ " or (recommendation = 'PASS') <> (pass_reason is not null)"),
] %}
{{ 'union all' if not loop.first }}
select
    '{{ rule }}' as rule,
    game_date,
    game_id,
    player_lookup,
    system_id
from {{ ref('player_prop_predictions') }}
where {{ in_window('game_date') }} and ({{ condition }})
{%- endfor %}
