{#
    Replace by requested range (D2): every requested date is replaced, also by nothing. dbt's own strategies delete
    only the dates that come back in the new rows, so a postponed game would stay for ever.
#}

{# DuckDB: strategy date_range. dbt runs both statements in the transaction of the model. #}
{% macro get_incremental_date_range_sql(arg_dict) %}
    {%- set columns = get_quoted_csv(arg_dict.dest_columns | map(attribute='name')) -%}
    delete from {{ arg_dict.target_relation }} where {{ in_window(config.get('event_time')) }};
    insert into {{ arg_dict.target_relation }} ({{ columns }}) select {{ columns }} from {{ arg_dict.temp_relation }};
{% endmacro %}

{#
    BigQuery: insert_overwrite as one MERGE that deletes the requested partitions and inserts the new rows. Replaces
    dbt-bigquery's macro of this name, whose static form needs the dates in config() and whose dynamic form leaves
    emptied dates behind.
#}
{% macro bq_generate_incremental_insert_overwrite_build_sql(
    tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions
) %}
    {%- set requested = in_window('DBT_INTERNAL_DEST.' ~ partition_by.field) -%}
    {%- set rows = bq_static_select_insert_overwrite_sql(tmp_relation, sql, partition_by, tmp_relation_exists) -%}
    {{ return(get_insert_overwrite_merge_sql(
        target_relation, rows, dest_columns, [requested], include_sql_header=not tmp_relation_exists
    )) }}
{% endmacro %}
