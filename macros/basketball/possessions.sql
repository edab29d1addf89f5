{# Possessions of one team times 100, an integer: FGA + 0.44 FTA - OREB + TOV (decisions section 2). #}
{% macro possessions_x100(relation) -%}
    100 * ({{ relation }}.fg_attempts - {{ relation }}.offensive_rebounds + {{ relation }}.turnovers) + 44 * {{ relation }}.ft_attempts
{%- endmacro %}
