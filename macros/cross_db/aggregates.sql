{# How many rows of the group or window hold the condition; NULL conditions do not count. DuckDB's countif is a HUGEINT. #}
{% macro count_if(condition) -%} count(case when {{ condition }} then 1 end) {%- endmacro %}

{# TRUE when any row of the group does. #}
{% macro any_true(condition) -%} {{ return(adapter.dispatch('any_true', 'nba_backfill')(condition)) }} {%- endmacro %}
{% macro default__any_true(condition) %}{{ return('bool_or(' ~ condition ~ ')') }}{% endmacro %}
{% macro bigquery__any_true(condition) %}{{ return('logical_or(' ~ condition ~ ')') }}{% endmacro %}
