{#
    What the requested dates hold: the scheduled games, then one row per table of a phase with rows, dates and games.
    The command line shows it after a run, and `dbt show --inline "{{ range_summary() }}"` does at any time.
#}
{% macro range_summary(phase='phase3') -%}
    {%- set relations = {} -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
        {%- if phase in node.tags or node.name == 'int_schedule__games' -%}
            {%- do relations.update({
                ('scheduled games' if node.name == 'int_schedule__games' else node.name):
                api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name, relation in relations.items() %}
    select
        {{ 0 if name == 'scheduled games' else 1 }} as position,
        '{{ name }}' as table_name,
        count(*) as row_count,
        count(distinct game_date) as dates,
        count(distinct game_id) as games
    from {{ relation }}
    where {{ in_window('game_date') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    order by position, table_name
{%- endmacro %}
