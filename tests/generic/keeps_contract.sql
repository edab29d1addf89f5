{#
    Rows of the requested dates that break the contract in the model's meta: one query a model, one row a violation (see
    contract_violations). Kept in nba_orchestration under the name of the test. Warnings are kept, and do not fail it.
#}
{% test keeps_contract(model) %}
{{ config(
    store_failures=true, schema='nba_orchestration',
    fail_calc="coalesce(sum(case when severity = 'error' then 1 else 0 end), 0)"
) }}
{{ contract_violations(model, tested_node()) }}
{% endtest %}
