{#
    A product of stored decimals at six decimals, exact on both engines; what is published is rounded from here.
#}
{% macro at_six_decimals(expression) -%} cast(round({{ expression }}, 6) as numeric(18, 6)) {%- endmacro %}

{# The value, but no further from zero than the limit; NULL stays NULL (least and greatest skip it on DuckDB). #}
{% macro within(value, limit) -%}
    case when {{ value }} > {{ limit }} then {{ limit }} when {{ value }} < -{{ limit }} then -{{ limit }} else {{ value }} end
{%- endmacro %}

{# The value, but not above the limit; NULL stays NULL. #}
{% macro capped(value, limit) -%}
    (case when ({{ value }}) > {{ limit }} then {{ limit }} else {{ value }} end)
{%- endmacro %}

{# The value, but not below 0; NULL stays NULL. #}
{% macro at_least_zero(value) -%}
    (case when ({{ value }}) < 0 then 0 else {{ value }} end)
{%- endmacro %}

{# A distance from the league, weighted by the share of shots up to the full share (definitions F2). #}
{% macro weighted_by_share(distance, share) -%}
    {{ at_six_decimals(distance ~ ' * case when ' ~ share ~ ' < mismatch_full_share then ' ~ share ~ ' / mismatch_full_share else 1 end') }}
{%- endmacro %}

{# Mean of distances weighted by shares, over the pairs where both are known; NULL when there is none. #}
{% macro share_weighted_mean(pairs) -%}
    {%- set products, shares = [], [] -%}
    {%- for distance, share in pairs -%}
        {%- do products.append('coalesce(' ~ scaled(distance, 2) ~ ' * ' ~ scaled(share, 2) ~ ', 0)') -%}
        {%- do shares.append('case when ' ~ distance ~ ' is not null then coalesce(' ~ scaled(share, 2) ~ ', 0) else 0 end') -%}
    {%- endfor -%}
    {{ ratio(products | join(' + '), '100 * (' ~ shares | join(' + ') ~ ')', 6, 18) }}
{%- endmacro %}

{# For text_array: the names of the columns that are NULL. #}
{% macro missing_names(columns) %}
    {%- set names = [] -%}
    {%- for column in columns -%}
        {%- do names.append("case when " ~ column ~ " is null then '" ~ column ~ "' end") -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}
