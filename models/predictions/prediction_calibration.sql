-- grain: season_year, system_id, confidence_decile · window: none · reads: prediction_accuracy
-- why: whether what a system calls 60 % happens in 60 of 100 games: stated probability of the likelier side against how often
-- it was right, with a 95 % interval over dates.
{{ config(materialized='view') }}

{%- set metrics = {
    'stated_pct': {'sum': 'stated_x10000', 'count': 'decided', 'per': 100, 'scale': 2},
    'right_pct': {'sum': 'right_side', 'count': 'decided', 'times': 100, 'scale': 2},
} %}

with

sums as (
    select
        game_date,
        season_year,
        system_id,
        confidence_decile,
        count(*) as decided,
        {{ count_if('is_likelier_side_right') }} as right_side,
        {{ int64('sum(' ~ scaled('confidence_score', 4) ~ ')') }} as stated_x10000
    from {{ ref('prediction_accuracy') }}
    where game_date >= cast('1946-11-01' as date) and is_likelier_side_right is not null
    group by game_date, season_year, system_id, confidence_decile
),

{{ bootstrapped('sums', ['season_year', 'system_id', 'confidence_decile'], metrics) }},

totals as (
    select
        season_year,
        system_id,
        confidence_decile,
        {%- for name, metric in metrics.items() %}
        {{ metric_of_sums(metric, summed=true) }} as {{ name }},
        {%- endfor %}
        {{ int64('sum(decided)') }} as decided,
        {{ int64('sum(right_side)') }} as right_side
    from sums
    group by season_year, system_id, confidence_decile
),

final as (
    select
        totals.*,
        intervals.right_pct_low,
        intervals.right_pct_high,
        coalesce(totals.stated_pct between intervals.right_pct_low and intervals.right_pct_high, false) as is_calibrated
    from totals
    left join intervals
        on
            totals.season_year = intervals.season_year
            and totals.system_id = intervals.system_id
            and totals.confidence_decile = intervals.confidence_decile
)

select * from final
