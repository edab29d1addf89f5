{# How well a window of games is filled: floors are the counts for excellent, good and limited. #}
{% macro sample_quality(games, floors) -%}
    case
        when {{ games }} >= {{ floors[0] }} then 'excellent'
        when {{ games }} >= {{ floors[1] }} then 'good'
        when {{ games }} >= {{ floors[2] }} then 'limited'
        else 'insufficient'
    end
{%- endmacro %}
