-- grain: game_id, player_lookup: the upcoming rows of every game day after bootstrap
-- window: requested dates, as of each date · reads: upcoming contexts and both zone analyses of the day
-- why: seven adjustments in points for the circumstances of a game. A missing input is a missing factor, never a zero.
{{ config(partition_by=by_game_date(), cluster_by=['player_lookup', 'universal_player_id', 'game_date']) }}

{%- set factors = [
    'fatigue_score', 'shot_zone_mismatch_score', 'pace_score', 'usage_spike_score', 'opponent_strength_score',
    'travel_impact_score', 'look_ahead_pressure_score',
] %}

with

days as (
    select * from {{ reads(ref('int_schedule__precompute_days')) }}
    where {{ in_window('game_date') }}
),

player_context as (
    select * from {{ reads(ref('upcoming_player_game_context')) }}
),

team_context as (
    select * from {{ reads(ref('upcoming_team_game_context')) }}
),

shot_zones as (
    select * from {{ reads(ref('player_shot_zone_analysis')) }}
),

zone_defence as (
    select * from {{ reads(ref('team_defense_zone_analysis')) }}
),

factor_of as (
    {{ coefficients([
        'fatigue_start', 'fatigue_back_to_back', 'fatigue_long_rest', 'fatigue_long_rest_days', 'fatigue_busy_week',
        'fatigue_busy_week_games', 'fatigue_heavy_minutes', 'fatigue_heavy_minutes_limit', 'fatigue_long_nights',
        'fatigue_long_nights_limit', 'fatigue_one_pair', 'fatigue_two_pairs', 'fatigue_age_30', 'fatigue_age_35',
        'fatigue_to_points', 'mismatch_full_share', 'mismatch_strong', 'mismatch_strong_factor', 'mismatch_limit',
        'pace_factor', 'pace_limit', 'usage_factor', 'usage_one_star_out', 'usage_two_stars_out', 'usage_limit',
        'opponent_factor', 'opponent_limit', 'travel_per_1000_miles', 'travel_per_time_zone', 'travel_limit',
        'ahead_no_rest', 'ahead_one_day', 'ahead_per_game', 'ahead_free_games', 'ahead_limit', 'warn_fatigue',
        'warn_mismatch', 'warn_total',
    ]) }}
),

-- unweighted mean of the published ratings of all teams with a row on the day, in hundredths (definitions F5)
league_ratings as (
    select
        game_date,
        {{ int64('sum(' ~ scaled('defensive_rating_last_15', 2) ~ ')') }} as rating_sum_x100,
        count(defensive_rating_last_15) as teams
    from zone_defence
    group by game_date
),

joined as (
    select
        player_context.*,
        coalesce(shot_zones.is_production_ready, false) as upstream_player_shot_ready,
        coalesce(zone_defence.is_production_ready, false) as upstream_team_defense_ready,
        coalesce(team_context.is_production_ready, false) as upstream_team_context_ready,
        shot_zones.primary_scoring_zone,
        shot_zones.paint_rate_last_10,
        shot_zones.mid_range_rate_last_10,
        shot_zones.three_pt_rate_last_10,
        zone_defence.paint_defense_vs_league_avg,
        zone_defence.mid_range_defense_vs_league_avg,
        zone_defence.three_pt_defense_vs_league_avg,
        zone_defence.weakest_zone,
        {{ scaled('zone_defence.defensive_rating_last_15', 2) }} * league_ratings.teams
        - league_ratings.rating_sum_x100 as rating_above_league_x100n,
        league_ratings.teams as rated_teams,
        factor_of.*
    from player_context
    inner join days on player_context.game_date = days.game_date
    cross join factor_of
    left join team_context
        on
            player_context.game_id = team_context.game_id
            and player_context.team_abbr = team_context.team_abbr
    left join shot_zones
        on
            player_context.game_date = shot_zones.game_date
            and player_context.player_lookup = shot_zones.player_lookup
    left join zone_defence
        on
            player_context.game_date = zone_defence.game_date
            and player_context.opponent_team_abbr = zone_defence.team_abbr
    left join league_ratings on player_context.game_date = league_ratings.game_date
),

