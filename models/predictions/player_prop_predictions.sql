-- grain: game_id, player_lookup, system_id: one row per system that can say something · window: requested dates
-- reads: predicted points, errors of the year before, feature store, player contexts and points lines of the day
-- why: what each system expects of a player, how sure it may be after its own past, and what that says against the line.
{{ config(partition_by=by_game_date(), cluster_by=['system_id', 'player_lookup', 'game_date']) }}

{%- set published_quantiles = {'p10': 2, 'p25': 5, 'p50': 10, 'p75': 15, 'p90': 18} %}

with

predictions as (
    select * from {{ reads(ref('int_predictions__points')) }}
),

error_histograms as (
    select * from {{ reads(ref('int_predictions__error_histograms')) }}
),

features as (
    select * from {{ reads(ref('ml_feature_store_v2')) }}
),

player_context as (
    select * from {{ reads(ref('upcoming_player_game_context')) }}
),

points_lines as (
    select * from {{ reads(ref('int_betting__player_points_lines')) }}
),

systems as (
    select * from {{ ref('prediction_systems') }}
),

-- errors in hundredths of a point at 5, 10, ... 95 percent, and their spread
distributions as (
    select
        game_date,
        system_id,
        points_tier,
        {%- for k in range(1, 20) %}
        {{ error_quantile(k) }} as error_{{ k }}_x100,
        {%- endfor %}
        {{ sample_deviation(int64('sum(error_sum_x100)'), int64('sum(squared_error_sum_x10000)'), 'max(games_in_all)', scale=2) }}
            as prediction_sd
    from error_histograms
    group by game_date, system_id, points_tier
),

lined as (
    select
        predictions.game_date,
        predictions.game_id,
        predictions.player_lookup,
        predictions.system_id,
        {{ points_tier('predictions.predicted_points') }} as points_tier,
        -- points are whole: over 20 and over 20.5 are 21 and more, under 20 is 19 and less
        100 * cast(floor(player_context.current_points_line) as bigint) + 50
        - {{ scaled('predictions.predicted_points', 2) }} as error_over_x100,
        100 * cast(ceiling(player_context.current_points_line) as bigint) - 50
        - {{ scaled('predictions.predicted_points', 2) }} as error_under_x100
    from predictions
    inner join player_context
        on
            predictions.game_id = player_context.game_id
            and predictions.player_lookup = player_context.player_lookup
    where player_context.current_points_line is not null
),

probabilities as (
    select
        lined.game_id,
        lined.player_lookup,
        lined.system_id,
        {{ share_of_errors_above('lined.error_over_x100') }} as share_over,
        {{ share_of_errors_above('lined.error_under_x100') }} as share_not_under
    from lined
    inner join error_histograms
        on
            lined.game_date = error_histograms.game_date
            and lined.system_id = error_histograms.system_id
            and lined.points_tier = error_histograms.points_tier
    group by lined.game_id, lined.player_lookup, lined.system_id, lined.error_over_x100, lined.error_under_x100
),

joined as (
    select
        predictions.*,
        systems.min_edge,
        systems.min_confidence,
        features.universal_player_id,
        features.team_abbr,
        features.opponent_team_abbr,
        features.feature_quality_score,
        features.is_production_ready,
        {%- for k in range(1, 20) %}
        {{ at_least_zero(scaled('predictions.predicted_points', 2) ~ ' + distributions.error_' ~ k ~ '_x100') }} as points_{{ k }}_x100,
        {%- endfor %}
        distributions.prediction_sd,
        player_context.current_points_line as points_line,
        player_context.current_points_line_source as line_source,
        points_lines.closing_quoted_at as line_quoted_at,
        points_lines.over_price,
        points_lines.under_price,
        {{ no_vig_probability('points_lines.over_price', 'points_lines.under_price') }} as market_probability_over,
        probabilities.share_over,
        probabilities.share_not_under - probabilities.share_over as share_push
    from predictions
    inner join systems on predictions.system_id = systems.system_id
    inner join features
        on
            predictions.game_id = features.game_id
            and predictions.player_lookup = features.player_lookup
    inner join player_context
        on
            predictions.game_id = player_context.game_id
            and predictions.player_lookup = player_context.player_lookup
    left join points_lines
        on
            predictions.game_id = points_lines.game_id
            and predictions.player_lookup = points_lines.player_lookup
    left join distributions
        on
            predictions.game_date = distributions.game_date
            and predictions.system_id = distributions.system_id
            and {{ points_tier('predictions.predicted_points') }} = distributions.points_tier
    left join probabilities
        on
            predictions.game_id = probabilities.game_id
            and predictions.player_lookup = probabilities.player_lookup
            and predictions.system_id = probabilities.system_id
),

-- the line's own probability is the market's; everybody else's is from his errors
judged as (
    select
        *,
        cast(predicted_points - points_line as numeric(5, 2)) as line_margin,
        cast(round(
            case when system_id = 'market_line' then market_probability_over * (1 - share_push) else share_over end, 4
        ) as numeric(5, 4)) as probability_over,
        cast(share_push as numeric(5, 4)) as probability_push
    from joined
),

-- given that it is no push
confident as (
    select
        *,
        cast(round({{ double('probability_over') }} / nullif({{ double('1 - probability_push') }}, 0), 4) as numeric(5, 4))
            as confidence_over
    from judged
),

-- of the side that the margin is on
sided as (
    select
        *,
        case when line_margin < 0 then 1 - confidence_over else confidence_over end as confidence_of_side
    from confident
),

recommended as (
    select
        *,
        cast(case when confidence_over < 0.5 then 1 - confidence_over else confidence_over end as numeric(5, 4)) as confidence_score,
        case
            when points_line is null then 'NO_LINE'
            when not is_production_ready or confidence_over is null then 'NOT_READY'
            when abs(line_margin) < min_edge then 'SMALL_EDGE'
            when confidence_of_side < min_confidence then 'LOW_CONFIDENCE'
        end as pass_reason
    from sided
),

final as (
    select
        {{ digest("game_id || ' ' || player_lookup || ' ' || system_id") }} as prediction_id,
        game_id,
        game_date,
        season_year,
        player_lookup,
        universal_player_id,
        team_abbr,
        opponent_team_abbr,
        system_id,
        model_version,
        predicted_points,
        {%- for name, k in published_quantiles.items() %}
        {{ ratio('points_' ~ k ~ '_x100', 100, 2, 5) }} as points_{{ name }},
        {%- endfor %}
        prediction_sd,
        case
            when points_1_x100 is not null
                then [
                    {%- for k in range(1, 20) %}
                    {{ ratio('points_' ~ k ~ '_x100', 100, 2, 5) }}{{ ',' if not loop.last }}
                    {%- endfor %}
                ]
            else {{ no_numbers() }}
        end as points_quantiles,
        base_points,
        {%- for name in prediction_adjustments() %}
        {{ name }}_adjustment,
        {%- endfor %}
        points_line,
        line_source,
        line_quoted_at,
        over_price,
        under_price,
        market_probability_over,
        probability_over,
        probability_push,
        confidence_score,
        line_margin,
        case when pass_reason is not null then 'PASS' when line_margin > 0 then 'OVER' else 'UNDER' end as recommendation,
        pass_reason,
        similar_games,
        similarity_mean,
        similarity_min,
        contributing_systems,
        system_agreement_sd,
        feature_quality_score,
        is_production_ready,
        missing_inputs
    from recommended
)

select * from final
