{#
    Which code built a partition: a digest of the model's compiled SQL without what differs between runs of the same
    code: the dates of the range, the database name, comments, spacing. A changed macro, var or ephemeral parent changes
    it, a reworded comment does not. scripts/backfill/base/code_versions.py computes the same for code that is not yet built.
#}
{% macro code_version(compiled) -%}
    {%- set text = modules.re.sub('(?s)/\\* depends on the past \\*/.*?/\\* end \\*/', '', compiled) -%}
    {%- set text = modules.re.sub('--[^\n]*', '', text) -%}
    {%- set text = modules.re.sub("cast\\('(?!9999|1946)[0-9]{4}-[0-9]{2}-[0-9]{2}' as date\\)", 'DATE', text) -%}
    {%- set text = text | replace('"' ~ target.database ~ '".', '') | replace('`' ~ target.database ~ '`.', '') -%}
    {{ return(local_md5(modules.re.sub('\\s+', ' ', text).strip())) }}
{%- endmacro %}
