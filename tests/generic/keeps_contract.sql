{#
    Rows of the requested dates that break the contract in the model's YAML, one row a violation (contract_violations). After
    a build that audited the rows it reports what the audit found, and asks only what judges the whole range; by itself
    it judges what is published. What the audit holds back does not fail the test: it is not published, and close_run() names it. Kept in nba_orchestration under the name of the test. Flags are kept, and do not fail it.
#}
{% test keeps_contract(model) %}
{{ config(
    store_failures=true, schema='nba_orchestration',
    fail_calc="coalesce(sum(case when severity = 'hold' then 1 else 0 end), 0)"
) }}
{%- set node = tested_node() -%}
{%- if was_audited([node.name]) -%}
    {{ contract_violations(model, node, units=false) }}
    union all
    {{ audited_contract(node) }}
{%- else -%}
    {{ contract_violations(model, node) }}
{%- endif -%}
{% endtest %}
