{# TRUE when the regular expression (RE2, in a Jinja string) is found in the text. #}
{% macro matches(text, pattern) -%} {{ return(adapter.dispatch('matches', 'nba_backfill')(text, pattern)) }} {%- endmacro %}
{% macro default__matches(text, pattern) %}{{ return("regexp_matches(" ~ text ~ ", '" ~ pattern ~ "')") }}{% endmacro %}
{% macro bigquery__matches(text, pattern) %}{{ return("regexp_contains(" ~ text ~ ", r'" ~ pattern ~ "')") }}{% endmacro %}

{# Text of the pattern's only group; NULL when there is no match. #}
{% macro extract_group(text, pattern) -%} {{ return(adapter.dispatch('extract_group', 'nba_backfill')(text, pattern)) }} {%- endmacro %}
{% macro default__extract_group(text, pattern) %}{{ return("nullif(regexp_extract(" ~ text ~ ", '" ~ pattern ~ "', 1), '')") }}{% endmacro %}
{% macro bigquery__extract_group(text, pattern) %}{{ return("nullif(regexp_extract(" ~ text ~ ", r'" ~ pattern ~ "'), '')") }}{% endmacro %}

{# The text without anything that matches. #}
{% macro remove_matches(text, pattern) -%} {{ return(adapter.dispatch('remove_matches', 'nba_backfill')(text, pattern)) }} {%- endmacro %}
{% macro default__remove_matches(text, pattern) %}{{ return("regexp_replace(" ~ text ~ ", '" ~ pattern ~ "', '', 'g')") }}{% endmacro %}
{% macro bigquery__remove_matches(text, pattern) %}{{ return("regexp_replace(" ~ text ~ ", r'" ~ pattern ~ "', '')") }}{% endmacro %}

{# Accented letters as base letter plus mark; the marks are removed by whoever keeps only a-z. #}
{% macro fold_accents(text) -%} {{ return(adapter.dispatch('fold_accents', 'nba_backfill')(text)) }} {%- endmacro %}
{% macro default__fold_accents(text) %}{{ return('strip_accents(' ~ text ~ ')') }}{% endmacro %}
{% macro bigquery__fold_accents(text) %}{{ return('normalize(' ~ text ~ ', NFD)') }}{% endmacro %}

{# A number or a date as text: 15 -> '15', 2021-10-19 -> '2021-10-19'. #}
{% macro text_of(value) -%} cast({{ value }} as {{ dbt.type_string() }}) {%- endmacro %}

{# A text that is known while compiling as a literal: on one line, quotes escaped, backslashes turned around. #}
{% macro text_literal(text) -%}
    {{ return("'" ~ dbt.escape_single_quotes(modules.re.sub('\\s+', ' ', text | replace('\\', '/'))) ~ "'") }}
{%- endmacro %}

{# A row, named by the alias of its relation, as JSON text. #}
{% macro row_as_json(row) -%} {{ return(adapter.dispatch('row_as_json', 'nba_backfill')(row)) }} {%- endmacro %}
{% macro default__row_as_json(row) %}{{ return('cast(to_json(' ~ row ~ ') as varchar)') }}{% endmacro %}
{% macro bigquery__row_as_json(row) %}{{ return('to_json_string(' ~ row ~ ')') }}{% endmacro %}
