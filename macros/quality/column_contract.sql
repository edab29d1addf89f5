{#
    What a model's YAML asks of its columns (config.meta of each), by question: {critical_columns: [name], zero_policy,
    null_budget, range, accepted_values, may_be_constant,
    may_be_unknown, must_vary_among, cascade_parents: {name: value}}. docs/quality-contract.md.
#}
{% macro column_contract(node) %}
    {%- set contract = {'critical_columns': []} -%}
    {%- for key in ['zero_policy', 'null_budget', 'range', 'accepted_values', 'may_be_constant', 'may_be_unknown',
        'must_vary_among', 'cascade_parents'] -%}
        {%- do contract.update({key: {}}) -%}
    {%- endfor -%}
    {%- for name, column in node.columns.items() -%}
        {%- for key, value in column.get('config', {}).get('meta', {}).items() -%}
            {%- if key == 'critical' and value -%}
                {%- do contract.critical_columns.append(name) -%}
            {%- elif key in contract -%}
                {%- do contract[key].update({name: value}) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(contract) }}
{% endmacro %}
