-- grain: game_id, player_lookup (every listed player) · window: requested dates, as of each date
-- reads: listings, form, absences, completeness, lines, team context and schedule of the day (each already as of it)
-- why: what was known of a player before the game, whether he then played or not.
{{ config(partition_by=by_game_date(), cluster_by=['player_lookup', 'universal_player_id', 'game_date']) }}

with

listings as (
    select * from {{ reads(ref('int_players__listings')) }}
),

registry as (
    select * from {{ ref('stg_registry__players') }}
),

form as (
    select * from {{ reads(ref('int_players__form_entering')) }}
),

absences as (
    select * from {{ reads(ref('int_players__absences_around')) }}
),

completeness as (
    select * from {{ reads(ref('int_players__completeness')) }}
),

points_lines as (
    select * from {{ reads(ref('int_betting__player_points_lines')) }}
),

line_streaks as (
    select * from {{ reads(ref('int_players__line_streaks')) }}
),

team_form as (
    select * from {{ reads(ref('int_teams__form_entering')) }}
),

team_context as (
    select * from {{ reads(ref('upcoming_team_game_context')) }}
),

team_games as (
    select * from {{ reads(ref('int_schedule__team_games')) }}
),

requested as (
    select * from team_games
    where {{ in_window('game_date') }}
),

-- the next opponent's record, counting its final games before the row's date only
next_opponents as (
    select
        requested.game_id,
        requested.team_abbr,
        {{ ratio(count_if('earlier.margin > 0'), 'count(*)', 3, 5) }} as win_pct
    from requested
    inner join team_games as earlier
        on
            requested.season_year = earlier.season_year
            and requested.next_opponent_team_abbr = earlier.team_abbr
            and requested.game_date > earlier.game_date
            and earlier.is_final
    group by requested.game_id, requested.team_abbr
),

joined as (
    select
        listings.player_lookup,
        listings.player_name as player_full_name,
        registry.universal_player_id,
        registry.birth_date,
        listings.game_id,
        requested.nba_game_id,
        listings.game_date,
        listings.season_year,
        listings.team_abbr,
        listings.opponent_team_abbr,
        requested.is_home,
        requested.game_type,
        requested.game_number_in_season,
        requested.tip_off_at,
        requested.time_zone,
        requested.time_zone_abbr,

        points_lines.closing_line,
        points_lines.opening_line,
        points_lines.bookmaker,
        case when points_lines.game_id is not null then coalesce(line_streaks.prop_over_streak, 0) end as prop_over_streak,
        case when points_lines.game_id is not null then coalesce(line_streaks.prop_under_streak, 0) end as prop_under_streak,

        team_context.game_spread,
        team_context.opening_spread,
        team_context.spread_movement,
        team_context.game_spread_source,
        team_context.game_total,
        team_context.opening_total,
        team_context.total_movement,
        team_context.game_total_source,
        team_context.travel_miles,
        team_context.time_zone_changes,
        team_context.consecutive_road_games,
        team_context.miles_traveled_last_14_days,
        team_context.time_zones_crossed_last_14_days,

        opponent_form.pace_last_10 as opponent_pace_last_10,
        {{ ratio(
            'opponent_form.pace_sum_x10 * own_form.paced_games - own_form.pace_sum_x10 * opponent_form.paced_games',
            '10 * opponent_form.paced_games * own_form.paced_games', 2
        ) }} as pace_differential,
        opponent_form.defensive_rating_last_10 as opponent_def_rating_last_10,
        opponent_form.ft_rate_allowed_last_10 as opponent_ft_rate_allowed,

        form.days_rest,
        form.days_rest_before_last_game,
        form.days_since_2_plus_days_rest,
        form.games_in_last_7_days,
        form.games_in_last_14_days,
        form.games_in_last_30_days,
        form.seconds_in_last_7_days,
        form.seconds_in_last_14_days,
        form.back_to_backs_last_14_days,
        form.games_played_season,
        form.games_last_5,
        form.games_last_10,
        form.points_avg_last_5,
        form.points_avg_last_10,
        form.avg_usage_rate_last_7_games,
        form.shooting_pct_decline_last_5,

        absences.player_status,
        absences.injury_report,
        absences.star_teammates_out,
        absences.questionable_teammates,
        absences.probable_teammates,
        absences.projected_usage_rate,

        requested.next_game_days_rest,
        requested.games_in_next_7_days,
        requested.next_game_is_primetime,
        next_opponents.win_pct as next_opponent_win_pct,
        opponents.days_rest as opponent_days_rest,
        opponents.games_in_next_7_days as opponent_games_in_next_7_days,
        opponents.next_game_days_rest as opponent_next_game_days_rest,

        completeness.expected_games_count,
        completeness.actual_games_count,
        completeness.l5_completeness_pct,
        completeness.l5_is_complete,
        completeness.l10_completeness_pct,
        completeness.l10_is_complete,
        completeness.l7d_completeness_pct,
        completeness.l7d_is_complete,
        completeness.l14d_completeness_pct,
        completeness.l14d_is_complete
    from listings
    inner join requested
        on
            listings.game_id = requested.game_id
            and listings.team_abbr = requested.team_abbr
    inner join requested as opponents
        on
            listings.game_id = opponents.game_id
            and listings.opponent_team_abbr = opponents.team_abbr
    left join registry on listings.player_lookup = registry.player_lookup
    left join form
        on
            listings.game_id = form.game_id
            and listings.player_lookup = form.player_lookup
    left join absences
        on
            listings.game_id = absences.game_id
            and listings.player_lookup = absences.player_lookup
    left join completeness
        on
            listings.game_id = completeness.game_id
            and listings.player_lookup = completeness.player_lookup
    left join points_lines
        on
            listings.game_id = points_lines.game_id
            and listings.player_lookup = points_lines.player_lookup
    left join line_streaks
        on
            listings.game_id = line_streaks.game_id
            and listings.player_lookup = line_streaks.player_lookup
    left join team_form as own_form
        on
            listings.game_id = own_form.game_id
            and listings.team_abbr = own_form.team_abbr
    left join team_form as opponent_form
        on
            listings.game_id = opponent_form.game_id
            and listings.opponent_team_abbr = opponent_form.team_abbr
    left join team_context
        on
            listings.game_id = team_context.game_id
            and listings.team_abbr = team_context.team_abbr
    left join next_opponents
        on
            listings.game_id = next_opponents.game_id
            and listings.team_abbr = next_opponents.team_abbr
),

