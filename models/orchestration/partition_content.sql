-- grain: model, game_date (NULL for what is read as a whole) · window: none · reads: every partition of the project
-- why: what raw and built tables hold at this moment, whoever wrote it: rows and content fingerprint.
{{ config(materialized='ephemeral') }}
{{ depends_on_all_partitions() }}

{%- set relations = partition_relations() if execute else {'dated': {}, 'wholes': {}} %}

with

final as (
    {%- for name, table in relations.dated | dictsort %}
    {{ 'union all' if not loop.first }}
    select
        '{{ name }}' as model,
        game_date,
        count(*) as row_count,
        {{ content_fingerprint('content') }} as fingerprint
    from (
        select {{ all_columns_except(table.volatile) }}
        from {{ table.relation }}
        where game_date >= cast('1946-11-01' as date)
    ) as content
    group by game_date
    {%- endfor %}
    {%- for name, relation in relations.wholes | dictsort %}
    union all
    select
        '{{ name }}' as model,
        cast(null as date) as game_date,
        count(*) as row_count,
        coalesce({{ content_fingerprint('content') }}, 0) as fingerprint
    from (select * from {{ relation }}) as content
    {%- endfor %}
    {%- if not execute %}
    select
        '' as model,
        cast(null as date) as game_date,
        0 as row_count,
        0 as fingerprint
    {%- endif %}
)

select * from final
