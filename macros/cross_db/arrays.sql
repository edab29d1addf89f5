{# An array of the given text expressions, in their order, without the NULL ones; empty, never NULL. #}
{% macro text_array(expressions) -%} {{ return(adapter.dispatch('text_array', 'nba_backfill')(expressions)) }} {%- endmacro %}
{% macro default__text_array(expressions) %}{{ return('list_filter([' ~ expressions | join(', ') ~ '], lambda item : item is not null)') }}{% endmacro %}
{% macro bigquery__text_array(expressions) -%}
    {{ return(
        'array(select item from unnest([' ~ expressions | join(', ') ~ ']) as item with offset as place'
        ~ ' where item is not null order by place)'
    ) }}
{%- endmacro %}

{# An array of texts without an item. #}
{% macro no_texts() -%} {{ return(adapter.dispatch('no_texts', 'nba_backfill')()) }} {%- endmacro %}
{% macro default__no_texts() %}{{ return('cast([] as varchar[])') }}{% endmacro %}
{% macro bigquery__no_texts() %}{{ return('cast([] as array<string>)') }}{% endmacro %}

{# An array of numbers of type numeric without an item. #}
{% macro no_numbers() -%} {{ return(adapter.dispatch('no_numbers', 'nba_backfill')()) }} {%- endmacro %}
{% macro default__no_numbers() %}{{ return('cast([] as decimal(5, 2)[])') }}{% endmacro %}
{% macro bigquery__no_numbers() %}{{ return('cast([] as array<numeric>)') }}{% endmacro %}

{# The item at a place, a number or an expression, counted from 1; NULL beyond the end. #}
{% macro item_at(array, place) -%} {{ return(adapter.dispatch('item_at', 'nba_backfill')(array, place)) }} {%- endmacro %}
{% macro default__item_at(array, place) %}{{ return(array ~ '[' ~ place ~ ']') }}{% endmacro %}
{% macro bigquery__item_at(array, place) %}{{ return(array ~ '[safe_ordinal(' ~ place ~ ')]') }}{% endmacro %}

{# Number of items. #}
{% macro array_size(array) -%} {{ return(adapter.dispatch('array_size', 'nba_backfill')(array)) }} {%- endmacro %}
{% macro default__array_size(array) %}{{ return('len(' ~ array ~ ')') }}{% endmacro %}
{% macro bigquery__array_size(array) %}{{ return('array_length(' ~ array ~ ')') }}{% endmacro %}

{# The items of a text array in one text, separated by comma and space; '' for an empty array. #}
{% macro joined_text(array) -%} array_to_string({{ array }}, ', ') {%- endmacro %}

{# An array of numbers in the given order; none of them may be NULL (BigQuery stores no NULL in an array). #}
{% macro value_array(expressions) -%} [{{ expressions | join(', ') }}] {%- endmacro %}

{# The texts of a group in alphabetical order, separated by comma and space, without the NULL ones; NULL when none is left. #}
{% macro sorted_list(text) -%} string_agg({{ text }}, ', ' order by {{ text }}) {%- endmacro %}

{# FROM item: a row for each item of an array of the row before it. #}
{% macro items_of(array, name) -%} {{ return(adapter.dispatch('items_of', 'nba_backfill')(array, name)) }} {%- endmacro %}
{% macro default__items_of(array, name) %}{{ return('unnest(' ~ array ~ ') as items (' ~ name ~ ')') }}{% endmacro %}
{% macro bigquery__items_of(array, name) %}{{ return('unnest(' ~ array ~ ') as ' ~ name) }}{% endmacro %}

{# The items of one text array and then those of another. #}
{% macro arrays_joined(first, second) -%} {{ return(adapter.dispatch('arrays_joined', 'nba_backfill')(first, second)) }} {%- endmacro %}
{% macro default__arrays_joined(first, second) %}{{ return('list_concat(' ~ first ~ ', ' ~ second ~ ')') }}{% endmacro %}
{% macro bigquery__arrays_joined(first, second) %}{{ return('array_concat(' ~ first ~ ', ' ~ second ~ ')') }}{% endmacro %}

{# A text array without the items of which the condition, about `item`, holds. #}
{% macro array_without(array, condition) -%} {{ return(adapter.dispatch('array_without', 'nba_backfill')(array, condition)) }} {%- endmacro %}
{% macro default__array_without(array, condition) %}{{ return('list_filter(' ~ array ~ ', lambda item : not (' ~ condition ~ '))') }}{% endmacro %}
{% macro bigquery__array_without(array, condition) -%}
    {{ return(
        'array(select item from unnest(' ~ array ~ ') as item with offset as place where not (' ~ condition ~ ') order by place)'
    ) }}
{%- endmacro %}
