-- grain: game_id, team_abbr · window: requested dates, as of each date: results and reports before it, lines before tip
-- reads: schedule, game lines and injury report of the day, player and team results of the season before the day
-- why: what was known of a team before the game.
{{ config(partition_by=by_game_date(), cluster_by=['game_date', 'team_abbr', 'game_id']) }}

with

team_games as (
    select * from {{ reads(ref('int_schedule__team_games')) }}
),

requested as (
    select * from team_games
    where {{ in_window('game_date') }}
),

team_lines as (
    select * from {{ reads(ref('int_betting__team_lines')) }}
),

injuries as (
    select * from {{ reads(ref('int_injuries__status_at_tip')) }}
),

player_games as (
    select * from {{ reads(ref('player_game_summary')) }}
),

team_results as (
    select * from {{ reads(ref('team_offense_game_summary')) }}
),

last_ten_finals as (
    select
        requested.game_id,
        requested.team_abbr,
        earlier.game_id as earlier_game_id,
        earlier.game_date as earlier_game_date
    from requested
    inner join team_games as earlier
        on
            requested.season_year = earlier.season_year
            and requested.team_abbr = earlier.team_abbr
            and requested.game_date > earlier.game_date
            and earlier.is_final
    qualify row_number() over (
        partition by requested.game_id, requested.team_abbr
        order by earlier.game_date desc, earlier.game_id desc
    ) <= 10
),

final_counts as (
    select
        game_id,
        team_abbr,
        count(*) as finals
    from last_ten_finals
    group by game_id, team_abbr
),

-- started at least half of the team's last ten final games (definitions C8)
starters as (
    select
        last_ten_finals.game_id,
        last_ten_finals.team_abbr,
        player_games.player_lookup
    from last_ten_finals
    inner join player_games
        on
            last_ten_finals.earlier_game_id = player_games.game_id
            and last_ten_finals.earlier_game_date = player_games.game_date
            and last_ten_finals.team_abbr = player_games.team_abbr
    inner join final_counts
        on
            last_ten_finals.game_id = final_counts.game_id
            and last_ten_finals.team_abbr = final_counts.team_abbr
    where player_games.starter_flag
    group by last_ten_finals.game_id, last_ten_finals.team_abbr, player_games.player_lookup, final_counts.finals
    having count(*) >= {{ var('starter_share') }} * final_counts.finals
),

reported_days as (
    select game_date from injuries
    group by game_date
),

absences as (
    select
        injuries.game_id,
        injuries.team_abbr,
        {{ count_if("injuries.injury_status = 'out' and coalesce(injuries.reason_category, '') <> 'g_league'") }} as players_out_count,
        {{ count_if("injuries.injury_status = 'out' and starters.player_lookup is not null") }} as starters_out_count,
        {{ count_if("injuries.injury_status in ('questionable', 'doubtful')") }} as questionable_players_count
    from injuries
    left join starters
        on
            injuries.game_id = starters.game_id
            and injuries.team_abbr = starters.team_abbr
            and injuries.player_lookup = starters.player_lookup
    group by injuries.game_id, injuries.team_abbr
),

{%- set in_last_7_days = 'earlier.game_date >= ' ~ days_before('requested.game_date', 7) %}

-- completeness: final games of the last 14 days against result rows of the same games (definitions U13)
recent_finals as (
    select
        requested.game_id,
        requested.team_abbr,
        count(*) as expected_14d,
        count(team_results.game_id) as actual_14d,
        {{ count_if(in_last_7_days) }} as expected_7d,
        {{ count_if(in_last_7_days ~ ' and team_results.game_id is not null') }} as actual_7d
    from requested
    inner join team_games as earlier
        on
            requested.season_year = earlier.season_year
            and requested.team_abbr = earlier.team_abbr
            and earlier.is_final
            and requested.game_date > earlier.game_date
            and earlier.game_date >= {{ days_before('requested.game_date', 14) }}
    left join team_results
        on
            earlier.game_id = team_results.game_id
            and earlier.team_abbr = team_results.team_abbr
    group by requested.game_id, requested.team_abbr
),

