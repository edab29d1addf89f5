{# partition_by of a table with a game_date: a dict on BigQuery, nothing elsewhere (dbt-duckdb refuses the dict). #}
{% macro by_game_date() %}
    {{ return({'field': 'game_date', 'data_type': 'date', 'granularity': 'day'} if target.type == 'bigquery' else none) }}
{% endmacro %}

{# TRUE where the engine lets one process at a time into the warehouse: an invocation that left no end was killed. #}
{% macro one_process_at_a_time() %}
    {{ return(target.type == 'duckdb') }}
{% endmacro %}
