{#
    Relations as they are written into SQL. A DuckDB database is called like its file: a view that names it is lost when the
    file is renamed, copied or attached elsewhere, so nothing names it. On BigQuery the project is part of the name.
#}
{% macro ref() %}
    {{ return(in_this_warehouse(builtins.ref(*varargs, **kwargs))) }}
{% endmacro %}

{% macro source() %}
    {{ return(in_this_warehouse(builtins.source(*varargs, **kwargs))) }}
{% endmacro %}

{% macro in_this_warehouse(relation) %} {{ return(adapter.dispatch('in_this_warehouse', 'nba_backfill')(relation)) }} {% endmacro %}
{# dbt docs generate compiles for readers that match names by database, schema and table: column lineage is made of it. #}
{% macro default__in_this_warehouse(relation) %}
    {{ return(relation if flags.WHICH == 'generate' else relation.include(database=false)) }}
{% endmacro %}
{% macro bigquery__in_this_warehouse(relation) %}{{ return(relation) }}{% endmacro %}

{# The same for the name that dbt keeps of a model or source. #}
{% macro name_in_this_warehouse(node) %}
    {{ return(adapter.dispatch('name_in_this_warehouse', 'nba_backfill')(node.relation_name)) }}
{% endmacro %}
{% macro default__name_in_this_warehouse(name) %}{{ return(name | replace('"' ~ target.database ~ '".', '')) }}{% endmacro %}
{% macro bigquery__name_in_this_warehouse(name) %}{{ return(name) }}{% endmacro %}
