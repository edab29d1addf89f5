-- grain: game_date, system_id, points_tier, error_bin · window: requested dates
-- reads: every prediction and player_game_summary of the 365 days before each date, precompute days
-- why: how far a system was off in the year before the date, by tier of what it predicted: the source of its intervals and
-- probabilities. A tier with too few games takes the errors of all tiers; a system with too few has no rows at all.
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['system_id', 'points_tier']) }}

with

days as (
    select * from {{ reads(ref('int_schedule__precompute_days')) }}
    where {{ in_window('game_date') }}
),

predictions as (
    select * from {{ reads(ref('int_predictions__points')) }}
),

played as (
    select * from {{ reads(ref('player_game_summary')) }}
    where seconds_played > 0
),

errors as (
    select
        predictions.game_date,
        predictions.system_id,
        {{ points_tier('predictions.predicted_points') }} as points_tier,
        100 * played.points - {{ scaled('predictions.predicted_points', 2) }} as error_x100
    from predictions
    inner join played
        on
            predictions.game_id = played.game_id
            and predictions.player_lookup = played.player_lookup
),

binned as (
    select
        game_date,
        system_id,
        points_tier,
        {{ error_bin('error_x100') }} as error_bin,
        count(*) as games,
        {{ int64('sum(error_x100)') }} as error_sum_x100,
        {{ int64('sum(error_x100 * error_x100)') }} as squared_error_sum_x10000
    from errors
    group by game_date, system_id, points_tier, {{ error_bin('error_x100') }}
),

dates_with_errors as (
    select game_date from binned
    group by game_date
),

-- each date with the dates before it: few pairs, so that the join to the bins is one of equal dates
dates_before as (
    select
        days.game_date,
        dates_with_errors.game_date as earlier_date
    from days
    inner join dates_with_errors
        on
            days.game_date > dates_with_errors.game_date
            and {{ days_before('days.game_date', 365) }} <= dates_with_errors.game_date
),

of_tier as (
    select
        dates_before.game_date,
        binned.system_id,
        binned.points_tier,
        binned.error_bin,
        {{ int64('sum(binned.games)') }} as games,
        {{ int64('sum(binned.error_sum_x100)') }} as error_sum_x100,
        {{ int64('sum(binned.squared_error_sum_x10000)') }} as squared_error_sum_x10000
    from dates_before
    inner join binned on dates_before.earlier_date = binned.game_date
    group by dates_before.game_date, binned.system_id, binned.points_tier, binned.error_bin
),

of_system as (
    select
        game_date,
        system_id,
        error_bin,
        {{ int64('sum(games)') }} as games,
        {{ int64('sum(error_sum_x100)') }} as error_sum_x100,
        {{ int64('sum(squared_error_sum_x10000)') }} as squared_error_sum_x10000
    from of_tier
    group by game_date, system_id, error_bin
),

-- which systems have enough games, and which of their tiers have
counted as (
    select
        {%- for tier in range(6) %}
        coalesce({{ int64('sum(case when points_tier = ' ~ tier ~ ' then games end)') }}, 0) as games_of_tier_{{ tier }},
        {%- endfor %}
        game_date,
        system_id
    from of_tier
    group by game_date, system_id
    having sum(games) >= {{ var('prediction_min_errors') }}
),

tiers as (
    {%- for tier in range(6) %}
    {{ 'union all' if not loop.first }}
    select
        game_date,
        system_id,
        {{ tier }} as points_tier,
        games_of_tier_{{ tier }} >= {{ var('prediction_min_tier_errors') }} as has_its_own
    from counted
    {%- endfor %}
),

chosen as (
    select
        tiers.game_date,
        tiers.system_id,
        tiers.points_tier,
        tiers.has_its_own,
        of_tier.error_bin,
        of_tier.games,
        of_tier.error_sum_x100,
        of_tier.squared_error_sum_x10000
    from tiers
    inner join of_tier
        on
            tiers.game_date = of_tier.game_date
            and tiers.system_id = of_tier.system_id
            and tiers.points_tier = of_tier.points_tier
    where tiers.has_its_own
    union all
    select
        tiers.game_date,
        tiers.system_id,
        tiers.points_tier,
        tiers.has_its_own,
        of_system.error_bin,
        of_system.games,
        of_system.error_sum_x100,
        of_system.squared_error_sum_x10000
    from tiers
    inner join of_system
        on
            tiers.game_date = of_system.game_date
            and tiers.system_id = of_system.system_id
    where not tiers.has_its_own
),

final as (
    select
        game_date,
        system_id,
        {{ int64('points_tier') }} as points_tier,
        has_its_own as is_of_its_tier,
        {{ int64('error_bin') }} as error_bin,
        {{ int64('games') }} as games,
        {{ int64('sum(games) over up_to_bin - games') }} as games_below,
        {{ int64('sum(games) over (partition by game_date, system_id, points_tier)') }} as games_in_all,
        error_sum_x100,
        squared_error_sum_x10000
    from chosen
    window up_to_bin as (
        partition by game_date, system_id, points_tier order by error_bin rows between unbounded preceding and current row
    )
)

select * from final
