{#
    The published tables, for models that compare what each holds with what it should: name, phase, how its rows
    name their entity, and whether an entity has one row per game or one per date. tests/python/test_failures.py holds
    the list against tag and grain in each table's YAML.
#}
{% macro published_tables() %}
    {{ return([
        {'name': 'player_game_summary', 'phase': '3', 'entity': 'player_lookup', 'per_game': true},
        {'name': 'team_offense_game_summary', 'phase': '3', 'entity': 'team_abbr', 'per_game': true},
        {'name': 'team_defense_game_summary', 'phase': '3', 'entity': 'defending_team_abbr', 'per_game': true},
        {'name': 'upcoming_player_game_context', 'phase': '3', 'entity': 'player_lookup', 'per_game': true},
        {'name': 'upcoming_team_game_context', 'phase': '3', 'entity': 'team_abbr', 'per_game': true},
        {'name': 'team_defense_zone_analysis', 'phase': '4', 'entity': 'team_abbr', 'per_game': false},
        {'name': 'player_shot_zone_analysis', 'phase': '4', 'entity': 'player_lookup', 'per_game': false},
        {'name': 'player_composite_factors', 'phase': '4', 'entity': 'player_lookup', 'per_game': true},
        {'name': 'player_daily_cache', 'phase': '4', 'entity': 'player_lookup', 'per_game': true},
        {'name': 'ml_feature_store_v2', 'phase': '4', 'entity': 'player_lookup', 'per_game': true},
        {'name': 'player_prop_predictions', 'phase': '5', 'entity': "player_lookup || ' ' || system_id", 'per_game': true},
        {'name': 'prediction_accuracy', 'phase': '5b', 'entity': "player_lookup || ' ' || system_id", 'per_game': true},
    ]) }}
{% endmacro %}

{#
    One row per entity that the tables of these phases hold (none: of all): processor_name, phase, game_date, entity_id,
    game_id ('' where an entity has one row per date). `reads` cuts to the dates the calling model declares; without it
    the query is over all dates, for views.
#}
{% macro produced_entities(phases=none, cut=true) -%}
    {%- for table in published_tables() if phases is none or table.phase in phases %}
    {{ 'union all' if not loop.first }}
    select
        '{{ table.name }}' as processor_name,
        '{{ table.phase }}' as phase,
        game_date,
        {{ table.entity }} as entity_id,
        {{ 'game_id' if table.per_game else "''" }} as game_id
    from {{ reads(ref(table.name)) if cut else ref(table.name) }}
    {{ "where game_date >= cast('1946-11-01' as date)" if not cut }}
    {%- endfor %}
{%- endmacro %}

{# Which failure table tells of which phases: {table: phases}. #}
{% macro failure_tables() %}
    {{ return({'analytics_failures': ['3'], 'precompute_failures': ['4'], 'prediction_failures': ['5', '5b']}) }}
{% endmacro %}

{# The columns of every failure table that has them, one query under the other. #}
{% macro all_failures(columns) -%}
    {%- for table in failure_tables() %}
    {{ 'union all' if not loop.first }}
    select {{ columns | join(', ') }} from {{ ref(table) }}
    where game_date >= cast('1946-11-01' as date)
    {%- endfor %}
{%- endmacro %}

{# The phase of a model or source, from its tags: '3', '4', '5' or '5b'; none for what belongs to no phase. #}
{% macro phase_of(node) %}
    {%- for tag in node.tags if tag.startswith('phase') -%}
        {{ return(tag.removeprefix('phase')) }}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}

{#
    Who should have a row in the prediction tables (predictions E1): every player of the feature store with every system,
    and of the predictions those whose player played. processor_name, phase, game_date, season_year, player_lookup,
    system_id, game_id. Of the dates that the calling model declares, or of the `requested` ones.
#}
{% macro expected_predictions(requested=false) -%}
    select
        'player_prop_predictions' as processor_name,
        '5' as phase,
        features.game_date,
        features.season_year,
        features.player_lookup,
        systems.system_id,
        features.game_id
    from {{ rows_of_dates('ml_feature_store_v2', requested) }} as features
    cross join {{ ref('prediction_systems') }} as systems
    union all
    select
        'prediction_accuracy' as processor_name,
        '5b' as phase,
        predictions.game_date,
        predictions.season_year,
        predictions.player_lookup,
        predictions.system_id,
        predictions.game_id
    from {{ rows_of_dates('player_prop_predictions', requested) }} as predictions
    inner join {{ rows_of_dates('player_game_summary', requested) }} as played
        on
            predictions.game_id = played.game_id
            and predictions.player_lookup = played.player_lookup
    where played.seconds_played > 0
{%- endmacro %}

{% macro rows_of_dates(name, requested) -%}
    {%- if requested -%}
        (select * from {{ ref(name) }} where {{ in_window('game_date') }})
    {%- else -%}
        {{ reads(ref(name)) }}
    {%- endif -%}
{%- endmacro %}
