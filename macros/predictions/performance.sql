{#
    Rollups of graded predictions (predictions G2). A metric is a quotient of two sums of integers, so that a date, a
    season and each draw of the bootstrap divide the same sums:

        sum, count   columns that are added up, and divided
        per          what the sum is multiplied by to be a whole number: 100 for hundredths
        times        what the quotient is multiplied by: 100 for percent
        scale        decimals of the result
#}
{% macro performance_metrics() %}
    {%- set metrics = {
        'mae': {'sum': 'absolute_error_x100', 'count': 'absolute_error_x100_games', 'per': 100, 'scale': 3},
        'bias': {'sum': 'error_x100', 'count': 'error_x100_games', 'per': 100, 'scale': 3},
        'crps': {'sum': 'crps_x10000', 'count': 'crps_x10000_games', 'per': 10000, 'scale': 4},
        'brier': {'sum': 'brier_x1e8', 'count': 'brier_x1e8_games', 'per': 100000000, 'scale': 5},
        'inside_80_pct': {'sum': 'inside_80', 'count': 'interval_games', 'times': 100, 'scale': 2},
        'win_rate_pct': {'sum': 'wins', 'count': 'wins + losses', 'times': 100, 'scale': 2},
        'profit_per_bet': {'sum': 'profit_x10000', 'count': 'profit_x10000_games', 'per': 10000, 'scale': 4},
        'mae_minus_season_average': {'sum': 'error_minus_average_x100', 'count': 'error_minus_average_x100_games', 'per': 100, 'scale': 3},
        'crps_minus_season_average': {'sum': 'crps_minus_average_x10000', 'count': 'crps_minus_average_x10000_games', 'per': 10000, 'scale': 4},
        'mae_minus_market': {'sum': 'error_minus_market_x100', 'count': 'error_minus_market_x100_games', 'per': 100, 'scale': 3},
        'crps_minus_market': {'sum': 'crps_minus_market_x10000', 'count': 'crps_minus_market_x10000_games', 'per': 10000, 'scale': 4},
        'brier_minus_market': {'sum': 'brier_minus_market_x1e8', 'count': 'brier_minus_market_x1e8_games', 'per': 100000000, 'scale': 5},
    } -%}
    {{ return(metrics) }}
{% endmacro %}

{# What is counted beside the metrics. #}
{% macro performance_counts(summed=false) -%}
    {%- for name in ['within_3_points', 'within_5_points', 'overs', 'unders', 'passes', 'wins', 'losses', 'pushes'] -%}
    {{ int64('sum(' ~ name ~ ')') ~ ' as ' ~ name if summed else name }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# A metric from its sums; NULL when nothing was counted. #}
{% macro metric_of_sums(metric, summed=false, times='1') -%}
    {%- set numerator = metric.sum ~ ' * ' ~ times -%}
    {%- set denominator = '(' ~ metric.count ~ ') * ' ~ times -%}
    {{ ratio(
        metric.get('times', 1) ~ ' * ' ~ ('sum(' ~ numerator ~ ')' if summed else metric.sum),
        metric.get('per', 1) ~ ' * ' ~ ('sum(' ~ denominator ~ ')' if summed else '(' ~ metric.count ~ ')'),
        metric.scale, 10
    ) }}
{%- endmacro %}

{#
    CTEs draws, drawn, metrics_of_draws, ranked and intervals: for each group of `keys` the 95 % interval of each metric as
    <name>_low and <name>_high, from 1,000 draws of its dates with replacement. How often a draw holds a date is a Poisson
    number with mean 1, read from a digest of both, so that every engine and every run draws the same.
#}
{% macro bootstrapped(sums, keys, metrics) -%}
{%- set digits = constant_rows(['digit'], [[0], [1], [2], [3], [4], [5], [6], [7], [8], [9]]) -%}
draws as (
    select
        game_date,
        draw,
        case
            when drawn < '5e2d58d8' then 0
            when drawn < 'bc5ab1b1' then 1
            when drawn < 'eb715e1d' then 2
            when drawn < 'fb239797' then 3
            when drawn < 'ff1025f5' then 4
            when drawn < 'ffd90f3b' then 5
            when drawn < 'fffa8b71' then 6
            else 7
        end as times
    from (
        select
            dates.game_date,
            hundreds.digit * 100 + tens.digit * 10 + ones.digit as draw,
            substr({{ digest(text_of('dates.game_date') ~ " || ' ' || " ~ text_of('hundreds.digit * 100 + tens.digit * 10 + ones.digit')) }}, 1, 8) as drawn
        from (select distinct game_date from {{ sums }}) as dates
        cross join ({{ digits }}) as hundreds
        cross join ({{ digits }}) as tens
        cross join ({{ digits }}) as ones
    ) as digests
),

metrics_of_draws as (
    select
        {%- for key in keys %}
        {{ sums }}.{{ key }},
        {%- endfor %}
        draws.draw
        {%- for name, metric in metrics.items() %},
        {{ metric_of_sums(metric, summed=true, times='draws.times') }} as {{ name }}
        {%- endfor %}
    from {{ sums }}
    inner join draws on {{ sums }}.game_date = draws.game_date
    where draws.times > 0
    group by {% for key in keys %}{{ sums }}.{{ key }}, {% endfor %}draws.draw
),

one_metric_a_row as (
    {%- for name in metrics %}
    {{ 'union all' if not loop.first }}
    select {{ keys | join(', ') }}, '{{ name }}' as metric, cast({{ name }} as numeric(18, 5)) as value
    from metrics_of_draws
    where {{ name }} is not null
    {%- endfor %}
),

ranked as (
    select
        *,
        row_number() over (partition by {{ keys | join(', ') }}, metric order by value) as place,
        count(*) over (partition by {{ keys | join(', ') }}, metric) as places
    from one_metric_a_row
),

intervals as (
    select
        {{ keys | join(', ') }}
        {%- for name, metric in metrics.items() %},
        cast(max(case when metric = '{{ name }}' and place = {{ integer_quotient('places + 39', '40') }} then value end) as numeric(10, {{ metric.scale }}))
            as {{ name }}_low,
        cast(max(case when metric = '{{ name }}' and place = places + 1 - {{ integer_quotient('places + 39', '40') }} then value end) as numeric(10, {{ metric.scale }}))
            as {{ name }}_high
        {%- endfor %}
    from ranked
    group by {{ keys | join(', ') }}
)
{%- endmacro %}
