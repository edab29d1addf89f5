{# Types and casts whose names differ between the engines. #}

{# Of digits or of a whole number: the engines round other numbers differently. #}
{% macro int64(expression) -%} cast({{ expression }} as bigint) {%- endmacro %}

{% macro double(expression) -%} cast({{ expression }} as {{ type_double() }}) {%- endmacro %}

{% macro type_double() -%} {{ return(adapter.dispatch('type_double', 'nba_backfill')()) }} {%- endmacro %}
{% macro default__type_double() %}{{ return('double') }}{% endmacro %}
{% macro bigquery__type_double() %}{{ return('float64') }}{% endmacro %}

{#
    NULL when the text is not of the type, for double and date: as an integer DuckDB reads '5.0', BigQuery does not.
    dbt.safe_cast raises on DuckDB.
#}
{% macro try_cast(expression, type) -%} {{ return(adapter.dispatch('try_cast', 'nba_backfill')(expression, type)) }} {%- endmacro %}
{% macro default__try_cast(expression, type) %}{{ return('try_cast(' ~ expression ~ ' as ' ~ type ~ ')') }}{% endmacro %}
{% macro bigquery__try_cast(expression, type) %}{{ return('safe_cast(' ~ expression ~ ' as ' ~ type ~ ')') }}{% endmacro %}
