-- grain: game_id, player_lookup, system_id · window: requested dates
-- reads: single systems of the day and of the year before, player_game_summary of the year before
-- why: what every system predicts, the ensemble included: the mean of at least two formula or trained systems, weighted by
-- one over the square of their mean absolute error in the year before the date, in games that all of them predicted.
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['system_id', 'player_lookup']) }}

with

predictions as (
    select * from {{ reads(ref('int_predictions__single_systems')) }}
),

played as (
    select * from {{ reads(ref('player_game_summary')) }}
    where seconds_played > 0
),

systems as (
    select * from {{ ref('prediction_systems') }}
),

-- what the ensemble is made of, and of how many systems each of its rows
members as (
    select
        predictions.*,
        {{ scaled('predictions.predicted_points', 2) }} as points_x100,
        count(*) over (partition by predictions.game_id, predictions.player_lookup) as member_count
    from predictions
    inner join systems on predictions.system_id = systems.system_id
    where systems.kind in ('formula', 'trained')
),

-- mean errors compare only in the same games: those that as many systems predicted as any of the date, on dates on which
-- there were as many
errors_by_day as (
    select
        compared.game_date,
        compared.system_id,
        compared.most_members,
        {{ int64('sum(abs(compared.points_x100 - 100 * played.points))') }} as error_sum_x100,
        count(*) as games
    from (
        select
            *,
            max(member_count) over (partition by game_date) as most_members
        from members
    ) as compared
    inner join played
        on
            compared.game_id = played.game_id
            and compared.player_lookup = played.player_lookup
    where compared.member_count = compared.most_members
    group by compared.game_date, compared.system_id, compared.most_members
),

requested as (
    select
        game_date,
        max(member_count) as most_members
    from members
    where {{ in_window('game_date') }}
    group by game_date
),

weights as (
    select
        errors_of_year.game_date,
        errors_of_year.system_id,
        {{ rounded_quotient('1000000000', 'errors_of_year.mean_error_x100 * errors_of_year.mean_error_x100') }} as weight
    from (
        select
            requested.game_date,
            errors_by_day.system_id,
            {{ rounded_quotient('sum(errors_by_day.error_sum_x100)', 'sum(errors_by_day.games)') }} as mean_error_x100
        from requested
        inner join errors_by_day
            on
                requested.game_date > errors_by_day.game_date
                and requested.most_members = errors_by_day.most_members
                and {{ days_before('requested.game_date', 365) }} <= errors_by_day.game_date
        group by requested.game_date, errors_by_day.system_id
    ) as errors_of_year
),

-- all alike as long as one of them has no errors yet
weighted as (
    select
        members.*,
        case
            when count(weights.weight) over (partition by members.game_id, members.player_lookup) = members.member_count
                then weights.weight
            else 1
        end as weight
    from members
    left join weights
        on
            members.game_date = weights.game_date
            and members.system_id = weights.system_id
    where members.{{ in_window('game_date') }} and members.member_count >= 2
),

ensembles as (
    select
        'ensemble_v1' as system_id,
        game_id,
        game_date,
        season_year,
        player_lookup,
        {{ ratio('sum(weight * points_x100)', '100 * sum(weight)', 2, 5) }} as predicted_points,
        {{ sorted_list('system_id') }} as contributing_systems,
        {{ sample_deviation(
            int64('sum(points_x100)'), int64('sum(points_x100 * points_x100)'), 'count(*)', scale=2
        ) }} as system_agreement_sd
    from weighted
    group by game_id, game_date, season_year, player_lookup
),

final as (
    select
        {%- for name in prediction_columns() %}
        {{ name }},
        {%- endfor %}
        cast(null as {{ dbt.type_string() }}) as contributing_systems,
        cast(null as numeric(5, 2)) as system_agreement_sd
    from predictions
    where {{ in_window('game_date') }}
    union all
    select
        system_id,
        game_id,
        game_date,
        season_year,
        player_lookup,
        {{ formula_version('ensemble_v1') }} as model_version,
        predicted_points,
        cast(null as numeric(5, 2)) as base_points,
        {%- for name in prediction_adjustments() %}
        cast(null as numeric(5, 2)) as {{ name }}_adjustment,
        {%- endfor %}
        cast(null as bigint) as similar_games,
        cast(null as numeric(5, 2)) as similarity_mean,
        cast(null as bigint) as similarity_min,
        {{ no_texts() }} as missing_inputs,
        contributing_systems,
        system_agreement_sd
    from ensembles
)

select * from final
