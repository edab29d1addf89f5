{#
    What the requested dates hold, one row per table of a phase: rows, dates and games. The command line shows it after
    a run, and `dbt show --inline "{{ range_summary() }}"` does at any time.
#}
{% macro range_summary(phase='phase3') -%}
    {%- set names = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and phase in node.tags -%}
        {%- do names.append(node.name) -%}
    {%- endfor -%}
    {%- for name in names | sort %}
    select
        '{{ name }}' as table_name,
        count(*) as row_count,
        count(distinct game_date) as dates,
        count(distinct game_id) as games
    from {{ api.Relation.create(
        database=target.database, schema=generate_schema_name('nba_analytics', none) | trim, identifier=name
    ) }}
    where {{ in_window('game_date') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'order by table_name' if names }}
{%- endmacro %}
