{#
    How far off a system was (predictions D1): errors are actual minus predicted points, in hundredths, counted in bins of
    half a point, by tier of the predicted points. Counts of whole games and straight lines within a bin give the same
    quantiles and probabilities on both engines, whatever the order of the rows. A bin has its half point in the middle: the
    errors of a line are half points, and at a bin's edge each would count for the quarter of a point beside it.
#}

{# Tier of predicted points, 0 to 5: under 5, 5 to 10, 10 to 15, 15 to 20, 20 to 25, 25 and more. #}
{% macro points_tier(points) -%}
    {{ int64(capped(integer_quotient(scaled(points, 2), '500'), 5)) }}
{%- endmacro %}

{# Number of the bin of half a point that an error lies in: bin b holds errors from 50 b - 25 to below 50 b + 25 hundredths. #}
{% macro error_bin(error_x100) -%}
    ({{ integer_quotient(error_x100 ~ ' + 20025', '50') }} - 400)
{%- endmacro %}

{# Aggregate over the bins of a histogram: the error below which k twentieths of the games lie, in hundredths of a point. #}
{% macro error_quantile(k) -%}
    {{ int64(
        'max(case when 20 * games_below < ' ~ k ~ ' * games_in_all and 20 * (games_below + games) >= ' ~ k ~ ' * games_in_all '
        ~ 'then 50 * error_bin - 25 + ' ~ rounded_quotient('50 * (' ~ k ~ ' * games_in_all - 20 * games_below)', '20 * games') ~ ' end)'
    ) }}
{%- endmacro %}

{# Aggregate over the bins of a histogram: the share of games with an error above a limit in hundredths, four decimals. #}
{% macro share_of_errors_above(limit) -%}
    {{ ratio(
        'sum(case when 50 * error_bin - 25 >= ' ~ limit ~ ' then 50 * games when 50 * error_bin + 25 <= ' ~ limit ~ ' then 0 else games * (50 * error_bin + 25 - ('
        ~ limit ~ ')) end)', '50 * max(games_in_all)', 4, 5
    ) }}
{%- endmacro %}

{# Pinball loss of each of the 19 quantiles in 2000ths of a point, from above_k_x100: the result minus the quantile. #}
{% macro pinball_losses_x2000() %}
    {%- set losses = [] -%}
    {%- for k in range(1, 20) -%}
        {%- set above = 'above_' ~ k ~ '_x100' -%}
        {%- do losses.append('case when ' ~ above ~ ' >= 0 then ' ~ k ~ ' * ' ~ above ~ ' else ' ~ (k - 20) ~ ' * ' ~ above ~ ' end') -%}
    {%- endfor -%}
    {{ return(losses) }}
{% endmacro %}

{# Minus the logarithm of the probability that was given to what happened, which counts as at least 0.0001; four decimals. #}
{% macro log_loss(probability, happened) -%}
    {%- set given = 'case ' ~ happened ~ ' when 1 then ' ~ probability ~ ' when 0 then 1 - ' ~ probability ~ ' end' -%}
    cast(round(-ln({{ double('case when ' ~ given ~ ' < 0.0001 then 0.0001 else ' ~ given ~ ' end') }}), 4) as numeric(7, 4))
{%- endmacro %}
