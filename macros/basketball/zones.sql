{# least() or greatest() of the known values: NULL ones are left out, NULL when none is known. #}
{% macro extreme_of(function, values) -%}
    {%- set beyond = '1000' if function == 'least' else '-1000' -%}
    nullif({{ function }}({% for value in values %}coalesce({{ value }}, {{ beyond }}){{ ', ' if not loop.last }}{% endfor %}), {{ beyond }})
{%- endmacro %}

{# The zone whose distance from the league is the given value; ties go to paint, then mid-range (definitions Z3). #}
{% macro zone_with_value(value) -%}
    case
        when paint_defense_vs_league_avg = {{ value }} then 'paint'
        when mid_range_defense_vs_league_avg = {{ value }} then 'mid_range'
        when three_pt_defense_vs_league_avg = {{ value }} then 'perimeter'
    end
{%- endmacro %}

{# Where a player shoots from, on his published shares of shots in percent, in this order (phase4 2.c). #}
{% macro primary_zone(paint_rate, mid_range_rate, three_pt_rate) -%}
    case
        when {{ paint_rate }} is null then null
        when {{ paint_rate }} >= 40 then 'paint'
        when {{ three_pt_rate }} >= 40 then 'perimeter'
        when {{ mid_range_rate }} >= 35 then 'mid_range'
        else 'balanced'
    end
{%- endmacro %}
