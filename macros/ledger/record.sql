{#
    Hooks that write the ledger. Success is written in the transaction that replaces the partitions (DuckDB), so that
    the ledger can claim nothing that is not there; failures and skips when the invocation ends.
#}

{# Post-hook of every incremental model: one row for each date of the requested range, HELD where a unit of it is held (Q2). #}
{% macro record_partitions() -%}
    {%- if execute and model.config.materialized == 'incremental' and audits_only() -%}
        {{ record_audit() }}
    {%- elif execute and model.config.materialized == 'incremental' -%}
        {%- set columns = ledger_tables()['partition_ledger'].keys() | join(', ') -%}
        {%- set held_dates = project_memory().get('held', {}).get(model.name, []) -%}
        insert into {{ ledger_relation('partition_ledger') }} ({{ columns }})
        with {{ partitions_of_run(model) }},
        output as (
            {{ content_of_this() }}
        )
        select
            '{{ model.name }}',
            described.game_date,
            described.attempt,
            case when {{ text_of('described.game_date') }} in ({{ quoted_list(held_dates + ['']) }}) then 'HELD' else 'SUCCESS' end,
            coalesce(output.row_count, 0),
            coalesce(output.output_fingerprint, 0),
            {{ digest('described.input_list') }},
            described.input_list,
            '{{ code_version(sql) }}',
            {{ transaction_started_at() }},
            cast('{{ modules.datetime.datetime.now(modules.pytz.utc).strftime("%Y-%m-%d %H:%M:%S.%f") }}' as {{ dbt.type_timestamp() }}),
            '{{ invocation_id }}',
            '{{ run_mode(requested_range()) }}',
            cast(null as {{ dbt.type_string() }}),
            '{{ project_memory().get('check_versions', {}).get(model.name, '') }}'
        from described
        left join output on described.game_date = output.game_date
    {%- endif -%}
{%- endmacro %}

{% macro content_of_this() -%}
    select
        game_date,
        count(*) as row_count,
        {{ content_fingerprint('content') }} as output_fingerprint
    from (
        select {{ all_columns_except(model.config.meta.get('volatile_columns', [])) }} from {{ this }}
        where {{ in_window('game_date') }}
    ) as content
    group by game_date
{%- endmacro %}

{# The same after an audit without a build (audits Q6): of partitions that were built, inputs and code as they were built from. #}
{% macro record_audit() -%}
    {%- set held_dates = project_memory().get('held', {}).get(model.name, []) -%}
    insert into {{ ledger_relation('partition_ledger') }} ({{ ledger_tables()['partition_ledger'].keys() | join(', ') }})
    with attempts as (
        select *, max(attempt) over (partition by game_date) as last_attempt
        from {{ ledger_relation('partition_ledger') }}
        where model = '{{ model.name }}' and {{ in_window('game_date') }}
    ),
    built as (
        select * from attempts
        where state in ('SUCCESS', 'HELD')
        qualify row_number() over (partition by game_date order by attempt desc) = 1
    ),
    output as (
        {{ content_of_this() }}
    )
    select
        built.model,
        built.game_date,
        built.last_attempt + 1,
        case when {{ text_of('built.game_date') }} in ({{ quoted_list(held_dates + ['']) }}) then 'HELD' else 'SUCCESS' end,
        coalesce(output.row_count, 0),
        coalesce(output.output_fingerprint, 0),
        built.input_fingerprint,
        built.inputs,
        built.code_version,
        built.started_at,
        {{ utc_now() }},
        '{{ invocation_id }}',
        built.mode,
        cast(null as {{ dbt.type_string() }}),
        '{{ project_memory().get('check_versions', {}).get(model.name, '') }}'
    from built
    left join output on built.game_date = output.game_date
{%- endmacro %}

{#
    CTEs up to `described`: for each date of the range the attempt number and the fingerprint of every parent's window,
    as 'parent=fingerprint, ...'. Parents that are models count as the ledger last recorded them.
#}
{% macro partitions_of_run(node, existing=true) -%}
    {%- set edges = read_edges(node) -%}
    {%- set by_date = edges | rejectattr('kind', 'equalto', 'whole') | list -%}
    dates as (
        select game_date from {{ source('nbacom', 'nbac_schedule') }}
        where {{ in_window('game_date') }}
        group by game_date
        {%- if existing %}
        union distinct
        select game_date from {{ node.relation_name }}
        where {{ in_window('game_date') }}
        group by game_date
        {%- endif %}
    ),
    parent_partitions as (
        {%- for edge in by_date %}
        {%- if edge.parent not in by_date[:loop.index0] | map(attribute='parent') %}
        {{ 'union all' if not loop.first }}
        {{ recorded_partitions(edge, widest_bounds(edges, edge.parent)) }}
        {%- endif %}
        {%- endfor %}
        {%- if not by_date %}
        select '' as model, cast(null as date) as game_date, cast(null as {{ ledger_tables()['partition_ledger']['attempt'] }}) as fingerprint
        {%- endif %}
    ),
    inputs as (
        {%- for edge in edges %}
        {{ 'union all' if not loop.first }}
        {%- if edge.kind == 'whole' %}
        select dates.game_date, '{{ edge.parent }}' as parent, whole.fingerprint
        from dates
        cross join (select coalesce({{ content_fingerprint('content') }}, 0) as fingerprint from {{ edge.relation }} as content) as whole
        {%- else %}
        select dates.game_date, '{{ edge.parent }}' as parent, {{ fingerprint_of_partitions('parents.fingerprint') }} as fingerprint
        from (select game_date, '{{ edge.parent }}' as parent from dates) as dates
        left join parent_partitions as parents
            on dates.parent = parents.model and {{ window_condition(edge.window, 'dates.game_date', 'parents.game_date') }}
        group by dates.game_date
        {%- endif %}
        {%- endfor %}
    ),
    attempts as (
        select game_date, max(attempt) as attempts from {{ ledger_relation('partition_ledger') }}
        where model = '{{ node.name }}' and {{ in_window('game_date') }}
        group by game_date
    ),
    described as (
        select
            inputs.game_date,
            coalesce(max(attempts.attempts), 0) + 1 as attempt,
            {{ sorted_list("inputs.parent || '=' || " ~ text_of('inputs.fingerprint')) }} as input_list
        from inputs
        left join attempts on inputs.game_date = attempts.game_date
        group by inputs.game_date
    )
{%- endmacro %}

{# What a parent's partitions were last known to hold, between two dates. #}
{% macro recorded_partitions(edge, bounds) -%}
    {%- set between = "game_date between cast('" ~ bounds.first ~ "' as date) and cast('" ~ bounds.last ~ "' as date)" -%}
    {%- if edge.kind == 'dated' -%}
        select '{{ edge.parent }}' as model, game_date, {{ content_fingerprint('content') }} as fingerprint
        from (select * from {{ edge.relation }} where {{ between }}) as content
        group by game_date
    {%- else -%}
        {%- set ledger = 'partition_ledger' if edge.kind == 'ledger' else 'source_ledger' -%}
        select * from (
            select model, game_date, output_fingerprint as fingerprint
            from {{ ledger_relation(ledger) }}
            where model = '{{ edge.parent }}' and {{ between }} {{ "and state in ('SUCCESS', 'HELD')" if edge.kind == 'ledger' }}
            qualify row_number() over (
                partition by game_date order by {{ 'attempt' if edge.kind == 'ledger' else 'recorded_at' }} desc
            ) = 1
        ) as latest
    {%- endif -%}
{%- endmacro %}

{# The dates that any of a model's edges to one parent reaches for the requested range. #}
{% macro widest_bounds(edges, parent) %}
    {%- set firsts, lasts = [], [] -%}
    {%- for edge in edges if edge.parent == parent -%}
        {%- set bounds = read_bounds(edge.window) -%}
        {%- do firsts.append(bounds.first) -%}
        {%- do lasts.append(bounds.last) -%}
    {%- endfor -%}
    {{ return({'first': firsts | min, 'last': lasts | max}) }}
{% endmacro %}

{#
    Post-hook of staging views and of int_players__lists: what each of their partitions holds that a model of this range may
    read. Only what changed since it was last recorded is written.
#}
{% macro record_sources() -%}
    {%- set recorded = recorded_relation(model) if execute else none -%}
    {%- if recorded -%}
        {%- set edges = every_edge() -%}
        {%- if model.name in edges | map(attribute='parent') -%}
            {%- set bounds = widest_bounds(edges, model.name) -%}
            {%- set between = "game_date between cast('" ~ bounds.first ~ "' as date) and cast('" ~ bounds.last ~ "' as date)" -%}
            insert into {{ ledger_relation('source_ledger') }} ({{ ledger_tables()['source_ledger'].keys() | join(', ') }})
            with found as (
                select game_date, count(*) as row_count, {{ content_fingerprint('content') }} as output_fingerprint
                from (select * from {{ recorded.relation_name }} where {{ between }}) as content
                group by game_date
            ),
            recorded as (
                select game_date, row_count, output_fingerprint
                from {{ ledger_relation('source_ledger') }}
                where model = '{{ model.name }}' and {{ between }}
                qualify row_number() over (partition by game_date order by recorded_at desc) = 1
            )
            select
                '{{ model.name }}',
                coalesce(found.game_date, recorded.game_date),
                coalesce(found.row_count, 0),
                coalesce(found.output_fingerprint, 0),
                {{ utc_now() }},
                '{{ invocation_id }}'
            from found
            full outer join recorded on found.game_date = recorded.game_date
            where
                recorded.game_date is null
                or coalesce(found.output_fingerprint, 0) <> recorded.output_fingerprint
                or coalesce(found.row_count, 0) <> recorded.row_count
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
