{# One row with a column per coefficient of the seed, for a cross join. A name that the seed lacks is NULL everywhere. #}
{% macro coefficients(names) -%}
    select
        {%- for name in names %}
        max(case when coefficient = '{{ name }}' then value end) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('composite_factor_coefficients') }}
{%- endmacro %}