-- one zone: its distance from the league, weighted by how much of his shooting it is;
-- balanced: the distances weighted by his shares (definitions F2)
raw_factors as (
    select
        *,
        case primary_scoring_zone
            when 'paint' then {{ weighted_by_share('paint_defense_vs_league_avg', 'paint_rate_last_10') }}
            when 'mid_range' then {{ weighted_by_share('mid_range_defense_vs_league_avg', 'mid_range_rate_last_10') }}
            when 'perimeter' then {{ weighted_by_share('three_pt_defense_vs_league_avg', 'three_pt_rate_last_10') }}
            else {{ share_weighted_mean([
                ('paint_defense_vs_league_avg', 'paint_rate_last_10'),
                ('mid_range_defense_vs_league_avg', 'mid_range_rate_last_10'),
                ('three_pt_defense_vs_league_avg', 'three_pt_rate_last_10'),
            ]) }}
        end as raw_mismatch,
        -- a projection ends at 100 (U6), the usage of a stint of seconds does not
        usage_factor * (projected_usage_rate - {{ capped('avg_usage_rate_last_7_games', 100) }}) as raw_usage,
        case
            when days_rest is null then null
            else
                fatigue_start
                + case
                    when back_to_back then fatigue_back_to_back
                    when days_rest >= fatigue_long_rest_days then fatigue_long_rest
                    else 0
                end
                + case when games_in_last_7_days >= fatigue_busy_week_games then fatigue_busy_week else 0 end
                + case when minutes_in_last_7_days > fatigue_heavy_minutes_limit then fatigue_heavy_minutes else 0 end
                + case when avg_minutes_per_game_last_7 > fatigue_long_nights_limit then fatigue_long_nights else 0 end
                + case
                    when back_to_backs_last_14_days >= 2 then fatigue_two_pairs
                    when back_to_backs_last_14_days = 1 then fatigue_one_pair
                    else 0
                end
                + case when player_age >= 35 then fatigue_age_35 when player_age >= 30 then fatigue_age_30 else 0 end
        end as raw_fatigue
    from joined
),

-- every factor before it is rounded for publication
exact_factors as (
    select
        *,
        case when raw_fatigue > 100 then 100 when raw_fatigue < 0 then 0 else raw_fatigue end as exact_fatigue,
        {{ at_six_decimals(within(
            'raw_mismatch * case when abs(raw_mismatch) > mismatch_strong then mismatch_strong_factor else 1 end', 'mismatch_limit'
        )) }} as exact_mismatch,
        {{ at_six_decimals(within('pace_differential * pace_factor', 'pace_limit')) }} as exact_pace,
        {{ at_six_decimals(within(
            'raw_usage * case when raw_usage > 0 and star_teammates_out >= 2 then usage_two_stars_out'
            ~ ' when raw_usage > 0 and star_teammates_out = 1 then usage_one_star_out else 1 end', 'usage_limit'
        )) }} as exact_usage,
        {{ at_six_decimals(within(
            ratio('rating_above_league_x100n', '100 * rated_teams', 6, 18) ~ ' * opponent_factor', 'opponent_limit'
        )) }} as exact_opponent,
        {{ at_six_decimals(
            '-' ~ capped('travel_per_1000_miles * travel_miles * 0.001 + travel_per_time_zone * time_zone_changes', 'travel_limit')
        ) }} as exact_travel,
        {{ at_six_decimals(
            '-' ~ capped(
                'case when next_game_days_rest = 0 then ahead_no_rest when next_game_days_rest = 1 then ahead_one_day else 0 end'
                ~ ' + ahead_per_game * case when games_in_next_7_days > ahead_free_games'
                ~ ' then games_in_next_7_days - ahead_free_games else 0 end', 'ahead_limit'
            )
        ) }} as exact_ahead
    from raw_factors
),

