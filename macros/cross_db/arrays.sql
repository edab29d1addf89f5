{# An array of the given text expressions, in their order, without the NULL ones; empty, never NULL. #}
{% macro text_array(expressions) -%} {{ return(adapter.dispatch('text_array', 'nba_backfill')(expressions)) }} {%- endmacro %}
{% macro default__text_array(expressions) %}{{ return('list_filter([' ~ expressions | join(', ') ~ '], lambda item : item is not null)') }}{% endmacro %}
{% macro bigquery__text_array(expressions) -%}
    {{ return(
        'array(select item from unnest([' ~ expressions | join(', ') ~ ']) as item with offset as place'
        ~ ' where item is not null order by place)'
    ) }}
{%- endmacro %}

{# Number of items. #}
{% macro array_size(array) -%} {{ return(adapter.dispatch('array_size', 'nba_backfill')(array)) }} {%- endmacro %}
{% macro default__array_size(array) %}{{ return('len(' ~ array ~ ')') }}{% endmacro %}
{% macro bigquery__array_size(array) %}{{ return('array_length(' ~ array ~ ')') }}{% endmacro %}
