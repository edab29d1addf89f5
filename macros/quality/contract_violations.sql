{#
    What a table breaks of its contract (docs/quality-contract.md), in three passes over the tested rows: keys,
    rows, and dates or the whole range. A finding is written as 'check|column|severity|evidence' and taken apart at the
    end: one row per violation with check_id, column_name, model, game_date (NULL for the whole range), game_id (NULL where
    a date or the range is judged), entity, severity (hold or flag, audits.md), evidence. Without `ranges` only what judges
    a unit is asked, with `units` false only what judges the range.

        unique_key       rows share the grain
        not_null         a part of the grain, or a critical column without null_budget, is NULL
        never_zero       zero_policy says that a stored 0 cannot be true
        range            outside range, in the rows that satisfy its condition
        accepted_values  a word that is not in accepted_values
        null_budget      on a date a critical column has more NULLs than null_budget allows; a flag: raw is short
        varies_on_date   as many known values on one date as must_vary_among says are all the same
        varies           over at least 30 dates and 150 games a number has one value or none; a column that says
                         may_be_constant may, one that says may_be_unknown may have none
#}
{% macro contract_violations(relation, node, units=true, ranges=true) %}
    {%- set meta = node.config.meta -%}
    {%- set dated = node.config.event_time or 'game_date' in node.columns -%}
    {%- set game_date = (node.config.event_time or 'game_date') if dated else 'cast(null as date)' -%}
    {%- set by_row, by_date = row_checks(node), date_checks(node) -%}
    {%- set by_range = range_checks(node) if dated and ranges else [] -%}
    {%- set no_game = 'cast(null as ' ~ dbt.type_string() ~ ')' -%}
    {%- set game = "coalesce(game_id, '')" if 'game_id' in node.columns else no_game -%}
with

tested as (
    select * from {{ relation }}
),

found as (
    {%- if units %}
    select
        last_date as game_date,
        last_game as game_id,
        entity,
        {{ text_array(["'unique_key|" ~ meta.grain | join(' ') ~ "|hold|' || " ~ text_of('row_count') ~ " || ' rows'"]) }} as findings
    from (
        select
            {{ 'max(' ~ game_date ~ ')' if dated else game_date }} as last_date,
            {{ 'max(' ~ game ~ ')' if game != no_game else no_game }} as last_game,
            {{ entity_text(meta.grain) }} as entity,
            count(*) as row_count
        from tested
        group by {{ meta.grain | join(', ') }}
    ) as counted_keys
    where row_count > 1
    union all
    select
        {{ game_date }} as game_date,
        {{ game }} as game_id,
        {{ entity_text(meta.grain) }} as entity,
        {{ text_array(by_row | map(attribute='finding')) }} as findings
    from tested
    where
        {{ by_row | map(attribute='condition') | join('\n        or ') }}
    {%- if by_date and dated %}
    union all
    select
        game_date,
        {{ no_game }} as game_id,
        '' as entity,
        {{ found_columns(by_date) }} as findings
    from (
        select
            {{ game_date }} as game_date,
            {{ findings_as_columns(by_date) }}
        from tested
        group by {{ game_date }}
    ) as checked_dates
    {%- endif %}
    {%- endif %}
    {%- if by_range %}
    {{ 'union all' if units }}
    select
        cast(null as date) as game_date,
        {{ no_game }} as game_id,
        '' as entity,
        {{ found_columns(by_range) }} as findings
    from (
        select
            {{- findings_as_columns(by_range) }}
        from tested
        having count(distinct {{ game_date }}) >= 30 {{- ' and count(distinct game_id) >= 150' if 'game_id' in node.columns }}
    ) as checked_ranges
    {%- elif not units %}
    select
        cast(null as date) as game_date,
        {{ no_game }} as game_id,
        '' as entity,
        {{ text_array(["'|||'"]) }} as findings
    from tested
    where 1 = 0
    {%- endif %}
)

select
    {{ extract_group('finding', '^([^|]*)[|]') }} as check_id,
    {{ extract_group('finding', '^[^|]*[|]([^|]*)[|]') }} as column_name,
    '{{ node.name }}' as model,
    found.game_date,
    found.game_id,
    found.entity,
    {{ extract_group('finding', '^[^|]*[|][^|]*[|]([^|]*)[|]') }} as severity,
    {{ extract_group('finding', '^[^|]*[|][^|]*[|][^|]*[|](.*)$') }} as evidence
from found
cross join {{ items_of('found.findings', 'finding') }}
{%- endmacro %}

{# Findings of groups: an array cannot hold aggregates in GoogleSQL, so each is a column first. #}
{% macro findings_as_columns(checks) -%}
    {%- for check in checks %}
            {{ check.finding }} as finding_{{ loop.index }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro found_columns(checks) -%}
    {%- set columns = [] -%}
    {%- for check in checks -%}
        {%- do columns.append('finding_' ~ loop.index) -%}
    {%- endfor -%}
    {{ text_array(columns) }}
{%- endmacro %}

{% macro entity_text(grain) -%}
    {%- set parts = [] -%}
    {%- for column in grain -%}
        {%- do parts.append('coalesce(' ~ text_of(column) ~ ", '?')") -%}
    {%- endfor -%}
    {{ parts | join(" || ' ' || ") }}
{%- endmacro %}

{# A check: its condition, and the finding as text, NULL where the condition does not hold. #}
{% macro contract_check(condition, check, column, severity, evidence) %}
    {{ return({
        'id': check ~ ':' ~ column,
        'condition': condition,
        'finding': 'case when ' ~ condition ~ " then '" ~ [check, column, severity] | join('|') ~ "|' || " ~ evidence ~ ' end',
    }) }}
{% endmacro %}

{% macro row_checks(node) %}
    {%- set checks, required, grain, contract = [], [], node.config.meta.grain, column_contract(node) -%}
    {%- for column in grain + contract.critical_columns if column not in required -%}
        {%- if column in grain or not contract.null_budget.get(column) -%}
            {%- do required.append(column) -%}
            {%- do checks.append(contract_check(column ~ ' is null', 'not_null', column, 'hold', "'NULL'")) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for column, policy in contract.zero_policy.items() if policy == 'never_zero' -%}
        {%- do checks.append(contract_check(column ~ ' = 0', 'never_zero', column, 'hold', "'0'")) -%}
    {%- endfor -%}
    {%- for column, range in contract.range.items() -%}
        {%- set bounds = range.between if range is mapping else range -%}
        {%- set outside = '(' ~ column ~ ' < ' ~ bounds[0] ~ ' or ' ~ column ~ ' > ' ~ bounds[1] ~ ')' -%}
        {%- if range is mapping and range.where -%}
            {%- set outside = contract_condition(range.where) ~ ' and ' ~ outside -%}
        {%- endif -%}
        {%- set severity = {'warning': 'flag', 'error': 'hold'}[range.get('severity', 'error')] if range is mapping else 'hold' -%}
        {%- do checks.append(contract_check(outside, 'range', column, severity, text_of(column))) -%}
    {%- endfor -%}
    {%- for column, values in contract.accepted_values.items() -%}
        {%- do checks.append(contract_check(
            column ~ " not in ('" ~ values | join("', '") ~ "')", 'accepted_values', column, 'hold', text_of(column)
        )) -%}
    {%- endfor -%}
    {{ return(checks) }}
{% endmacro %}

{% macro date_checks(node) %}
    {%- set checks, contract = [], column_contract(node) -%}
    {%- for column in contract.critical_columns if contract.null_budget.get(column) and column not in node.config.meta.grain -%}
        {%- set budget = contract.null_budget[column] -%}
        {#- as column_cells(): a small date may miss one row in a hundred -#}
        {%- set allowed = [budget.max if budget is mapping else budget, 1] | max -%}
        {%- set nulls = count_if(column ~ ' is null') -%}
        {%- do checks.append(contract_check(
            '100 * ' ~ nulls ~ ' > ' ~ allowed ~ ' * count(*)', 'null_budget', column, 'flag',
            text_of(nulls) ~ " || ' NULL of ' || " ~ text_of('count(*)')
        )) -%}
    {%- endfor -%}
    {%- for column, known in contract.must_vary_among.items() -%}
        {%- do checks.append(contract_check(
            'count(' ~ column ~ ') >= ' ~ known ~ ' and min(' ~ column ~ ') = max(' ~ column ~ ')', 'varies_on_date', column,
            'hold', text_of('min(' ~ column ~ ')') ~ " || ' on all of ' || " ~ text_of('count(' ~ column ~ ')') ~ " || ' rows'"
        )) -%}
    {%- endfor -%}
    {{ return(checks) }}
{% endmacro %}

{% macro range_checks(node) %}
    {%- set checks, contract = [], column_contract(node) -%}
    {%- for name, column in node.columns.items() if 'expected_entities' in node.config.meta and name not in contract.may_be_constant -%}
        {%- if is_number(column) -%}
            {%- do checks.append(contract_check(
                'coalesce(min(' ~ name ~ ') = max(' ~ name ~ '), ' ~ ('false' if name in contract.may_be_unknown else 'true') ~ ')', 'varies', name, 'hold',
                'coalesce(' ~ text_of('min(' ~ name ~ ')') ~ ", 'NULL')"
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(checks) }}
{% endmacro %}

{# A condition of a contract, `column >= 5` or `column = word`, as SQL. #}
{% macro contract_condition(text) %}
    {%- set column, operator, value = text.split(' ') -%}
    {{ return(column ~ ' ' ~ operator ~ ' ' ~ (value if modules.re.match('-?[0-9]', value) else "'" ~ value ~ "'")) }}
{% endmacro %}

{# The model that the running generic test is attached to; `model` would be its relation there. #}
{% macro tested_node() %}
    {{ return(graph.nodes[model.attached_node] if execute else {'config': {'meta': {'grain': ['1']}}, 'columns': {}, 'name': ''}) }}
{% endmacro %}
