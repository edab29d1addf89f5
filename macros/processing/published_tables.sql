{#
    The ten published tables, for models that compare what each holds with what it should: name, phase, how its rows
    name their entity, and whether an entity has one row per game or one per date. tests/python/test_failures.py holds
    the list against the grain in each table's YAML.
#}
{% macro published_tables() %}
    {{ return([
        {'name': 'player_game_summary', 'phase': 3, 'entity': 'player_lookup', 'per_game': true},
        {'name': 'team_offense_game_summary', 'phase': 3, 'entity': 'team_abbr', 'per_game': true},
        {'name': 'team_defense_game_summary', 'phase': 3, 'entity': 'defending_team_abbr', 'per_game': true},
        {'name': 'upcoming_player_game_context', 'phase': 3, 'entity': 'player_lookup', 'per_game': true},
        {'name': 'upcoming_team_game_context', 'phase': 3, 'entity': 'team_abbr', 'per_game': true},
        {'name': 'team_defense_zone_analysis', 'phase': 4, 'entity': 'team_abbr', 'per_game': false},
        {'name': 'player_shot_zone_analysis', 'phase': 4, 'entity': 'player_lookup', 'per_game': false},
        {'name': 'player_composite_factors', 'phase': 4, 'entity': 'player_lookup', 'per_game': true},
        {'name': 'player_daily_cache', 'phase': 4, 'entity': 'player_lookup', 'per_game': true},
        {'name': 'ml_feature_store_v2', 'phase': 4, 'entity': 'player_lookup', 'per_game': true},
    ]) }}
{% endmacro %}

{#
    One row per entity that the tables of a phase hold (both phases: none): processor_name, phase, game_date, entity_id,
    game_id ('' where an entity has one row per date). `reads` cuts to the dates the calling model declares; without it
    the query is over all dates, for views.
#}
{% macro produced_entities(phase=none, cut=true) -%}
    {%- for table in published_tables() if phase in (none, table.phase) %}
    {{ 'union all' if not loop.first }}
    select
        '{{ table.name }}' as processor_name,
        cast({{ table.phase }} as bigint) as phase,
        game_date,
        {{ table.entity }} as entity_id,
        {{ 'game_id' if table.per_game else "''" }} as game_id
    from {{ reads(ref(table.name)) if cut else ref(table.name) }}
    {{ "where game_date >= cast('1946-11-01' as date)" if not cut }}
    {%- endfor %}
{%- endmacro %}
