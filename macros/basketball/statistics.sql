{# Sample standard deviation from sums of integers, of values times 10^scale; two decimals, NULL for fewer than two values. #}
{% macro sample_deviation(total, total_of_squares, n, scale=0) -%}
    case
        when {{ n }} > 1 then cast(round(sqrt(
            {{ double(n ~ ' * ' ~ total_of_squares ~ ' - ' ~ total ~ ' * ' ~ total) }} / {{ double(n ~ ' * (' ~ n ~ ' - 1)') }}
        ){{ ' / ' ~ 10 ** scale if scale }}, 2) as numeric(5, 2))
    end
{%- endmacro %}

{#
    A number in steps: `floors` are (limit, step) pairs, first the positive ones from the highest down (reached at or
    above the limit), then the negative ones from the lowest up (at or below); 0 between them.
#}
{% macro steps(value, floors) -%}
    case
        {%- for limit, step in floors %}
        when {{ value }} {{ '>=' if step > 0 else '<=' }} {{ limit }} then {{ step }}
        {%- endfor %}
        else 0
    end
{%- endmacro %}
