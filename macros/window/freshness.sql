{#
    Query for `dbt source freshness`: until when a raw table covers the schedule. Now, if it holds the last date on
    which a game was played; else the end of the last date it holds. So no table is stale in the off-season or on a day
    without games, and one that misses last night's games is.
#}
{% macro covered_until(table, schedule) -%}
    select
        case
            when held.last_date >= played.last_date then {{ dbt.current_timestamp() }}
            else cast(coalesce(held.last_date, cast('1946-11-01' as date)) as {{ dbt.type_timestamp() }})
        end as covered_until
    from (select max(game_date) as last_date from {{ table }} where game_date >= cast('1946-11-01' as date)) as held
    cross join (
        select max(game_date) as last_date from {{ schedule }}
        where game_status = 3 and game_date >= cast('1946-11-01' as date)
    ) as played
{%- endmacro %}
