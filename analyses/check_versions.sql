-- Which code the audit of each model is; the command line compares it with what judged a partition (audits Q6).
-- dbt compile --select check_versions
{%- set versions = [] %}
{%- if execute %}
    {%- for node in ledgered_models() %}
        {%- do versions.append([node.name, check_version(node)]) %}
    {%- endfor %}
{%- endif %}
{{ constant_rows(['model', 'check_version'], versions or [['', '']]) }}
