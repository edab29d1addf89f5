{#
    A row that names a game names one of its own dates: a parent with dates (meta.partitioned_by) is looked at on the
    requested dates only, as the tested model is; one without, such as a seed, is looked at whole. Replaces dbt's macro of this name.
#}
{% macro default__test_relationships(model, column_name, to, field) %}
    {%- set parent = project_nodes().get(to.identifier) if execute else none %}
with

child as (
    select {{ column_name }} as from_field from {{ model }}
    where {{ column_name }} is not null
),

parent as (
    select {{ field }} as to_field from {{ to }}
    {%- if parent and parent.config.meta.partitioned_by %}
    where {{ in_window(parent.config.meta.partitioned_by) }}
    {%- endif %}
)

select child.from_field
from child
left join parent on child.from_field = parent.to_field
where parent.to_field is null
{% endmacro %}
