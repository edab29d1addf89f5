{#
    nba_orchestration.invocations: one row per dbt invocation, opened by open_run() and closed by close_run(). A row that
    was never closed is an invocation that still runs, or was killed.
#}

{% macro open_invocation_sql(range, mode) -%}
    {%- set models = [] -%}
    {%- for resource in selected_resources if resource.startswith('model.') -%}
        {%- do models.append(resource.split('.')[-1]) -%}
    {%- endfor -%}
    {%- set note = env_var('NBA_RUN_NOTE', '') -%}
    insert into {{ ledger_relation('invocation_events') }} ({{ ledger_tables()['invocation_events'].keys() | join(', ') }})
    select
        '{{ invocation_id }}',
        cast('{{ range.start }}' as date),
        cast('{{ range.end }}' as date),
        '{{ range.source }}',
        '{{ mode }}',
        '{{ flags.WHICH }}',
        '{{ models | sort | join(" ") }}',
        {{ text_literal(note) if note else 'cast(null as ' ~ dbt.type_string() ~ ')' }},
        {{ text_literal(env_var('NBA_RUN_OWNER', 'dbt ' ~ flags.WHICH)) }},
        {{ utc_now() }},
        cast(null as {{ dbt.type_timestamp() }}),
        'running'
{%- endmacro %}

{# The closing row: what the opening row said, with the end. Rows are only ever added: DuckDB 1.5.5 cannot replay the
   update of a row after a kill ("Failure while replaying WAL file"), and the warehouse would not open again. #}
{% macro close_invocation_sql(status, id=invocation_id) -%}
    {%- set kept = ledger_tables()['invocation_events'].keys() | reject('in', ['finished_at', 'status']) | join(', ') -%}
    insert into {{ ledger_relation('invocation_events') }} ({{ kept }}, finished_at, status)
    select {{ kept }}, {{ utc_now() }} as finished_at, '{{ status }}' as status
    from {{ ledger_relation('invocation_events') }}
    where invocation_id = '{{ id }}' and status = 'running'
{%- endmacro %}

{# One row per invocation. Where one process at a time holds the warehouse, who left a row open before the last one was killed. #}
{% macro invocations_sql() -%}
    {%- set kept = ledger_tables()['invocation_events'].keys() | reject('in', ['invocation_id', 'finished_at', 'status']) | list -%}
    {%- set ended_by = 'lead(started_at) over (order by started_at)' if one_process_at_a_time() else 'cast(null as ' ~ dbt.type_timestamp() ~ ')' -%}
    select
        invocation_id,
        {% for column in kept %}{{ column }}, {% endfor %}
        coalesce(finished_at, {{ ended_by }}) as finished_at,
        case when finished_at is null and {{ ended_by }} is not null then 'killed' else status end as status
    from (
        select * from {{ ledger_relation('invocation_events') }}
        where invocation_id is not null
        qualify row_number() over (
            partition by invocation_id order by case status when 'killed' then 0 when 'running' then 2 else 1 end
        ) = 1
    ) as events
{%- endmacro %}

{# Last statement of every dbt build, run, test and seed: closes the invocation, records failures and durations. #}
{% macro close_run(results) %}
    {%- if execute and flags.WHICH in ['build', 'run', 'seed', 'test', 'snapshot'] and results -%}
        {%- set failed = results | selectattr('status', 'in', ['error', 'fail', 'runtime error']) | list -%}
        {%- set red = [] -%}
        {%- for result in results if result_status(result) in ['error', 'fail', 'runtime error'] -%}
            {%- do red.append(result.node.name) -%}
        {%- endfor -%}
        {%- set held = held_of_range() -%}
        {%- do run_query(close_invocation_sql('failed' if red or held else 'success')) -%}
        {%- set models = results | selectattr('node.resource_type', 'equalto', 'model') | list -%}
        {%- if models -%}
            {%- do run_query(model_runs_sql(models)) -%}
        {%- endif -%}
        {%- set checks = results | selectattr('node.resource_type', 'equalto', 'test') | rejectattr('status', 'equalto', 'skipped') | list -%}
        {%- if checks -%}
            {%- do run_query(check_results_sql(checks)) -%}
        {%- endif -%}
        {%- for result in models if result.status in ['error', 'skipped'] and result.node.config.materialized == 'incremental' -%}
            {%- do run_query(record_failure_sql(result, failed)) -%}
        {%- endfor -%}
        {{ say_what_is_not_sound(red, failed, held) }}
    {%- endif -%}
{% endmacro %}

{# dbt's word for a result; but a failed test stays failed in a build, which it does not stop, and one that reports what an
   audit found is 'held'. #}
{% macro result_status(result) %}
    {%- if result.node.resource_type == 'test' and result.status == 'warn' and result.node.config.severity | lower == 'error' -%}
        {{ return('held' if was_audited(result.node.config.get('meta', {}).get('judges', [])) else 'fail') }}
    {%- endif -%}
    {{ return(result.status | string) }}
{% endmacro %}

{#
    A run with an open hold, or with a failed test that stopped nothing, ends with a statement that fails and names them (audits
    Q10, Q11): exit code 1. The command line says it in its own summary.
#}
{% macro say_what_is_not_sound(red, failed, held) %}
    {%- if env_var('NBA_RUN_SUMMARY', '') == '' and (held or red | length > failed | length) -%}
        {%- set said = ['not sound'] -%}
        {%- if held -%}
            {%- do said.append(
                held | length ~ ' findings are held back; what was published before stays. Load raw that is right and build these '
                ~ 'dates again, or: backfill accept MODEL DATE GAME --check ID --reason TEXT'
            ) -%}
        {%- endif -%}
        {%- for row in held[:10] -%}
            {%- do said.append(
                row[0] ~ ' ' ~ row[1] ~ ' ' ~ (row[2] or '(the whole date)') ~ ': ' ~ row[3] ~ ' ' ~ row[4] | string | truncate(200, true)
            ) -%}
        {%- endfor -%}
        {%- if held | length > 10 -%}
            {%- do said.append('and ' ~ (held | length - 10) ~ ' more in nba_orchestration.open_findings') -%}
        {%- endif -%}
        {%- if red -%}
            {%- do said.append('failed checks: ' ~ red | join(', ')) -%}
        {%- endif -%}
        select error({{ text_literal(said | join('. ')) }})
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

{# What each data test said of the range. A verdict is state: until the same check has said otherwise of these dates, it stands. #}
{% macro check_results_sql(results) -%}
    insert into {{ ledger_relation('check_results') }} ({{ ledger_tables()['check_results'].keys() | join(', ') }}) values
    {%- for result in results %}
    {%- set models = [] -%}
    {%- for read in result.node.depends_on.nodes if read.startswith('model.') -%}
        {%- do models.append(read.split('.')[-1]) -%}
    {%- endfor %}
    (
        '{{ result.node.name }}', '{{ models | sort | join(" ") }}', cast('{{ window_start() }}' as date),
        cast('{{ window_end() }}' as date), '{{ result_status(result) }}',
        {{ result.failures if result.failures is not none else 'null' }}, {{ utc_now() }}, '{{ invocation_id }}'
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
        {{ text_literal((reason or '') | truncate(1000, true)) }},
        cast(null as {{ dbt.type_string() }})
    from described
{%- endmacro %}
