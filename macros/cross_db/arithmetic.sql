{#
    numerator / denominator, rounded once, half away from zero, to `scale` decimals; NULL when either is NULL or the
    denominator is 0 (definitions G1). Both must be integers: the division is exact, so both engines and any order of
    summation give the same last digit. The denominator must not be negative.
#}
{% macro ratio(numerator, denominator, scale, precision=none) -%}
    cast({{ double(rounded_quotient(numerator, denominator, scale)) }} / {{ 10 ** scale }} as numeric({{ precision or scale + 4 }}, {{ scale }}))
{%- endmacro %}

{# numerator * 10^scale / denominator as the nearest integer, half away from zero. #}
{% macro rounded_quotient(numerator, denominator, scale=0) -%}
    (
        case when ({{ numerator }}) < 0 then -1 else 1 end
        * {{ integer_quotient(
            '2 * abs(' ~ int64(numerator) ~ ') * ' ~ 10 ** scale ~ ' + ' ~ int64(denominator),
            '2 * ' ~ int64(denominator)
        ) }}
    )
{%- endmacro %}

{# Quotient of two non-negative integers without its remainder; NULL when the divisor is 0. #}
{% macro integer_quotient(a, b) -%} {{ return(adapter.dispatch('integer_quotient', 'nba_backfill')(a, b)) }} {%- endmacro %}
{% macro default__integer_quotient(a, b) %}{{ return('((' ~ a ~ ') // (' ~ b ~ '))') }}{% endmacro %}
{# BigQuery needs no parentheses here, but the local emulator turns div() into an operator. #}
{% macro bigquery__integer_quotient(a, b) %}{{ return('(div((' ~ a ~ '), nullif(' ~ b ~ ', 0)))') }}{% endmacro %}

{# A stored decimal as a whole number of its last decimals: 12.34 at scale 2 -> 1234. #}
{% macro scaled(expression, scale) -%}
    {%- set number = '(' ~ expression ~ ')' if ' ' in expression else expression -%}
    cast(round({{ number }} * {{ 10 ** scale }}) as bigint)
{%- endmacro %}

{# Mean of a stored decimal column over a window or group, rounded once. `over` is '' or a window clause. #}
{% macro mean_of_decimals(column, column_scale, scale, over='') -%}
    {{ ratio(
        'sum(' ~ scaled(column, column_scale) ~ ') ' ~ over,
        '(' ~ 10 ** column_scale ~ ' * count(' ~ column ~ ') ' ~ over ~ ')',
        scale, 8
    ) }}
{%- endmacro %}

{# Great-circle miles between two points given in degrees, Earth radius 3,959 miles, rounded to whole miles (C2). #}
{% macro whole_miles(lat_1, lon_1, lat_2, lon_2) -%}
    {{ int64('round(' ~ haversine_miles(lat_1, lon_1, lat_2, lon_2) ~ ')') }}
{%- endmacro %}

{# The same, not rounded. #}
{% macro haversine_miles(lat_1, lon_1, lat_2, lon_2) -%}
    {%- set rad = 'acos(-1) / 180' -%}
    2 * 3959 * asin(sqrt(
        power(sin(({{ lat_2 }} - {{ lat_1 }}) * {{ rad }} / 2), 2)
        + cos({{ lat_1 }} * {{ rad }}) * cos({{ lat_2 }} * {{ rad }}) * power(sin(({{ lon_2 }} - {{ lon_1 }}) * {{ rad }} / 2), 2)
    ))
{%- endmacro %}