joined as (
    select
        requested.*,
        case when requested.is_home then team_lines.closing_home_spread else -team_lines.closing_home_spread end as game_spread,
        case when requested.is_home then team_lines.opening_home_spread else -team_lines.opening_home_spread end as opening_spread,
        team_lines.closing_total as game_total,
        team_lines.opening_total,
        team_lines.spread_bookmaker,
        team_lines.total_bookmaker,
        team_lines.lines_updated_at,
        case when reported_days.game_date is not null then coalesce(absences.players_out_count, 0) end as players_out_count,
        case
            when reported_days.game_date is not null and requested.finals_before > 0
                then coalesce(absences.starters_out_count, 0)
        end as starters_out_count,
        case
            when reported_days.game_date is not null then coalesce(absences.questionable_players_count, 0)
        end as questionable_players_count,
        coalesce(recent_finals.expected_14d, 0) as expected_14d,
        coalesce(recent_finals.actual_14d, 0) as actual_14d,
        {{ ratio('100 * recent_finals.actual_7d', 'recent_finals.expected_7d', 1) }} as l7d_completeness_pct,
        {{ ratio('100 * recent_finals.actual_14d', 'recent_finals.expected_14d', 1) }} as l14d_completeness_pct
    from requested
    left join team_lines on requested.game_id = team_lines.game_id
    left join reported_days on requested.game_date = reported_days.game_date
    left join absences
        on
            requested.game_id = absences.game_id
            and requested.team_abbr = absences.team_abbr
    left join recent_finals
        on
            requested.game_id = recent_finals.game_id
            and requested.team_abbr = recent_finals.team_abbr
),

final as (
    select
        team_abbr,
        game_id,
        nba_game_id,
        game_date,
        season_year,
        opponent_team_abbr,
        is_home as home_game,

        days_since_last_game,
        days_rest as team_days_rest,
        coalesce(days_rest = 0, false) as is_back_to_back,
        coalesce(days_rest = 0, false) as team_back_to_back,
        game_number_in_season,
        games_in_last_7_days,
        games_in_last_14_days,

        cast(game_spread as numeric(5, 2)) as game_spread,
        cast(game_spread - opening_spread as numeric(4, 1)) as spread_movement,
        spread_bookmaker as game_spread_source,
        game_total,
        cast(game_total - opening_total as numeric(4, 1)) as total_movement,
        total_bookmaker as game_total_source,
        cast(opening_spread as numeric(5, 2)) as opening_spread,
        opening_total,
        lines_updated_at as betting_lines_updated_at,

        players_out_count,
        starters_out_count,
        questionable_players_count,

        win_streak_entering as team_win_streak_entering,
        loss_streak_entering as team_loss_streak_entering,
        last_game_margin,
        case when last_game_margin > 0 then 'W' when last_game_margin < 0 then 'L' end as last_game_result,

        travel_miles,
        time_zone_changes,
        consecutive_road_games,
        miles_traveled_last_14_days,
        time_zones_crossed_last_14_days,

        expected_14d as expected_games_count,
        actual_14d as actual_games_count,
        expected_14d - actual_14d as missing_games_count,
        l14d_completeness_pct as completeness_percentage,
        l7d_completeness_pct,
        coalesce(l7d_completeness_pct = 100, true) as l7d_is_complete,
        l14d_completeness_pct,
        coalesce(l14d_completeness_pct = 100, true) as l14d_is_complete,
        coalesce(l14d_completeness_pct = 100, true) as all_windows_complete,
        coalesce(l14d_completeness_pct >= {{ var('production_ready_pct') }}, true) as is_production_ready,
        case
            when coalesce(l14d_completeness_pct, 100) >= 95 then 'gold'
            when l14d_completeness_pct >= 75 then 'silver'
            when l14d_completeness_pct >= 50 then 'bronze'
            else 'poor'
        end as quality_tier,
        {{ int64(
            'case when coalesce(l14d_completeness_pct, 100) >= 95 then 95 when l14d_completeness_pct >= 75 then 75'
            ~ ' when l14d_completeness_pct >= 50 then 50 else 25 end'
        ) }} as quality_score,
        {{ text_array([
            "case when l7d_completeness_pct < 100 then 'l7d_incomplete' end",
            "case when l14d_completeness_pct < 100 then 'l14d_incomplete' end",
            "case when game_spread is null then 'missing_game_spread' end",
            "case when game_total is null then 'missing_game_total' end",
            "case when players_out_count is null then 'missing_injury_report' end",
        ]) }} as quality_issues
    from joined
)

select * from final
