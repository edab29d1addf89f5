{#
    Replace by requested range (D2), audited before published (audits Q1, Q2): the new rows are judged where nobody reads
    them; those of held units are kept aside, what was published for these units stays, and every other unit of the
    requested dates is replaced, also by nothing. dbt's own strategies delete only the dates that come back in the new rows, so
    a postponed game would stay for ever.
#}

{# DuckDB: strategy date_range. Findings, held rows and publication are one transaction, that of the model. #}
{% macro get_incremental_date_range_sql(arg_dict) %}
    {%- set columns = get_quoted_csv(arg_dict.dest_columns | map(attribute='name')) -%}
    {%- set held = audit(arg_dict.temp_relation) -%}
    delete from {{ arg_dict.target_relation }} where {{ in_window(config.get('event_time')) }} and not {{ stays(held) }};
    insert into {{ arg_dict.target_relation }} ({{ columns }})
    select {{ columns }} from ({{ clean_rows(arg_dict.temp_relation, held) }}) as clean;
{% endmacro %}

{# DuckDB, the first build of a table: the same, with nothing published yet. #}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) %}
    {%- if temporary or not is_audited(model) -%}
        {%- set compiled_code = built_rows() if is_audited(model) and audits_only() else compiled_code -%}
        {{ return(dbt.duckdb__create_table_as(temporary, relation, compiled_code, language, partitioned_by, sorted_by)) }}
    {%- endif -%}
    {%- set candidates = api.Relation.create(identifier=relation.identifier ~ '__candidates') -%}
    {%- call statement('candidates', auto_begin=true) -%}
        create or replace temporary table {{ candidates }} as ({{ compiled_code }})
    {%- endcall -%}
    {%- set held = audit(candidates) -%}
    {{ return(
        dbt.duckdb__create_table_as(
            false, relation, clean_rows(candidates, held) ~ last_good_rows(candidates, held), language, partitioned_by, sorted_by
        )
        ~ ';\ndrop table ' ~ candidates
    ) }}
{% endmacro %}

{# SQL: TRUE for a published row that stays: of a unit whose new rows are held. Rows that an audit without a build finds wrong
   are themselves the published ones, and go. #}
{% macro stays(held, alias='') -%}
    ({{ is_held(held, alias) }} and {{ is_held(held.stays, alias) }})
{%- endmacro %}

{# SQL: the rows that are published, flagged ones with the flag among their issues. #}
{% macro clean_rows(candidates, held) -%}
    {%- set issues = issues_column() -%}
    {%- set flags = text_array(flags_of_rows(held.flags)) -%}
    select
    {%- if held.flags and issues %} * replace (
        {{ arrays_joined(issues, flags) }} as {{ issues }}
        {%- if 'processed_with_issues' in model.columns %},
        processed_with_issues or {{ array_size(flags) }} > 0 as processed_with_issues
        {%- endif %}
    )
    {%- else %} *
    {%- endif %}
    from {{ candidates }}
    where {{ in_window('game_date') }} and not {{ is_held(held) }}
{%- endmacro %}

{# Text expressions, NULL for a row without the flag. A question about rows flags the row, one about several tables the game. #}
{% macro flags_of_rows(flags) %}
    {%- set of_rows, expressions = {}, [] -%}
    {%- for check in (row_checks(project_node(model.name)) if flags else []) -%}
        {%- do of_rows.update({check.id: check.condition}) -%}
    {%- endfor -%}
    {%- for check, units in flags.items() -%}
        {%- do expressions.append(
            'case when ' ~ unit_text() ~ ' in (' ~ quoted_list(units) ~ ')'
            ~ (' and ' ~ of_rows[check] if check in of_rows else '') ~ ' then ' ~ text_literal(check) ~ ' end'
        ) -%}
    {%- endfor -%}
    {{ return(expressions) }}
{% endmacro %}

{# SQL to add to the clean rows when a table is made anew (--full-refresh): what was published for held units, if it still fits. #}
{% macro last_good_rows(candidates, held) -%}
    {%- set published = load_relation(this) if held.dates_with_holds else none -%}
    {%- if published -%}
        {%- set names = adapter.get_columns_in_relation(candidates) | map(attribute='name') | list -%}
        {%- if names | sort == adapter.get_columns_in_relation(published) | map(attribute='name') | sort %}
    union all
    select {{ names | join(', ') }} from {{ this }} where {{ in_window('game_date') }} and {{ is_held(held) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#
    BigQuery: insert_overwrite as one MERGE that deletes the requested partitions and inserts the new rows. Replaces
    dbt-bigquery's macro of this name, whose static form needs the dates in config() and whose dynamic form leaves
    emptied dates behind.
#}
{% macro bq_generate_incremental_insert_overwrite_build_sql(
    tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists, copy_partitions
) %}
    {{ return(merge_of_clean_rows(tmp_relation, target_relation, partition_by, dest_columns, audit(tmp_relation))) }}
{% endmacro %}

{% macro merge_of_clean_rows(candidates, target_relation, partition_by, dest_columns, held) %}
    {%- set requested = in_window('DBT_INTERNAL_DEST.' ~ partition_by.field) ~ ' and not ' ~ stays(held, 'DBT_INTERNAL_DEST.') -%}
    {{ return(get_insert_overwrite_merge_sql(target_relation, '(' ~ clean_rows(candidates, held) ~ ')', dest_columns, [requested])) }}
{% endmacro %}

{# BigQuery, the first build of a table. The candidates expire by themselves, should nobody come to drop them. #}
{% macro bigquery__create_table_as(temporary, relation, compiled_code, language='sql') %}
    {%- if temporary or not is_audited(model) -%}
        {%- set compiled_code = built_rows() if is_audited(model) and audits_only() else compiled_code -%}
        {{ return(dbt.bigquery__create_table_as(temporary, relation, compiled_code, language)) }}
    {%- endif -%}
    {%- set candidates = candidates_of(relation) -%}
    {%- call statement('candidates') -%}
        {{ dbt.bigquery__create_table_as(true, candidates, compiled_code, language) }}
    {%- endcall -%}
    {%- set held = audit(candidates) -%}
    {{ return(dbt.bigquery__create_table_as(
        false, relation, clean_rows(candidates, held) ~ last_good_rows(candidates, held), language
    )) }}
{% endmacro %}

{% macro candidates_of(relation) %}
    {{ return(relation.incorporate(path={'identifier': relation.identifier ~ '__candidates'})) }}
{% endmacro %}

{# Post-hook: BigQuery keeps candidates in the dataset. #}
{% macro drop_candidates() %}
    {%- if execute and is_audited(model) and not one_process_at_a_time() -%}
        drop table if exists {{ candidates_of(this) }}
    {%- endif -%}
{% endmacro %}
