{#
    One writer per date where an engine lets several processes in (BigQuery). An invocation that runs holds the lease of
    its dates: its owner stands in invocation_events, its heartbeat is what it last wrote to the ledger. Another one on
    the same dates is refused with the owner's name. One without a sign of life for lease_minutes is taken over: it is
    closed as killed, and its own fence stops it before it writes its next model.
    DuckDB lets one process at a time into its file, and scripts/backfill/base/lease.py guards the time between invocations.
#}

{# Called by open_run() after the own invocation was opened, so that of two that begin together one sees the other. #}
{% macro take_lease(range) %}
    {%- if not one_process_at_a_time() -%}
        {%- for rival in run_query(rivals_sql(range)).rows -%}
            {%- if rival['minutes_silent'] < var('lease_minutes') -%}
                {%- do run_query(close_invocation_sql('refused')) -%}
                {{ exceptions.raise_compiler_error(
                    'game dates ' ~ rival['first_game_date'] ~ ' to ' ~ rival['last_game_date'] ~ ' are in use by '
                    ~ rival['owner'] ~ ' (invocation ' ~ rival['invocation_id'] ~ ', last sign of life '
                    ~ rival['minutes_silent'] ~ ' minutes ago). Nothing was built. Wait, or choose other dates.'
                ) }}
            {%- endif -%}
            {%- do run_query(close_invocation_sql('killed', rival['invocation_id'])) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{# Pre-hook of every incremental model: an invocation that was taken over writes nothing more. #}
{% macro fence() %}
    {%- if execute and model.config.materialized == 'incremental' and not one_process_at_a_time() -%}
        {%- if run_query(end_of_this_run_sql()).rows -%}
            {{ exceptions.raise_compiler_error(
                'this run gave no sign of life for ' ~ var('lease_minutes') ~ ' minutes and was taken over by another; '
                ~ model.name ~ ' was left as it is'
            ) }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{# SQL: open invocations on the same dates that began before this one, and how long they have been silent. #}
{% macro rivals_sql(range) -%}
    with running as (
        select
            invocation_id,
            first_game_date,
            last_game_date,
            coalesce(owner, 'dbt') as owner,
            started_at
        from {{ ledger_relation('invocations') }}
        where
            status = 'running'
            and first_game_date <= cast('{{ range.end }}' as date)
            and last_game_date >= cast('{{ range.start }}' as date)
    ),
    heartbeats as (
        select invocation_id, max(finished_at) as beat_at
        from {{ ledger_relation('partition_ledger') }}
        where game_date >= cast('1946-11-01' as date)
        group by invocation_id
    )
    select
        running.invocation_id,
        running.first_game_date,
        running.last_game_date,
        running.owner,
        {{ dbt.datediff('coalesce(heartbeats.beat_at, running.started_at)', utc_now(), 'minute') }} as minutes_silent
    from running
    inner join running as own
        on own.invocation_id = '{{ invocation_id }}' and own.invocation_id <> running.invocation_id
    left join heartbeats on running.invocation_id = heartbeats.invocation_id
    where
        running.started_at < own.started_at
        or (running.started_at = own.started_at and running.invocation_id < own.invocation_id)
    order by running.started_at
{%- endmacro %}

{# SQL: a row when this invocation was closed by another. #}
{% macro end_of_this_run_sql() -%}
    select status from {{ ledger_relation('invocation_events') }}
    where invocation_id = '{{ invocation_id }}' and status = 'killed'
{%- endmacro %}
