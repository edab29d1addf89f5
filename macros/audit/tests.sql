{#
    Data tests and the audit (audits Q9, Q10). What a build has audited is not asked again: the test after it reports what
    the audit found. `dbt test` by itself judges what is published, so that a change by hand is seen. In a build a failed
    test stops nothing that comes after it: it warns, is written down as failed, and close_run() ends the run with an error.
#}

{# TRUE when this invocation built each of these models: then the audit has judged their rows. #}
{% macro was_audited(models) %}
    {%- if not execute or flags.WHICH not in ['build', 'test'] or not models -%}
        {{ return(false) }}
    {%- endif -%}
    {%- for name in models if not is_audited(project_nodes().get(name, {'resource_type': 'source'})) -%}
        {{ return(false) }}
    {%- endfor -%}
    {%- set built = run_query(
        "select count(distinct model) from " ~ ledger_relation('partition_ledger') ~ " where invocation_id = '" ~ invocation_id
        ~ "' and model in (" ~ quoted_list(models) ~ ") and state in ('SUCCESS', 'HELD') and " ~ in_window('game_date')
    ).rows[0][0] -%}
    {{ return(built == models | length) }}
{% endmacro %}

{# What the audit of this invocation found of a model's contract, in the columns of contract_violations. #}
{% macro audited_contract(node) -%}
    select
        {{ extract_group('check_id', '^([^:]*):') }} as check_id,
        {{ extract_group('check_id', '^[^:]*:(.*)$') }} as column_name,
        model,
        game_date,
        game_id,
        cast(null as {{ dbt.type_string() }}) as entity,
        lower(verdict) as severity,
        evidence
    from {{ ledger_relation('audit_findings') }}
    where
        invocation_id = '{{ invocation_id }}'
        and model = '{{ node.name }}'
        and check_id not in ({{ quoted_list(tests_that_judge(node.name) | map(attribute='name') | list + ['']) }})
        and {{ in_window('game_date') }}
{%- endmacro %}

{#
    The query of a data test of its own file: what the audit of this invocation found, where it judged all the tables of
    the test; else its own SQL, without units that are held or accepted, which the ledger tells of.
#}
{% macro sql_to_ask(own) -%}
    {%- set judged = model.config.get('meta', {}).get('judges', []) -%}
    {%- if not judged or model.resource_type != 'test' -%}
        {{ own }}
    {%- elif was_audited(judged) -%}
        select *
        from {{ ledger_relation('audit_findings') }}
        where
            invocation_id = '{{ invocation_id }}'
            and check_id = '{{ model.name }}'
            and verdict <> 'ACCEPTED'
            and {{ in_window('game_date') }}
    {%- else -%}
        {%- set has_games = 'game_id' in project_node(judged[0]).columns -%}
        select broken.*
        from ({{ own }}
        ) as broken
        left join (
            select game_date, coalesce(game_id, '') as unit
            from {{ open_findings_sql() }} as findings
            where
                model in ({{ quoted_list(judged) }})
                and (verdict = 'HELD' or (verdict = 'ACCEPTED' and check_id = '{{ model.name }}'))
                and {{ in_window('game_date') }}
            group by 1, 2
        ) as told
            on
                broken.game_date = told.game_date
                and told.unit in ('', {{ 'broken.game_id' if has_games else "''" }})
        where told.unit is null
    {%- endif -%}
{%- endmacro %}

{# dbt's own test materialization, with the query above and without stopping a build. #}
{% materialization test, default %}
    {%- set relations = [] -%}
    {%- set asked -%}
        {{ get_limit_subquery_sql(sql_to_ask(sql), config.get('limit')) }}
    {%- endset -%}
    {%- if should_store_failures() -%}
        {%- set kept = api.Relation.create(database=database, schema=schema, identifier=model.alias, type='table') -%}
        {%- set old = adapter.get_relation(database=database, schema=schema, identifier=model.alias) -%}
        {%- if old -%}
            {%- do adapter.drop_relation(old) -%}
        {%- endif -%}
        {%- call statement(auto_begin=True) -%}
            {{ get_create_sql(kept, asked) }}
        {%- endcall -%}
        {%- do relations.append(kept) -%}
        {%- do adapter.commit() -%}
        {%- set asked = 'select * from ' ~ kept -%}
    {%- endif -%}
    {%- call statement('main', fetch_result=True) -%}
        {{ get_test_sql(asked, config.get('fail_calc'), config.get('warn_if'), 'is null' if flags.WHICH == 'build' else config.get('error_if'), limit=none) }}
    {%- endcall -%}
    {{ return({'relations': relations}) }}
{% endmaterialization %}
