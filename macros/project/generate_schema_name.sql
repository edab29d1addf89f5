{# Schemas are named as configured (nba_analytics, ...), the same on both engines, after the optional developer prefix. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ var('schema_prefix', '') }}{{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
