-- grain: game_id, player_lookup: the upcoming rows of every game day after bootstrap
-- window: requested dates, as of each date · reads: the four precomputed tables and the contexts of the day
-- why: 25 features with the source of each. An unknown feature is NULL; only the compatible array holds a default.
{{ config(partition_by=by_game_date(), cluster_by=['player_lookup', 'feature_version', 'game_date']) }}

{%- set features = feature_definitions() %}
{%- set capable = served_by(features, 'phase4') | length %}

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

team_games as (
    select * from {{ reads(ref('int_schedule__team_games')) }}
),

form as (
    select * from {{ reads(ref('int_players__form_entering')) }}
),

team_form as (
    select * from {{ reads(ref('int_teams__form_entering')) }}
),

daily_cache as (
    select * from {{ reads(ref('player_daily_cache')) }}
),

composite as (
    select * from {{ reads(ref('player_composite_factors')) }}
),

shot_zones as (
    select * from {{ reads(ref('player_shot_zone_analysis')) }}
),

zone_defence as (
    select * from {{ reads(ref('team_defense_zone_analysis')) }}
),

-- phase4_*, phase3_* and calculated_*: what each source knows of a feature
sources as (
    select
        player_context.player_lookup,
        player_context.universal_player_id,
        player_context.game_id,
        player_context.game_date,
        player_context.season_year,
        player_context.team_abbr,
        player_context.opponent_team_abbr,
        player_context.home_game as is_home,
        player_context.days_rest,
        player_context.expected_games_count,
        player_context.actual_games_count,
        player_context.missing_games_count,
        player_context.completeness_percentage,
        coalesce(daily_cache.is_production_ready, false) as daily_cache_ready,
        coalesce(composite.is_production_ready, false) as composite_ready,
        coalesce(shot_zones.is_production_ready, false) as shot_zones_ready,
        coalesce(zone_defence.is_production_ready, false) as zone_defence_ready,

        daily_cache.points_avg_last_5 as phase4_points_avg_last_5,
        daily_cache.points_avg_last_10 as phase4_points_avg_last_10,
        daily_cache.points_avg_season as phase4_points_avg_season,
        daily_cache.points_std_last_10 as phase4_points_std_last_10,
        daily_cache.games_in_last_7_days as phase4_games_in_last_7_days,
        composite.fatigue_score as phase4_fatigue_score,
        composite.shot_zone_mismatch_score as phase4_shot_zone_mismatch_score,
        composite.pace_score as phase4_pace_score,
        composite.usage_spike_score as phase4_usage_spike_score,
        zone_defence.defensive_rating_last_15 as phase4_opponent_def_rating,
        zone_defence.opponent_pace as phase4_opponent_pace,
        shot_zones.paint_rate_last_10 * 0.01 as phase4_pct_paint,
        shot_zones.mid_range_rate_last_10 * 0.01 as phase4_pct_mid_range,
        shot_zones.three_pt_rate_last_10 * 0.01 as phase4_pct_three,
        daily_cache.team_pace_last_10 as phase4_team_pace,
        daily_cache.team_off_rating_last_10 as phase4_team_off_rating,

        player_context.points_avg_last_5 as phase3_points_avg_last_5,
        player_context.points_avg_last_10 as phase3_points_avg_last_10,
        form.points_avg_season as phase3_points_avg_season,
        form.points_std_last_10 as phase3_points_std_last_10,
        player_context.games_in_last_7_days as phase3_games_in_last_7_days,
        player_context.opponent_def_rating_last_10 as phase3_opponent_def_rating,
        player_context.opponent_pace_last_10 as phase3_opponent_pace,
        form.paint_share_season as phase3_pct_paint,
        form.mid_range_share_season as phase3_pct_mid_range,
        form.three_pt_share_season as phase3_pct_three,
        -- at the scale of the Phase 4 column: a value does not change its precision with its source (definitions M3)
        {{ ratio('team_form.pace_sum_x10', '10 * team_form.paced_games', 1) }} as phase3_team_pace,
        team_form.offensive_rating_last_10 as phase3_team_off_rating,

        {{ within('own.team_days_rest - opponent.team_days_rest', 2) }} as calculated_rest_advantage,
        -- a report exists and he is not on it: no risk; no report: unknown (definitions M5)
        case
            when player_context.player_status in ('out', 'doubtful') then 3
            when player_context.player_status = 'questionable' then 2
            when player_context.player_status = 'probable' then 1
            when player_context.questionable_teammates is not null then 0
        end as calculated_injury_risk,
        form.recent_trend as calculated_recent_trend,
        form.minutes_change as calculated_minutes_change,
        case when player_context.home_game then 1 when not player_context.home_game then 0 end as calculated_home_away,
        case when player_context.back_to_back then 1 else 0 end as calculated_back_to_back,
        case when team_games.game_type = '004' then 1 else 0 end as calculated_playoff_game,
        form.free_throw_share_last_10 as calculated_pct_free_throw,
        case when team_games.finals_before >= 5 then {{ ratio('team_games.wins_before', 'team_games.finals_before', 4, 5) }} end
            as calculated_team_win_pct
    from player_context
    inner join days on player_context.game_date = days.game_date
    inner join team_games
        on
            player_context.game_id = team_games.game_id
            and player_context.team_abbr = team_games.team_abbr
    left join form
        on
            player_context.game_id = form.game_id
            and player_context.player_lookup = form.player_lookup
    left join team_form
        on
            player_context.game_id = team_form.game_id
            and player_context.team_abbr = team_form.team_abbr
    left join team_context as own
        on
            player_context.game_id = own.game_id
            and player_context.team_abbr = own.team_abbr
    left join team_context as opponent
        on
            player_context.game_id = opponent.game_id
            and player_context.opponent_team_abbr = opponent.team_abbr
    left join daily_cache
        on
            player_context.game_id = daily_cache.game_id
            and player_context.player_lookup = daily_cache.player_lookup
    left join composite
        on
            player_context.game_id = composite.game_id
            and player_context.player_lookup = composite.player_lookup
    left join shot_zones
        on
            player_context.game_date = shot_zones.game_date
            and player_context.player_lookup = shot_zones.player_lookup
    left join zone_defence
        on
            player_context.game_date = zone_defence.game_date
            and player_context.opponent_team_abbr = zone_defence.team_abbr
),

