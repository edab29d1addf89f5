-- grain: model, game_date, column_name · window: none, consumers cut dates
-- reads: the published tables, the raw tables that cascade_parents names
-- why: how many values of each critical or never-zero column are NULL or zero on each date; from it gaps and contamination.
{%- for table in published_tables() %}{% do ref(table.name) %}{% endfor %}
{%- for schema, name in [
    ('bettingpros', 'bettingpros_player_points_props'), ('bigdataball', 'bigdataball_play_by_play'),
    ('nbacom', 'nbac_gamebook_player_stats'), ('nbacom', 'nbac_injury_report'), ('nbacom', 'nbac_schedule'),
    ('nbacom', 'nbac_team_boxscore'), ('odds_api', 'odds_api_game_lines'), ('odds_api', 'odds_api_player_points_props'),
] %}{% do source(schema, name) %}{% endfor %}
{%- set cells = column_cells() if execute else {} %}

with

{% for name, table in cells | dictsort -%}
{{ name }} as (
    select
        game_date,
        {%- for column, rules in table.columns.items() %}
        {{ count_if(column ~ ' is null') }} as nulls_{{ loop.index }},
        {%- if rules.is_number %}
        {{ count_if(column ~ ' = 0') }} as zeros_{{ loop.index }},
        {%- endif %}
        {%- endfor %}
        count(*) as row_count
    from {{ table.relation }}
    where game_date >= cast('1946-11-01' as date)
    group by game_date
),

{% endfor -%}
final as (
    {%- for name, table in cells | dictsort %}
    {%- set outer = loop %}
    {%- for column, rules in table.columns.items() %}
    {{ 'union all' if not (outer.first and loop.first) }}
    select
        '{{ name }}' as model,
        '{{ table.phase }}' as phase,
        game_date,
        '{{ column }}' as column_name,
        row_count,
        nulls_{{ loop.index }} as null_count,
        {{ 'zeros_' ~ loop.index if rules.is_number else '0' }} as zero_count,
        {{ rules.critical | lower }} as is_critical,
        {{ rules.never_zero | lower }} as is_never_zero,
        cast({{ rules.allowed }} as {{ 'numeric' if target.type == 'bigquery' else 'decimal(5, 2)' }}) as allowed_null_pct
    from {{ name }}
    {%- endfor %}
    {%- else %}
    select
        '' as model,
        '' as phase,
        cast(null as date) as game_date,
        '' as column_name,
        0 as row_count,
        0 as null_count,
        0 as zero_count,
        false as is_critical,
        false as is_never_zero,
        cast(0 as {{ 'numeric' if target.type == 'bigquery' else 'decimal(5, 2)' }}) as allowed_null_pct
    {%- endfor %}
)

select * from final
