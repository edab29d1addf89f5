-- grain: season_year, system_id, population (all, lined) · window: none · reads: sums of the graded days
-- why: how good each system is, with 95 % intervals, and what may be claimed: a claim is TRUE only when the interval of the
-- difference in the same games excludes zero (predictions G3). Intervals: dates drawn with replacement, 1,000 times.
{{ config(materialized='view') }}

with

sums as (
    select * from {{ ref('int_predictions__graded_days') }}
    where game_date >= cast('1946-11-01' as date)
),

{{ bootstrapped('sums', ['season_year', 'system_id', 'population'], performance_metrics()) }},

totals as (
    select
        season_year,
        system_id,
        population,
        {%- for name in ['predictions', 'graded', 'void'] %}
        {{ int64('sum(' ~ name ~ ')') }} as {{ name }},
        {%- endfor %}
        {%- for name, metric in performance_metrics().items() %}
        {{ metric_of_sums(metric, summed=true) }} as {{ name }},
        {%- endfor %}
        {{ performance_counts(summed=true) }},
        count(distinct game_date) as game_dates
    from sums
    group by season_year, system_id, population
),

final as (
    select
        totals.*,
        {%- for name in performance_metrics() %}
        intervals.{{ name }}_low,
        intervals.{{ name }}_high,
        {%- endfor %}
        coalesce(intervals.mae_minus_season_average_high < 0, false) as beats_season_average,
        coalesce(intervals.mae_minus_market_high < 0, false) as beats_market
    from totals
    left join intervals
        on
            totals.season_year = intervals.season_year
            and totals.system_id = intervals.system_id
            and totals.population = intervals.population
)

select * from final
