-- grain: game_id, player_lookup: upcoming players with enough games this season, on every game day after bootstrap
-- window: requested dates, as of each date · reads: upcoming context, form, team form and shot zones of the day
-- why: recent form, team context and shooting of a player in one row, in fixed units (definitions D1, D2).
{{ config(partition_by=by_game_date(), cluster_by=['player_lookup', 'universal_player_id']) }}

with

days as (
    select * from {{ reads(ref('int_schedule__precompute_days')) }}
    where {{ in_window('game_date') }}
),

player_context as (
    select * from {{ reads(ref('upcoming_player_game_context')) }}
),

form as (
    select * from {{ reads(ref('int_players__form_entering')) }}
),

team_form as (
    select * from {{ reads(ref('int_teams__form_entering')) }}
),

shot_zones as (
    select * from {{ reads(ref('player_shot_zone_analysis')) }}
),

final as (
    select
        player_context.player_lookup,
        player_context.universal_player_id,
        player_context.game_id,
        player_context.game_date,
        player_context.game_date as cache_date,
        player_context.season_year,
        player_context.team_abbr,

        player_context.points_avg_last_5,
        player_context.points_avg_last_10,
        form.points_avg_season,
        form.points_std_last_10,
        form.minutes_avg_last_10,
        form.usage_rate_last_10,
        form.usage_rate_season as player_usage_rate_season,
        form.ts_pct_last_10,
        form.assisted_rate_last_10,
        player_context.games_played_season,

        {{ ratio('team_form.pace_sum_x10', '10 * team_form.paced_games', 1) }} as team_pace_last_10,
        cast(team_form.offensive_rating_last_10 as numeric(6, 2)) as team_off_rating_last_10,

        player_context.games_in_last_7_days,
        player_context.games_in_last_14_days,
        player_context.minutes_in_last_7_days,
        player_context.minutes_in_last_14_days,
        player_context.back_to_backs_last_14_days,
        player_context.avg_minutes_per_game_last_7,
        player_context.player_age,

        shot_zones.primary_scoring_zone,
        shot_zones.paint_rate_last_10,
        shot_zones.three_pt_rate_last_10,
        shot_zones.player_lookup is not null as shot_zone_data_available,

        player_context.games_played_season < {{ var('pdc_full_games') }} as early_season_flag,
        player_context.expected_games_count,
        player_context.actual_games_count,
        player_context.missing_games_count,
        player_context.completeness_percentage,
        player_context.l5_completeness_pct,
        player_context.l5_is_complete,
        player_context.l10_completeness_pct,
        player_context.l10_is_complete,
        player_context.l7d_completeness_pct,
        player_context.l7d_is_complete,
        player_context.l14d_completeness_pct,
        player_context.l14d_is_complete,
        player_context.all_windows_complete,
        player_context.games_played_season >= {{ var('pdc_full_games') }}
        and coalesce(player_context.completeness_percentage >= {{ var('production_ready_pct') }}, false) as is_production_ready,
        {{ text_array([
            "case when player_context.games_played_season < " ~ var('pdc_full_games') ~ " then 'early_season' end",
            "case when shot_zones.player_lookup is null then 'missing_shot_zones' end",
            "case when not player_context.all_windows_complete then 'incomplete_windows' end",
        ]) }} as data_quality_issues
    from player_context
    inner join days on player_context.game_date = days.game_date
    inner join form
        on
            player_context.game_id = form.game_id
            and player_context.player_lookup = form.player_lookup
    left join team_form
        on
            player_context.game_id = team_form.game_id
            and player_context.team_abbr = team_form.team_abbr
    left join shot_zones
        on
            player_context.game_date = shot_zones.game_date
            and player_context.player_lookup = shot_zones.player_lookup
    where player_context.games_played_season >= {{ var('pdc_min_games') }}
)

select * from final
