-- grain: game_date, system_id · window: requested dates · reads: sums of the graded days
-- why: how each system did on a date. One date proves nothing: intervals and claims are those of the season.
{{ config(partition_by=by_game_date(), cluster_by=['system_id', 'game_date']) }}

with

sums as (
    select * from {{ reads(ref('int_predictions__graded_days')) }}
    where population = 'all'
),

final as (
    select
        game_date,
        season_year,
        system_id,
        {%- for name, metric in performance_metrics().items() %}
        {{ metric_of_sums(metric) }} as {{ name }},
        {%- endfor %}
        {{ performance_counts() }},
        predictions,
        graded,
        void
    from sums
)

select * from final
