-- grain: game_date, system_id, population (all, lined) · window: requested dates
-- reads: predictions, their grading and results of the day
-- why: the sums that every rollup divides. Void is who did not play in a game whose results are there: a game that is held or
-- not built counts nowhere. Differences to the season average and to the line are of the same player in the same game.
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['system_id', 'population']) }}

with

predictions as (
    select * from {{ reads(ref('player_prop_predictions')) }}
),

graded as (
    select * from {{ reads(ref('prediction_accuracy')) }}
),

results as (
    select * from {{ reads(ref('player_game_summary')) }}
),

games as (
    select game_id from results
    group by game_id
),

played as (
    select
        game_id,
        player_lookup
    from results
    where seconds_played > 0
),

baselines as (
    select
        game_id,
        player_lookup,
        max(case when system_id = 'season_average' then absolute_error end) as average_error,
        max(case when system_id = 'season_average' then crps end) as average_crps,
        max(case when system_id = 'market_line' then absolute_error end) as market_error,
        max(case when system_id = 'market_line' then crps end) as market_crps
    from graded
    group by game_id, player_lookup
),

joined as (
    select
        predictions.game_date,
        predictions.season_year,
        predictions.system_id,
        predictions.points_line is not null as is_lined,
        predictions.recommendation,
        graded.prediction_id is not null as is_graded,
        graded.within_3_points,
        graded.within_5_points,
        graded.is_inside_80,
        graded.outcome,
        graded.prediction_correct,
        {{ scaled('graded.signed_error', 2) }} as error_x100,
        {{ scaled('graded.absolute_error', 2) }} as absolute_error_x100,
        {{ scaled('graded.crps', 4) }} as crps_x10000,
        {{ scaled('graded.brier', 8) }} as brier_x1e8,
        {{ scaled('graded.brier - graded.market_brier', 8) }} as brier_minus_market_x1e8,
        {{ scaled('graded.profit', 4) }} as profit_x10000,
        {{ scaled('graded.absolute_error - baselines.average_error', 2) }} as error_minus_average_x100,
        {{ scaled('graded.crps - baselines.average_crps', 4) }} as crps_minus_average_x10000,
        {{ scaled('graded.absolute_error - baselines.market_error', 2) }} as error_minus_market_x100,
        {{ scaled('graded.crps - baselines.market_crps', 4) }} as crps_minus_market_x10000
    from predictions
    inner join games on predictions.game_id = games.game_id
    left join played
        on
            predictions.game_id = played.game_id
            and predictions.player_lookup = played.player_lookup
    left join graded
        on
            predictions.game_id = graded.game_id
            and predictions.player_lookup = graded.player_lookup
            and predictions.system_id = graded.system_id
    left join baselines
        on
            predictions.game_id = baselines.game_id
            and predictions.player_lookup = baselines.player_lookup
    where graded.prediction_id is not null or played.player_lookup is null
),

final as (
    {%- for population, condition in {'all': 'true', 'lined': 'is_lined'}.items() %}
    {{ 'union all' if not loop.first }}
    select
        game_date,
        season_year,
        system_id,
        '{{ population }}' as population,
        count(*) as predictions,
        {{ count_if('is_graded') }} as graded,
        {{ count_if('not is_graded') }} as void,
        {{ count_if('within_3_points') }} as within_3_points,
        {{ count_if('within_5_points') }} as within_5_points,
        {{ count_if('is_inside_80') }} as inside_80,
        count(is_inside_80) as interval_games,
        {{ count_if("is_graded and recommendation = 'OVER'") }} as overs,
        {{ count_if("is_graded and recommendation = 'UNDER'") }} as unders,
        {{ count_if("is_graded and recommendation = 'PASS'") }} as passes,
        {{ count_if('prediction_correct') }} as wins,
        {{ count_if('not prediction_correct') }} as losses,
        {%- for name in [
            'error_x100', 'absolute_error_x100', 'crps_x10000', 'brier_x1e8', 'brier_minus_market_x1e8', 'profit_x10000',
            'error_minus_average_x100', 'crps_minus_average_x10000', 'error_minus_market_x100', 'crps_minus_market_x10000',
        ] %}
        coalesce({{ int64('sum(' ~ name ~ ')') }}, 0) as {{ name }},
        count({{ name }}) as {{ name }}_games,
        {%- endfor %}
        {{ count_if("recommendation <> 'PASS' and outcome = 'PUSH'") }} as pushes
    from joined
    where {{ condition }}
    group by game_date, season_year, system_id
    {%- endfor %}
)

select * from final
