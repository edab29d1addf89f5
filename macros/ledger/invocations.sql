{#
    nba_orchestration.invocations: one row per dbt invocation, opened by open_run() and closed by close_run(). A row that
    was never closed is an invocation that still runs, or was killed.
#}

{% macro open_invocation_sql(range, mode) -%}
    {%- set models = [] -%}
    {%- for resource in selected_resources if resource.startswith('model.') -%}
        {%- do models.append(resource.split('.')[-1]) -%}
    {%- endfor -%}
    {%- set note = env_var('NBA_RUN_NOTE', '') | replace("'", "''") -%}
    {%- if target.type == 'duckdb' %}
    -- one process at a time holds a DuckDB file: whoever left a row open is no more
    update {{ ledger_relation('invocations') }} set finished_at = {{ utc_now() }}, status = 'killed' where finished_at is null;
    {%- endif %}
    insert into {{ ledger_relation('invocations') }} ({{ ledger_tables()['invocations'].keys() | join(', ') }})
    select
        '{{ invocation_id }}',
        cast('{{ range.start }}' as date),
        cast('{{ range.end }}' as date),
        '{{ range.source }}',
        '{{ mode }}',
        '{{ flags.WHICH }}',
        '{{ models | sort | join(" ") }}',
        {{ "'" ~ note ~ "'" if note else 'cast(null as ' ~ dbt.type_string() ~ ')' }},
        {{ utc_now() }},
        cast(null as {{ dbt.type_timestamp() }}),
        'running'
{%- endmacro %}

{# Last statement of every dbt build, run, test and seed: closes the invocation, records failures and durations. #}
{% macro close_run(results) %}
    {%- if execute and flags.WHICH in ['build', 'run', 'seed', 'test', 'snapshot'] and results -%}
        {%- set failed = results | selectattr('status', 'in', ['error', 'fail', 'runtime error']) | list -%}
        {%- do run_query(
            'update ' ~ ledger_relation('invocations') ~ ' set finished_at = ' ~ utc_now() ~ ", status = '"
            ~ ('failed' if failed else 'success') ~ "' where invocation_id = '" ~ invocation_id ~ "'"
        ) -%}
        {%- set models = results | selectattr('node.resource_type', 'equalto', 'model') | list -%}
        {%- if models -%}
            {%- do run_query(model_runs_sql(models)) -%}
        {%- endif -%}
        {%- for result in models if result.status in ['error', 'skipped'] and result.node.config.materialized == 'incremental' -%}
            {%- do run_query(record_failure_sql(result, failed)) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{% macro model_runs_sql(results) -%}
    insert into {{ ledger_relation('model_runs') }} ({{ ledger_tables()['model_runs'].keys() | join(', ') }}) values
    {%- for result in results %}
    (
        '{{ invocation_id }}', '{{ result.node.name }}', cast('{{ window_start() }}' as date), cast('{{ window_end() }}' as date),
        '{{ result.status }}', {{ result.execution_time }}, {{ utc_now() }}
    ){{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# A ledger row for each date of the range for a model that failed or was skipped; what it held before is still there. #}
{% macro record_failure_sql(result, failed) -%}
    {%- set node = graph.nodes[result.node.unique_id] -%}
    {%- set because = [] -%}
    {%- for other in failed if other.node.unique_id != node.unique_id -%}
        {%- do because.append(other.node.name) -%}
    {%- endfor -%}
    {%- set reason = result.message if result.status == 'error' else 'skipped, because this failed before: ' ~ because | join(', ') -%}
    insert into {{ ledger_relation('partition_ledger') }} ({{ ledger_tables()['partition_ledger'].keys() | join(', ') }})
    with {{ partitions_of_run(node, load_relation(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias))) }}
    select
        '{{ node.name }}',
        game_date,
        attempt,
        '{{ 'FAILED' if result.status == 'error' else 'SKIPPED' }}',
        cast(null as bigint),
        cast(null as bigint),
        {{ digest('input_list') }},
        input_list,
        '{{ code_version(result.node.compiled_code or "") }}',
        cast(null as {{ dbt.type_timestamp() }}),
        {{ utc_now() }},
        '{{ invocation_id }}',
        '{{ run_mode(requested_range()) }}',
        '{{ (reason or '') | replace("'", "''") | replace('\\', '/') | truncate(1000, true) }}'
    from described
{%- endmacro %}
