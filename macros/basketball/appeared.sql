{# The counting stats of a player's box score line, under the names of staging. #}
{% macro counting_stats() %}
    {{ return([
        'points', 'fg_makes', 'fg_attempts', 'three_pt_makes', 'three_pt_attempts', 'ft_makes', 'ft_attempts',
        'offensive_rebounds', 'defensive_rebounds', 'rebounds', 'assists', 'steals', 'blocks', 'turnovers',
        'personal_fouls',
    ]) }}
{% endmacro %}

{# TRUE for a box score line of somebody who appeared: minutes > 0 or any counting stat (definitions P1). #}
{% macro appeared(line) -%}
    (
        {{ line }}.seconds_played > 0
        {% for stat in counting_stats() -%}
        or {{ line }}.{{ stat }} > 0
        {% endfor %}
    )
{%- endmacro %}
