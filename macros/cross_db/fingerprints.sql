{#
    Content fingerprints: sums of row hashes, so that the order of rows does not matter and a doubled row does. A 64-bit
    integer; the engines hash differently, so values are compared within one warehouse only.
#}

{# Aggregate: fingerprint of the rows of the group; `rows` is the alias of a relation, whose columns all count. #}
{% macro content_fingerprint(rows) -%} {{ return(adapter.dispatch('content_fingerprint', 'nba_backfill')(rows)) }} {%- endmacro %}
{% macro default__content_fingerprint(rows) %}{{ return('cast(sum(hash(' ~ rows ~ ')) % 9223372036854775783 as bigint)') }}{% endmacro %}
{% macro bigquery__content_fingerprint(rows) -%}
    {{ return(
        'cast(mod(sum(cast(farm_fingerprint(to_json_string(' ~ rows ~ ')) as bignumeric)), 9223372036854775783) as int64)'
    ) }}
{%- endmacro %}

{# Aggregate: fingerprint of several partitions from theirs; 0 for none, which is the fingerprint of no rows. #}
{% macro fingerprint_of_partitions(fingerprint) -%}
    {{ return(adapter.dispatch('fingerprint_of_partitions', 'nba_backfill')(fingerprint)) }}
{%- endmacro %}
{% macro default__fingerprint_of_partitions(fingerprint) %}{{ return('coalesce(cast(sum(' ~ fingerprint ~ ') % 9223372036854775783 as bigint), 0)') }}{% endmacro %}
{% macro bigquery__fingerprint_of_partitions(fingerprint) -%}
    {{ return('coalesce(cast(mod(sum(cast(' ~ fingerprint ~ ' as bignumeric)), 9223372036854775783) as int64), 0)') }}
{%- endmacro %}

{# Short fixed-length text for a long one. #}
{% macro digest(text) -%} {{ return(adapter.dispatch('digest', 'nba_backfill')(text)) }} {%- endmacro %}
{% macro default__digest(text) %}{{ return('md5(' ~ text ~ ')') }}{% endmacro %}
{% macro bigquery__digest(text) %}{{ return('to_hex(md5(' ~ text ~ '))') }}{% endmacro %}

{# Select list: every column but these. #}
{% macro all_columns_except(columns) -%} {{ return(adapter.dispatch('all_columns_except', 'nba_backfill')(columns)) }} {%- endmacro %}
{% macro default__all_columns_except(columns) %}{{ return('*' if not columns else '* exclude (' ~ columns | join(', ') ~ ')') }}{% endmacro %}
{% macro bigquery__all_columns_except(columns) %}{{ return('*' if not columns else '* except (' ~ columns | join(', ') ~ ')') }}{% endmacro %}
