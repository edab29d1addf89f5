{# Whether the attempts that a team has beyond its players' are its missed heaves, which are charged to nobody (audits R1). #}
{% macro are_heaves(of_team, of_players, season_year) -%}
    coalesce(
        {{ season_year }} >= {{ var('heaves_since_season') }}
        and {{ of_team }} - {{ of_players }} between 1 and {{ var('heaves_at_most') }},
        false
    )
{%- endmacro %}
