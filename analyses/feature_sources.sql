-- Where do the 25 features of the requested range come from, and how often is one unknown? Percent of the rows.
-- dbt show --select feature_sources --limit 25 --vars '{start_date: 2021-10-19, end_date: 2022-06-16}'
with

feature_rows as (
    select * from {{ ref('ml_feature_store_v2') }}
    where {{ in_window('game_date') }}
),

feature_values as (
    {%- for name, kind, default in feature_definitions() %}
    select
        {{ loop.index0 }} as position,
        '{{ name }}' as feature,
        {{ double(name) }} as feature_value,
        {{ name }}_source as feature_source
    from feature_rows
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    position,
    feature,
    count(*) as row_count,
    {{ ratio('100 * ' ~ count_if('feature_value is null'), 'count(*)', 2, 5) }} as unknown_pct,
    {{ ratio('100 * ' ~ count_if("feature_source = 'phase4'"), 'count(*)', 2, 5) }} as phase4_pct,
    {{ ratio('100 * ' ~ count_if("feature_source = 'phase3'"), 'count(*)', 2, 5) }} as phase3_pct,
    {{ ratio('100 * ' ~ count_if("feature_source = 'calculated'"), 'count(*)', 2, 5) }} as calculated_pct,
    count(distinct feature_value) as distinct_values
from feature_values
group by position, feature
order by position