final as (
    select
        player_lookup,
        universal_player_id,
        universal_player_id is not null as is_player_resolved,
        player_full_name,
        game_id,
        nba_game_id,
        game_date,
        season_year,
        team_abbr,
        opponent_team_abbr,
        is_home as home_game,
        {{ clock_text(local_clock('tip_off_at', 'time_zone')) }} || ' ' || time_zone_abbr as game_start_time_local,

        closing_line is not null as has_prop_line,
        closing_line as current_points_line,
        opening_line as opening_points_line,
        cast(closing_line - opening_line as numeric(4, 1)) as line_movement,
        bookmaker as current_points_line_source,
        case when opening_line is not null then bookmaker end as opening_points_line_source,
        prop_over_streak,
        prop_under_streak,

        cast(game_spread as numeric(4, 1)) as game_spread,
        cast(opening_spread as numeric(4, 1)) as opening_spread,
        spread_movement,
        game_spread_source,
        game_total,
        opening_total,
        total_movement,
        game_total_source,

        opponent_pace_last_10,
        pace_differential,
        opponent_def_rating_last_10,
        opponent_ft_rate_allowed,
        avg_usage_rate_last_7_games,
        projected_usage_rate,

        case
            when game_type = '004' then 'playoffs'
            when (game_number_in_season - 1) * 4 <= 82 then 'early'
            when (game_number_in_season - 1) * 4 <= 3 * 82 then 'mid'
            else 'late'
        end as season_phase,
        days_rest,
        coalesce(days_rest = 0, false) as back_to_back,
        days_rest_before_last_game,
        days_since_2_plus_days_rest,
        games_in_last_7_days,
        games_in_last_14_days,
        {{ integer_quotient('seconds_in_last_7_days', '60') }} as minutes_in_last_7_days,
        {{ integer_quotient('seconds_in_last_14_days', '60') }} as minutes_in_last_14_days,
        {{ ratio('seconds_in_last_7_days', '60 * games_in_last_7_days', 1) }} as avg_minutes_per_game_last_7,
        back_to_backs_last_14_days,

        travel_miles,
        time_zone_changes,
        consecutive_road_games,
        miles_traveled_last_14_days,
        time_zones_crossed_last_14_days,
        {{ whole_years_between('birth_date', 'game_date') }} as player_age,

        points_avg_last_5,
        points_avg_last_10,
        games_last_5 as l5_games_used,
        games_last_10 as l10_games_used,
        {{ sample_quality('games_last_5', [5, 3, 2]) }} as l5_sample_quality,
        {{ sample_quality('games_last_10', [10, 7, 5]) }} as l10_sample_quality,
        shooting_pct_decline_last_5,

        player_status,
        injury_report,
        star_teammates_out,
        questionable_teammates,
        probable_teammates,

        next_game_days_rest,
        games_in_next_7_days,
        next_opponent_win_pct,
        next_game_is_primetime,
        opponent_days_rest,
        opponent_games_in_next_7_days,
        opponent_next_game_days_rest,

        games_played_season,
        expected_games_count,
        actual_games_count,
        expected_games_count - actual_games_count as missing_games_count,
        l10_completeness_pct as completeness_percentage,
        l5_completeness_pct,
        l5_is_complete,
        l10_completeness_pct,
        l10_is_complete,
        l7d_completeness_pct,
        l7d_is_complete,
        l14d_completeness_pct,
        l14d_is_complete,
        l5_is_complete and l10_is_complete and l7d_is_complete and l14d_is_complete as all_windows_complete,

        case
            when games_in_last_30_days >= 10 then 'gold' when games_in_last_30_days >= 5 then 'silver' else 'bronze'
        end as quality_tier,
        {{ int64(
            'case when games_in_last_30_days >= 10 then 95 when games_in_last_30_days >= 5 then 75 else 50 end'
        ) }} as quality_score,
        {{ text_array([
            "case when game_spread is null then 'missing_game_spread' end",
            "case when game_total is null then 'missing_game_total' end",
            "case when games_in_last_30_days < 3 then 'thin_sample' end",
            "case when universal_player_id is null then 'unresolved_player' end",
        ]) }} as quality_issues,
        games_played_season >= {{ var('upgc_min_games') }}
        and coalesce(l10_completeness_pct >= {{ var('production_ready_pct') }}, false) as is_production_ready
    from joined
)

select * from final
