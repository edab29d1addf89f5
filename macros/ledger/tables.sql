{#
    The tables of the ledger. They are written by hooks while other models are built, so they are no models themselves:
    open_run() creates them, sources in models/orchestration describe them.
#}

{% macro ledger_relation(name) %}
    {{ return(in_this_warehouse(api.Relation.create(
        database=target.database, schema=generate_schema_name('nba_orchestration', none) | trim, identifier=name
    ))) }}
{% endmacro %}

{# name -> {column: type}, in the order in which rows are inserted. #}
{% macro ledger_tables() %}
    {%- set text, time, number = dbt.type_string(), dbt.type_timestamp(), 'int64' if target.type == 'bigquery' else 'bigint' -%}
    {{ return({
        'invocation_events': {
            'invocation_id': text, 'first_game_date': 'date', 'last_game_date': 'date', 'range_source': text, 'mode': text,
            'command': text, 'models': text, 'note': text, 'owner': text, 'started_at': time, 'finished_at': time, 'status': text,
        },
        'partition_ledger': {
            'model': text, 'game_date': 'date', 'attempt': number, 'state': text, 'row_count': number,
            'output_fingerprint': number, 'input_fingerprint': text, 'inputs': text, 'code_version': text,
            'started_at': time, 'finished_at': time, 'invocation_id': text, 'mode': text, 'error': text,
            'check_version': text,
        },
        'source_ledger': {
            'model': text, 'game_date': 'date', 'row_count': number, 'output_fingerprint': number, 'recorded_at': time,
            'invocation_id': text,
        },
        'model_runs': {
            'invocation_id': text, 'model': text, 'first_game_date': 'date', 'last_game_date': 'date', 'status': text,
            'seconds': dbt.type_float() if target.type == 'bigquery' else 'double', 'finished_at': time,
        },
        'code_versions': {'model': text, 'code_version': text, 'seen_at': time},
        'check_results': {
            'check_name': text, 'models': text, 'first_game_date': 'date', 'last_game_date': 'date', 'status': text,
            'failures': number, 'checked_at': time, 'invocation_id': text,
        },
        'audit_findings': {
            'invocation_id': text, 'model': text, 'game_date': 'date', 'game_id': text, 'check_id': text, 'severity': text,
            'verdict': text, 'row_count': number, 'evidence': text, 'unit_fingerprint': number, 'found_at': time,
        },
        'acceptances': {
            'model': text, 'game_date': 'date', 'game_id': text, 'check_id': text, 'unit_fingerprint': number, 'reason': text,
            'accepted_by': text, 'accepted_at': time,
        },
        'raw_loads': {
            'raw_table': text, 'slice': text, 'file_name': text, 'rows_loaded': number, 'rows_replaced': number,
            'rows_removed': number, 'digest': text, 'loaded_at': time, 'command': text,
        },
    }) }}
{% endmacro %}

{% macro create_ledger_tables() %}
    {%- set invocations = ledger_relation('invocation_events') -%}
    {%- do adapter.create_schema(api.Relation.create(database=invocations.database, schema=invocations.schema)) -%}
    {%- for name, columns in ledger_tables().items() -%}
        {%- set definitions = [] -%}
        {%- for column, type in columns.items() -%}
            {%- do definitions.append(column ~ ' ' ~ type) -%}
        {%- endfor -%}
        {%- do run_query(
            'create table if not exists ' ~ ledger_relation(name) ~ ' (' ~ definitions | join(', ') ~ ')'
            ~ (' partition by game_date cluster by model' if target.type == 'bigquery' and 'game_date' in columns else '')
        ) -%}
    {%- endfor -%}
    {%- set is_older = add_ledger_columns() -%}
    {%- set create = 'create or replace view ' if is_older or one_process_at_a_time() else 'create view if not exists ' -%}
    {%- do run_query(create ~ ledger_relation('invocations') ~ ' as ' ~ invocations_sql()) -%}
{% endmacro %}

{# A ledger that an older version began gets the columns that came since: NULL for what it recorded, so that partitions
   whose inputs or code are not on record are stale. TRUE when there were any. #}
{% macro add_ledger_columns() %}
    {%- set added = [] -%}
    {%- for name, columns in ledger_tables().items() -%}
        {%- set stored = stored_columns(ledger_relation(name)) -%}
        {%- for column, type in columns.items() if column not in stored -%}
            {%- do run_query('alter table ' ~ ledger_relation(name) ~ ' add column ' ~ column ~ ' ' ~ type) -%}
            {%- do added.append(column) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(added | length > 0) }}
{% endmacro %}
