{#
    What the requested dates hold: the scheduled games, then one row per published table with rows, dates and games (NULL
    where a table is not about games). The command line shows it after a run, and
    `dbt show --inline "{{ range_summary() }}"` does at any time.
#}
{% macro range_summary() -%}
    {%- set tables = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
        {%- if node.name == 'int_schedule__games' -%}
            {%- do tables.append((0, 'scheduled games', node)) -%}
        {%- elif 'phase3' in node.tags -%}
            {%- do tables.append((3, node.name, node)) -%}
        {%- elif 'phase4' in node.tags -%}
            {%- do tables.append((4, node.name, node)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for phase, name, node in tables %}
    select
        {{ phase }} as phase,
        '{{ name }}' as table_name,
        count(*) as row_count,
        count(distinct game_date) as dates,
        {{ 'count(distinct game_id)' if phase == 0 or 'game_id' in node.columns else 'cast(null as bigint)' }} as games
    from {{ api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias) }}
    where {{ in_window('game_date') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    order by phase, table_name
{%- endmacro %}