published as (
    select
        *,
        cast(exact_fatigue as bigint) as fatigue_score,
        cast(round(exact_mismatch, 1) as numeric(4, 1)) as shot_zone_mismatch_score,
        cast(round(exact_pace, 1) as numeric(3, 1)) as pace_score,
        cast(round(exact_usage, 1) as numeric(3, 1)) as usage_spike_score,
        cast(round(exact_opponent, 1) as numeric(3, 1)) as opponent_strength_score,
        cast(round(exact_travel, 1) as numeric(3, 1)) as travel_impact_score,
        cast(round(exact_ahead, 1) as numeric(3, 1)) as look_ahead_pressure_score
    from exact_factors
),

summed as (
    select
        *,
        {{ text_array(missing_names(factors)) }} as missing_factors,
        case
            when coalesce({{ factors | join(', ') }}) is not null
                then cast(round(
                    coalesce((exact_fatigue - 100) * fatigue_to_points, 0)
                    + coalesce(exact_mismatch, 0) + coalesce(exact_pace, 0) + coalesce(exact_usage, 0)
                    + coalesce(exact_opponent, 0) + coalesce(exact_travel, 0) + coalesce(exact_ahead, 0),
                    2
                ) as numeric(5, 2))
        end as total_composite_adjustment
    from published
),

judged as (
    select
        *,
        {{ ratio(
            '100 * (' ~ factors | length ~ ' - ' ~ array_size('missing_factors') ~ ')', factors | length, 2, 5
        ) }} as data_completeness_pct,
        {{ text_array([
            "case when fatigue_score < warn_fatigue then 'EXTREME_FATIGUE' end",
            "case when abs(shot_zone_mismatch_score) > warn_mismatch then 'EXTREME_MATCHUP' end",
            "case when abs(total_composite_adjustment) > warn_total then 'EXTREME_ADJUSTMENT' end",
        ]) }} as warnings
    from summed
),

final as (
    select
        player_lookup,
        universal_player_id,
        game_id,
        game_date,
        game_date as analysis_date,
        season_year,
        team_abbr,
        opponent_team_abbr,
        fatigue_score,
        shot_zone_mismatch_score,
        pace_score,
        usage_spike_score,
        opponent_strength_score,
        travel_impact_score,
        look_ahead_pressure_score,
        total_composite_adjustment,
        primary_scoring_zone as player_primary_zone,
        weakest_zone as opponent_weakest_zone,
        'v2_7factors' as calculation_version,
        data_completeness_pct,
        nullif({{ joined_text('missing_factors') }}, '') as missing_data_fields,
        {{ array_size('warnings') }} > 0 as has_warnings,
        nullif({{ joined_text('warnings') }}, '') as warning_details,
        upstream_player_shot_ready,
        upstream_team_defense_ready,
        is_production_ready as upstream_player_context_ready,
        upstream_team_context_ready,
        upstream_player_shot_ready and upstream_team_defense_ready and is_production_ready
        and upstream_team_context_ready as all_upstreams_ready,
        data_completeness_pct >= {{ var('production_ready_pct') }}
        and upstream_player_shot_ready and upstream_team_defense_ready and is_production_ready as is_production_ready,
        {{ text_array([
            "case when player_age is null then 'player_age' end",
            "case when not is_production_ready then 'upstream_player_context_incomplete' end",
            "case when not upstream_player_shot_ready then 'upstream_player_shot_zone_incomplete' end",
            "case when not upstream_team_defense_ready then 'upstream_team_defense_zone_incomplete' end",
            "case when not upstream_team_context_ready then 'upstream_team_context_incomplete' end",
        ]) }} as data_quality_issues
    from judged
)

select * from final
