{# How many rows of the group hold the condition; NULL conditions do not count. #}
{% macro count_if(condition) -%} countif({{ condition }}) {%- endmacro %}

{# TRUE when any row of the group does. #}
{% macro any_true(condition) -%} {{ return(adapter.dispatch('any_true', 'nba_backfill')(condition)) }} {%- endmacro %}
{% macro default__any_true(condition) %}{{ return('bool_or(' ~ condition ~ ')') }}{% endmacro %}
{% macro bigquery__any_true(condition) %}{{ return('logical_or(' ~ condition ~ ')') }}{% endmacro %}
