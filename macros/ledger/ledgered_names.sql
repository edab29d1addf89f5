{#
    Names of the ledgered models, for ref() while the project is parsed, when the graph is not there yet.
    tests/python/test_ledger.py holds the list against the incremental models of the project.
#}
{% macro ledgered_names() %}
    {{ return([
        'analytics_failures', 'expected_entities', 'int_betting__player_points_lines', 'int_betting__team_lines',
        'int_boxscores__player_lines', 'int_boxscores__team_lines', 'int_injuries__status_at_tip', 'int_play_by_play__games',
        'int_play_by_play__player_games', 'int_play_by_play__shots', 'int_play_by_play__team_games',
        'int_players__absences_around', 'int_players__completeness', 'int_players__form_entering',
        'int_players__line_streaks', 'int_players__listings', 'int_players__resolved_names',
        'int_predictions__error_histograms', 'int_predictions__graded_days', 'int_predictions__model_inputs', 'int_predictions__points',
        'int_predictions__single_systems', 'int_teams__form_entering', 'ml_feature_store_v2', 'player_composite_factors',
        'player_daily_cache', 'player_game_summary', 'player_prop_predictions', 'player_shot_zone_analysis',
        'precompute_failures', 'prediction_accuracy', 'prediction_failures', 'system_daily_performance',
        'team_defense_game_summary', 'team_defense_zone_analysis', 'team_offense_game_summary',
        'upcoming_player_game_context', 'upcoming_team_game_context',
    ]) }}
{% endmacro %}

{# A comment that makes a model depend on all of them, and on the dated parents that are no ledgered models. #}
{% macro depends_on_all_partitions() -%}
    {%- for name in ledgered_names() + ['int_schedule__games', 'int_schedule__team_games', 'int_schedule__precompute_days', 'int_players__lists'] -%}
        {%- do ref(name) -%}
    {%- endfor -%}
{%- endmacro %}
