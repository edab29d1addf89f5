-- grain: game_id, player_lookup, system_id: predictions whose game is final and whose player played · window: requested dates
-- reads: player_prop_predictions, player_game_summary and schedule of the day
-- why: what came of a prediction. Who did not play is void: counted in the rollups, graded nowhere.
{{ config(partition_by=by_game_date(), cluster_by=['system_id', 'player_lookup', 'game_date']) }}

with

predictions as (
    select * from {{ reads(ref('player_prop_predictions')) }}
),

played as (
    select * from {{ reads(ref('player_game_summary')) }}
    where seconds_played > 0
),

games as (
    select * from {{ reads(ref('int_schedule__games')) }}
    where is_final
),

joined as (
    select
        predictions.*,
        played.points as actual_points,
        played.minutes_played,
        {{ scaled('predictions.predicted_points', 2) }} - 100 * played.points as signed_error_x100,
        {%- for k in range(1, 20) %}
        100 * played.points - {{ scaled(item_at('predictions.points_quantiles', k), 2) }} as above_{{ k }}_x100,
        {%- endfor %}
        case
            when played.points > predictions.points_line then 'OVER'
            when played.points < predictions.points_line then 'UNDER'
            when played.points = predictions.points_line then 'PUSH'
        end as outcome,
        cast(round(
            {{ double('predictions.probability_over') }} / nullif({{ double('1 - predictions.probability_push') }}, 0), 4
        ) as numeric(5, 4)) as stated_over
    from predictions
    inner join games on predictions.game_id = games.game_id
    inner join played
        on
            predictions.game_id = played.game_id
            and predictions.player_lookup = played.player_lookup
),

-- a push decides nothing: neither a probability nor a recommendation is right or wrong
decided as (
    select
        *,
        case outcome when 'OVER' then 1 when 'UNDER' then 0 end as went_over,
        case
            when recommendation = 'PASS' or outcome = 'PUSH' then null
            else recommendation = outcome
        end as prediction_correct
    from joined
),

final as (
    select
        prediction_id,
        game_id,
        game_date,
        season_year,
        player_lookup,
        team_abbr,
        opponent_team_abbr,
        system_id,
        model_version,
        predicted_points,
        actual_points,
        minutes_played,
        cast(predicted_points - actual_points as numeric(5, 2)) as signed_error,
        cast(abs(predicted_points - actual_points) as numeric(5, 2)) as absolute_error,
        abs(signed_error_x100) <= 300 as within_3_points,
        abs(signed_error_x100) <= 500 as within_5_points,
        {{ ratio('2 * (' ~ grouped_sum(pinball_losses_x2000()) ~ ')', 19 * 2000, 4, 7) }} as crps,
        {%- for name, k in {'p10': 2, 'p25': 5, 'p50': 10, 'p75': 15, 'p90': 18}.items() %}
        {{ ratio(pinball_losses_x2000()[k - 1], 2000, 4, 7) }} as pinball_{{ name }},
        {%- endfor %}
        above_2_x100 >= 0 and above_18_x100 <= 0 as is_inside_80,
        points_line,
        line_source,
        over_price,
        under_price,
        outcome,
        line_margin as predicted_margin,
        cast(actual_points - points_line as numeric(5, 2)) as actual_margin,
        probability_over,
        probability_push,
        market_probability_over,
        confidence_score,
        {{ int64('case when confidence_score = 1 then 10 else floor(10 * confidence_score) + 1 end') }} as confidence_decile,
        case when stated_over >= 0.5 then went_over = 1 when stated_over < 0.5 then went_over = 0 end as is_likelier_side_right,
        cast((stated_over - went_over) * (stated_over - went_over) as numeric(9, 8)) as brier,
        {{ log_loss('stated_over', 'went_over') }} as log_loss,
        cast((market_probability_over - went_over) * (market_probability_over - went_over) as numeric(9, 8)) as market_brier,
        {{ log_loss('market_probability_over', 'went_over') }} as market_log_loss,
        recommendation,
        prediction_correct,
        cast(case
            when prediction_correct and recommendation = 'OVER' then {{ profit_at('over_price') }}
            when prediction_correct and recommendation = 'UNDER' then {{ profit_at('under_price') }}
            when recommendation = 'PASS' or over_price is null or under_price is null then null
            when outcome = 'PUSH' then 0
            else -1
        end as numeric(9, 4)) as profit
    from decided
)

select * from final
