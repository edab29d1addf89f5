{#
    Life cycle of failures (decisions section 5, operations 4.5). A failure is recomputed with its date; what happened to
    it is kept:

        new                         created_at = now, UNRESOLVED, or PERMANENT when nothing loaded later can help
        still failing               created_at stays
        failed before, has its row  stays in the table as RESOLVED, resolved_at = when that was seen
        fails again                 a new created_at
#}

{# Failures of the requested dates as the table holds them now; no rows on the first build and while only compiling. #}
{% macro previous_failures() -%}
    /* depends on the past */
    {%- set can_look = execute and flags.WHICH in ('build', 'run', 'test') and model.resource_type == 'model' -%}
    {%- if can_look and not flags.FULL_REFRESH and load_relation(this) -%}
        select * from {{ this }}
        where {{ in_window('game_date') }}
    {%- else -%}
        select
            *,
            cast(null as {{ dbt.type_timestamp() }}) as resolved_at,
            cast(null as {{ dbt.type_timestamp() }}) as created_at
        from judged
        where 1 = 0
    {%- endif %}
    /* end */
{%- endmacro %}

{# Columns in which an old row is kept when its entity no longer fails; `judged` has the failures of now. #}
{% macro failures_with_history(columns) -%}
    select
        {% for column in columns %}judged.{{ column }},
        {% endfor %}cast(null as {{ dbt.type_timestamp() }}) as resolved_at,
        case
            when previous.resolution_status <> 'RESOLVED' then previous.created_at
            else {{ utc_now() }}
        end as created_at
    from judged
    left join previous
        on
            judged.processor_name = previous.processor_name
            and judged.game_date = previous.game_date
            and judged.entity_id = previous.entity_id
            and judged.game_id = previous.game_id
    union all
    select
        {% for column in columns %}{{ "'RESOLVED' as resolution_status" if column == 'resolution_status' else 'previous.' ~ column }},
        {% endfor %}coalesce(previous.resolved_at, {{ utc_now() }}) as resolved_at,
        previous.created_at
    from previous
    left join judged
        on
            previous.processor_name = judged.processor_name
            and previous.game_date = judged.game_date
            and previous.entity_id = judged.entity_id
            and previous.game_id = judged.game_id
    where judged.processor_name is null
{%- endmacro %}
