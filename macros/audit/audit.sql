{#
    The audit of new rows before they are published (audits Q1 to Q4, Q8). Judged are units: (game_date, game_id) where
    the table has a game_id, else the game_date. What is asked: the contract of the table (contract_violations), and
    every data test whose config says `judges: [model]`, with the table it judges read from the new rows.

        hold   the unit is not published; what was published for it stays
        flag   published, and listed until it is repaired or accepted

    Findings go to nba_orchestration.audit_findings, rows of held units to nba_orchestration.held__<model>.
#}

{# TRUE for a model whose rows are audited before they are published. #}
{% macro is_audited(node) %}
    {{ return(node.resource_type == 'model' and node.config.materialized == 'incremental') }}
{% endmacro %}

{#
    Judge new rows, remember what was found, keep held rows aside. Returns the held units as {dates: [...], games:
    ['date game_id']}. Raises a compile error when so much would be held that it is no matter of a few odd games (Q8).
#}
{% macro audit(candidates) %}
    {%- set findings = ledger_relation('audit_findings') -%}
    {%- set columns = ledger_tables()['audit_findings'].keys() | join(', ') -%}
    {%- call statement('audit', auto_begin=true) -%}
        insert into {{ findings }} ({{ columns }})
        {{ audit_sql(project_node(model.name), rows_of_candidates(candidates)) }}
    {%- endcall -%}
    {%- do project_memory().setdefault('check_versions', {}).update({model.name: check_version(project_node(model.name))}) -%}
    {%- set held = held_by_this_run() -%}
    {%- do held.update({'stays': units_aside() if audits_only() else held}) -%}
    {%- do project_memory().setdefault('held', {}).update({model.name: held.dates_with_holds}) -%}
    {%- if held.dates_with_holds -%}
        {%- do refuse_what_looks_systematic(candidates, held) -%}
    {%- endif -%}
    {%- do keep_aside(candidates, held) -%}
    {{ return(held) }}
{% endmacro %}

{# TRUE when what is built is judged again, and nothing is built: a check has changed (audits Q6). #}
{% macro audits_only() %}
    {{ return(env_var('NBA_AUDIT_ONLY', '') != '') }}
{% endmacro %}

{# Which code a model's audit is: as code_version, of its questions. #}
{% macro check_version(node) -%}
    {{ return(code_version('with ' ~ questions_sql(node, '(candidates)') ~ ' select * from found')) }}
{%- endmacro %}

{# [model, check_version] of every audited model. #}
{% macro check_versions() %}
    {%- set versions = [] -%}
    {%- for node in (ledgered_models() if execute else []) -%}
        {%- do versions.append([node.name, check_version(node)]) -%}
    {%- endfor -%}
    {{ return(versions or [['', '']]) }}
{% endmacro %}

{# SQL of the rows to judge again, as the model made them, without flags: what is published, and what is held in its place. #}
{% macro built_rows() -%}
    {%- set aside = load_relation(ledger_relation('held__' ~ model.name)) -%}
    {%- set columns = get_quoted_csv(adapter.get_columns_in_relation(load_relation(this)) | map(attribute='name')) -%}
    {%- set issues = issues_column() -%}
    {%- set made = array_without(issues, "strpos(item, ':') > 0 or item in (" ~ quoted_list(tests_that_judge(model.name) | map(attribute='name') | list + ['']) ~ ')') -%}
    select * {% if issues %}replace (
        {{ made }} as {{ issues }}
        {{ ', ' ~ array_size(made) ~ ' > 0 as processed_with_issues' if 'processed_with_issues' in model.columns }}
    ){% endif %}
    from (select {{ columns }} from {{ this }}
    where {{ in_window('game_date') }} and not {{ is_held(units_aside()) }}) as published
    {%- if aside %}
    union all
    select {{ columns }} from {{ ledger_relation('held__' ~ model.name) }}
    where {{ in_window('game_date') }}
    {%- endif %}
{%- endmacro %}

{# Column in which a row says what is wrong with it; '' when the table has none. #}
{% macro issues_column() %}
    {{ return((['quality_issues', 'data_quality_issues'] | select('in', model.columns) | list + [''])[0]) }}
{% endmacro %}

{# Units that an earlier run held: {dates, games}. What is published for them is older than what was judged. #}
{% macro units_aside() %}
    {%- set units = {'dates': [], 'games': []} -%}
    {%- set kept = units.games if 'game_id' in model.columns else units.dates -%}
    {%- if load_relation(ledger_relation('held__' ~ model.name)) -%}
        {%- set unit = unit_text() if 'game_id' in model.columns else text_of('game_date') -%}
        {%- for row in run_query(
            'select ' ~ unit ~ ' as unit from ' ~ ledger_relation('held__' ~ model.name) ~ ' where ' ~ in_window('game_date') ~ ' group by 1'
        ).rows -%}
            {%- do kept.append(row[0]) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(units) }}
{% endmacro %}

{% macro rows_of_candidates(candidates) -%}
    (select * from {{ candidates }} where {{ in_window('game_date') }})
{%- endmacro %}

{#
    Units that this invocation found held for the model being built: {dates, games, checks, dates_with_holds}; and `flags`
    of games that are published: {check: ['date game_id']}.
#}
{% macro held_by_this_run() %}
    {%- set found = run_query(
        "select game_date, game_id, check_id, verdict from " ~ ledger_relation('audit_findings') ~ " where invocation_id = '" ~ invocation_id
        ~ "' and model = '" ~ model.name ~ "' and verdict in ('HELD', 'FLAGGED') and " ~ in_window('game_date')
        ~ ' group by game_date, game_id, check_id, verdict order by game_date, game_id, check_id'
    ) -%}
    {%- set held = {'dates': [], 'games': [], 'checks': [], 'dates_with_holds': [], 'flags': {}} -%}
    {%- for row in found.rows if row[3] == 'FLAGGED' and row[1] is not none -%}
        {%- do held.flags.setdefault(row[2], []).append(row[0] | string ~ ' ' ~ row[1]) -%}
    {%- endfor -%}
    {%- for row in found.rows if row[3] == 'HELD' -%}
        {%- set unit = row[0] | string if row[1] is none else row[0] | string ~ ' ' ~ row[1] -%}
        {%- for key, value in {'dates' if row[1] is none else 'games': unit, 'checks': row[2], 'dates_with_holds': row[0] | string}.items() if value not in held[key] -%}
            {%- do held[key].append(value) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(held) }}
{% endmacro %}

{# SQL: TRUE for a row of a held unit. #}
{% macro is_held(held, alias='') -%}
    {%- set conditions = ['false'] -%}
    {%- if held.dates -%}
        {%- do conditions.append(text_of(alias ~ 'game_date') ~ " in ('" ~ held.dates | join("', '") ~ "')") -%}
    {%- endif -%}
    {%- if held.games -%}
        {%- do conditions.append(unit_text(alias) ~ ' in (' ~ quoted_list(held.games) ~ ')') -%}
    {%- endif -%}
    ({{ conditions | join(' or ') }})
{%- endmacro %}

{% macro unit_text(alias='') -%}
    {{ text_of(alias ~ 'game_date') }} || ' ' || coalesce({{ alias }}game_id, '')
{%- endmacro %}

{% macro quoted_list(texts) -%}
    {%- for text in texts -%}{{ text_literal(text) }}{{ ', ' if not loop.last }}{%- endfor -%}
{%- endmacro %}

{# More than audit_stop_share of the units, and at least five: something is wrong with the source or the code. #}
{% macro refuse_what_looks_systematic(candidates, held) %}
    {%- set has_games = 'game_id' in model.columns -%}
    {%- set counted = run_query(
        'select count(*), ' ~ count_if(is_held(held)) ~ ' from (select game_date' ~ (', game_id' if has_games else '') ~ ' from '
        ~ rows_of_candidates(candidates) ~ ' as candidates group by game_date' ~ (', game_id' if has_games else '') ~ ') as units'
    ).rows[0] -%}
    {%- if counted[1] >= 5 and 100 * counted[1] > var('audit_stop_share') * counted[0] -%}
        {{ exceptions.raise_compiler_error(
            counted[1] ~ ' of ' ~ counted[0] ~ ' units would be held (' ~ held.checks | join(', ')
            ~ '), more than audit_stop_share (' ~ var('audit_stop_share') ~ ' %): this looks systematic, a source that is '
            ~ 'loaded wrong or code that is. Nothing of ' ~ model.name ~ ' was published from ' ~ window_start() ~ ' to ' ~ window_end()
            ~ '. See backfill why ' ~ model.name ~ ' ' ~ held.dates_with_holds[0]
        ) }}
    {%- endif -%}
{% endmacro %}

{# Rows of held units, readable beside the findings, in place of those that an earlier run held on these dates. #}
{% macro keep_aside(candidates, held) %}
    {%- set aside = load_relation(ledger_relation('held__' ~ model.name)) -%}
    {%- set name = ledger_relation('held__' ~ model.name) -%}
    {%- if held.dates_with_holds or (aside and run_query('select count(*) from ' ~ name ~ ' where ' ~ in_window('game_date')).rows[0][0]) -%}
        {%- set columns = adapter.get_columns_in_relation(candidates) | map(attribute='name') | map('lower') | list -%}
        {%- set selected = columns | join(', ') -%}
        {%- set other_dates = '' -%}
        {%- if aside and stored_columns(name) | sort == columns | sort -%}
            {%- set other_dates = ' union all select ' ~ selected ~ ' from ' ~ name ~ ' where not (' ~ in_window('game_date') ~ ')' -%}
        {%- endif -%}
        {%- do run_query(
            'create or replace table ' ~ name ~ ' as select ' ~ selected ~ ' from ' ~ rows_of_candidates(candidates)
            ~ ' as candidates where ' ~ is_held(held) ~ other_dates
        ) -%}
    {%- endif -%}
{% endmacro %}

{#
    SQL: what the rows of `candidates` break, one row a unit and check, in the columns of audit_findings. `candidates`
    is a subquery of new rows, or of published ones.
#}
{% macro audit_sql(node, candidates) -%}
    {%- set has_games = 'game_id' in node.columns -%}
with

{{ questions_sql(node, candidates) }},

findings as (
    select
        check_id,
        severity,
        game_date,
        game_id,
        count(*) as row_count,
        min(evidence) as evidence
    from found
    group by check_id, severity, game_date, game_id
),

-- what was judged: an acceptance is of this content
judged as (
    select
        game_date,
        {{ "coalesce(game_id, '')" if has_games else "''" }} as unit,
        {{ content_fingerprint('content') }} as fingerprint
    from (
        select {{ all_columns_except(node.config.meta.get('volatile_columns', [])) }} from {{ candidates }} as candidates
        where game_date in (select game_date from findings)
    ) as content
    group by 1, 2
),

fingerprints as (
    select game_date, unit, fingerprint from judged
    {%- if has_games %}
    union all
    select game_date, '(date)' as unit, {{ fingerprint_of_partitions('fingerprint') }} as fingerprint from judged
    group by game_date
    {%- endif %}
),

accepted as (
    select check_id, game_date, game_id, unit_fingerprint
    from {{ ledger_relation('acceptances') }}
    where model = '{{ node.name }}' and {{ in_window('game_date') }}
    {%- if load_relation(seed_of_acceptances()) %}
    union all
    select check_id, game_date, game_id, unit_fingerprint
    from {{ seed_of_acceptances() }}
    where model = '{{ node.name }}' and {{ in_window('game_date') }}
    {%- endif %}
)

select
    '{{ invocation_id }}' as invocation_id,
    '{{ node.name }}' as model,
    findings.game_date,
    findings.game_id,
    findings.check_id,
    findings.severity,
    case
        when max(accepted.check_id) is not null then 'ACCEPTED'
        when findings.severity = 'hold' then 'HELD'
        else 'FLAGGED'
    end as verdict,
    findings.row_count,
    findings.evidence,
    fingerprints.fingerprint as unit_fingerprint,
    {{ utc_now() }} as found_at
from findings
left join fingerprints
    on
        findings.game_date = fingerprints.game_date
        and coalesce(findings.game_id, '{{ '(date)' if has_games else '' }}') = fingerprints.unit
left join accepted
    on
        findings.check_id = accepted.check_id
        and findings.game_date = accepted.game_date
        and coalesce(findings.game_id, '') = coalesce(accepted.game_id, '')
        and fingerprints.fingerprint = accepted.unit_fingerprint
group by
    findings.game_date, findings.game_id, findings.check_id, findings.severity, findings.row_count, findings.evidence,
    fingerprints.fingerprint
{%- endmacro %}

{# CTEs up to `found`: every violation of a unit that the contract and the data tests see in the rows. #}
{% macro questions_sql(node, candidates) -%}
    {%- set has_games = 'game_id' in node.columns -%}
broken_contract as (
    {{ contract_violations(candidates, node, ranges=false) }}
),

units as (
    select
        game_date,
        {{ "coalesce(game_id, '')" if has_games else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as game_id
    from {{ candidates }} as candidates
    group by 1, 2
),

found as (
    select
        check_id || ':' || column_name as check_id,
        severity,
        game_date,
        game_id,
        entity || ': ' || evidence as evidence
    from broken_contract
    {%- for test in tests_that_judge(node.name) %}
    union all
    select
        '{{ test.name }}' as check_id,
        {{ "'" ~ test.config.meta.severity ~ "'" if test.config.meta.severity else 'broken.severity' }} as severity,
        broken.game_date,
        {{ 'broken.game_id' if has_games else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as game_id,
        {{ row_as_json('broken') }} as evidence
    from (
        {{ sql_of_test(test, node, candidates) }}
    ) as broken
    inner join units
        on
            broken.game_date = units.game_date
            {%- if has_games %}
            and broken.game_id = units.game_id
            {%- endif %}
    {%- endfor %}
)
{%- endmacro %}

{# seeds/accepted_findings.csv, which no model refers to: it is read where it was loaded. #}
{% macro seed_of_acceptances() %}
    {%- set seed = project_node('accepted_findings') -%}
    {{ return(in_this_warehouse(api.Relation.create(database=target.database, schema=seed.schema, identifier=seed.alias))) }}
{% endmacro %}

{# Data tests whose config names the model under `judges`, by name. #}
{% macro tests_that_judge(name) %}
    {%- if 'judging' not in project_memory() -%}
        {%- set judging = {} -%}
        {%- for node in graph.nodes.values() | sort(attribute='name') if node.resource_type == 'test' -%}
            {%- for judged in node.config.get('meta', {}).get('judges', []) -%}
                {%- do judging.setdefault(judged, []).append(node) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do project_memory().update({'judging': judging}) -%}
    {%- endif -%}
    {{ return(project_memory()['judging'].get(name, [])) }}
{% endmacro %}

{# The query of a data test, with the table it judges read from `candidates` and its own question to the other judged tables left out. #}
{% macro sql_of_test(test, node, candidates) -%}
    {%- set code = modules.re.sub("\\bref\\(", "in_audit('" ~ node.name ~ "', " ~ tojson(candidates) ~ ", ", test.raw_code) -%}
    {%- set code = modules.re.sub("\\bjudged_among\\(", "judged_in_audit('" ~ node.name ~ "', ", code) -%}
    {{ render(code) }}
{%- endmacro %}

{% macro in_audit(audited, candidates, name) %}
    {{ return(candidates if name == audited else name_in_this_warehouse(project_node(name))) }}
{% endmacro %}

{# Of the parts of a test, {model: ...}, those that are asked: all in the test itself, that of the audited model in an audit. #}
{% macro judged_among(parts) %} {{ return(parts) }} {% endmacro %}

{% macro judged_in_audit(audited, parts) %}
    {{ return({audited: parts[audited]}) }}
{% endmacro %}
