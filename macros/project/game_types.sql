{# Types of games in scope, the first three characters of an NBA game id: regular season, playoffs, play-in (definitions G3). #}
{% macro game_types_in_scope() %}('002', '004', '005'){% endmacro %}