chosen as (
    select
        *,
        {%- for name, kind, default in features %}
        {%- if kind == 'calculated' %}
        {{ double('calculated_' ~ name) }} as {{ name }},
        case when calculated_{{ name }} is not null then 'calculated' else 'default' end as {{ name }}_source,
        {%- elif kind == 'phase4' %}
        {{ double('phase4_' ~ name) }} as {{ name }},
        case when phase4_{{ name }} is not null then 'phase4' else 'default' end as {{ name }}_source,
        {%- else %}
        coalesce({{ double('phase4_' ~ name) }}, {{ double('phase3_' ~ name) }}) as {{ name }},
        case
            when phase4_{{ name }} is not null then 'phase4' when phase3_{{ name }} is not null then 'phase3' else 'default'
        end as {{ name }}_source,
        {%- endif %}
        {%- endfor %}
        'v1_baseline_25' as feature_version
    from sources
),

scored as (
    select
        *,
        {{ grouped_sum(source_weights(features)) }} as weight_sum,
        {{ grouped_sum(served_by(features, 'phase4')) }} as phase4_features,
        {{ grouped_sum(served_by(features, 'phase3')) }} as phase3_features
    from chosen
),

rated as (
    select
        *,
        {{ ratio('weight_sum', features | length, 2, 5) }} as feature_quality_score
    from scored
),

final as (
    select
        player_lookup,
        universal_player_id,
        game_id,
        game_date,
        season_year,
        team_abbr,
        opponent_team_abbr,
        is_home,
        days_rest,
        {%- for name, kind, default in features %}
        {{ name }},
        {%- endfor %}
        {%- for name, kind, default in features %}
        {{ name }}_source,
        {%- endfor %}
        {{ value_array(features_with_defaults(features)) }} as features,
        {{ text_array(quoted_names(features)) }} as feature_names,
        {{ text_array(source_columns(features)) }} as feature_sources,
        feature_version,
        feature_quality_score,
        case
            when feature_quality_score >= 95 then 'gold'
            when feature_quality_score >= 75 then 'silver'
            when feature_quality_score >= 50 then 'bronze'
            when feature_quality_score >= 25 then 'poor'
            else 'unusable'
        end as quality_tier,
        -- shares of the 16 features that Phase 4 can serve (definitions M11)
        case
            when 100 * phase4_features >= 90 * {{ capable }} then 'phase4'
            when 2 * phase4_features >= {{ capable }} then 'phase4_partial'
            when 2 * phase3_features >= {{ capable }} then 'phase3'
            else 'mixed'
        end as data_source,
        expected_games_count,
        actual_games_count,
        missing_games_count,
        completeness_percentage,
        daily_cache_ready and composite_ready and shot_zones_ready and zone_defence_ready as is_production_ready,
        {{ text_array([
            "case when not daily_cache_ready then 'upstream_player_daily_cache_incomplete' end",
            "case when not composite_ready then 'upstream_player_composite_factors_incomplete' end",
            "case when not shot_zones_ready then 'upstream_player_shot_zone_incomplete' end",
            "case when not zone_defence_ready then 'upstream_team_defense_zone_incomplete' end",
        ]) }} as data_quality_issues
    from rated
)

select * from final
