{#
    Verdicts are state (audits Q5): a finding stands until the audit of the same partition has said otherwise.
#}

{#
    Subquery: findings of the last audit of each partition: what stands. The columns of audit_findings. Of the requested dates,
    or of all when the relations are given, as a view does.
#}
{% macro open_findings_sql(findings=none, ledger=none) -%}
    {%- set dates = "game_date >= cast('1946-11-01' as date)" if findings else in_window('game_date') -%}
    (
        select found.*
        from (select * from {{ findings or ledger_relation('audit_findings') }} where {{ dates }}) as found
        inner join (
            select model, game_date, invocation_id
            from {{ ledger or ledger_relation('partition_ledger') }}
            where state in ('SUCCESS', 'HELD') and {{ dates }}
            qualify row_number() over (partition by model, game_date order by attempt desc) = 1
        ) as audited
            on
                found.model = audited.model
                and found.game_date = audited.game_date
                and found.invocation_id = audited.invocation_id
    )
{%- endmacro %}

{# Rows (processor_name, game_date, game_id, checks): games, or whole dates, that a table lacks because they are held, in itself
   or in a table of the same date that it reads. #}
{% macro lacking_because_held() -%}
    {%- set pairs = [] -%}
    {#- a unit test knows nothing of the ledger -#}
    {%- set can_look = execute and model.resource_type == 'model' -%}
    {%- if can_look -%}
        {%- for ancestor, below in models_below(same_day=true).items() -%}
            {%- for name in below -%}
                {%- do pairs.append([name, ancestor]) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for table in published_tables() -%}
            {%- do pairs.append([table.name, table.name]) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set findings = open_findings_sql() %}
    {%- if not can_look %}
    select
        cast(null as {{ dbt.type_string() }}) as processor_name,
        cast(null as date) as game_date,
        cast(null as {{ dbt.type_string() }}) as game_id,
        cast(null as {{ dbt.type_string() }}) as checks
    {%- else %}
    select
        reached.processor_name,
        findings.game_date,
        findings.game_id,
        {{ sorted_list("findings.check_id || ' of ' || findings.model") }} as checks
    from {{ findings }} as findings
    inner join ({{ constant_rows(['processor_name', 'model'], pairs or [['', '']]) }}) as reached on findings.model = reached.model
    where findings.verdict = 'HELD' and findings.{{ in_window('game_date') }}
    group by reached.processor_name, findings.game_date, findings.game_id
    {%- endif %}
{%- endmacro %}

{# Held units of the requested dates: what close_run() says and why it ends with an error. #}
{% macro held_of_range() %}
    {{ return(run_query(
        'select model, game_date, game_id, check_id, evidence from ' ~ open_findings_sql() ~ " as findings where verdict = 'HELD' and "
        ~ in_window('game_date') ~ ' order by game_date, game_id, model, check_id'
    ).rows) }}
{% endmacro %}
