{# partition_by of a table with a game_date: a dict on BigQuery, nothing elsewhere (dbt-duckdb refuses the dict). #}
{% macro by_game_date() %}
    {{ return({'field': 'game_date', 'data_type': 'date', 'granularity': 'day'} if target.type == 'bigquery' else none) }}
{% endmacro %}

{# TRUE where the engine lets one process at a time into the warehouse: an invocation that left no end was killed. #}
{% macro one_process_at_a_time() %}
    {{ return(target.type == 'duckdb') }}
{% endmacro %}

{# Names of the columns of a stored table, in lower case. DuckDB: by a query, because the look of the adapter begins a
   transaction, which nobody would commit at the start of a run. #}
{% macro stored_columns(relation) %}
    {%- if target.type == 'duckdb' -%}
        {{ return(run_query('select * from ' ~ relation ~ ' where 1 = 0').column_names | map('lower') | list) }}
    {%- endif -%}
    {{ return(adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list) }}
{% endmacro %}
