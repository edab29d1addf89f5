-- grain: game_id, defending_team_abbr · window: requested dates
-- reads: team_offense_game_summary, team box scores and shot zones of the same day
-- why: what each defence allowed: the opponent's offence row, plus its own defensive actions.
{{ config(partition_by=by_game_date(), cluster_by=['defending_team_abbr', 'game_date', 'quality_tier']) }}

with

offence as (
    select * from {{ reads(ref('team_offense_game_summary')) }}
),

team_lines as (
    select * from {{ reads(ref('int_boxscores__team_lines')) }}
),

shot_zones as (
    select * from {{ reads(ref('int_play_by_play__team_games')) }}
),

mirrored as (
    select
        opponent.game_id,
        opponent.game_date,
        opponent.opponent_team_abbr as defending_team_abbr,
        opponent.team_abbr as opponent_team_abbr,
        opponent.season_year,
        own.home_game,

        opponent.points_scored as points_allowed,
        opponent.fg_attempts as opp_fg_attempts,
        opponent.fg_makes as opp_fg_makes,
        opponent.three_pt_attempts as opp_three_pt_attempts,
        opponent.three_pt_makes as opp_three_pt_makes,
        opponent.ft_attempts as opp_ft_attempts,
        opponent.ft_makes as opp_ft_makes,
        opponent.rebounds as opp_rebounds,
        opponent.assists as opp_assists,
        opponent.turnovers as turnovers_forced,
        own.personal_fouls as fouls_committed,

        opponent.team_paint_attempts as opp_paint_attempts,
        opponent.team_paint_makes as opp_paint_makes,
        opponent.team_mid_range_attempts as opp_mid_range_attempts,
        opponent.team_mid_range_makes as opp_mid_range_makes,
        opponent.points_in_paint_scored as points_in_paint_allowed,
        2 * opponent.team_mid_range_makes as mid_range_points_allowed,
        3 * opponent.three_pt_makes as three_pt_points_allowed,

        shot_zones.paint_blocks as blocks_paint,
        shot_zones.mid_range_blocks as blocks_mid_range,
        shot_zones.three_pt_blocks as blocks_three_pt,
        team_lines.blocks,
        team_lines.steals,
        team_lines.defensive_rebounds,

        opponent.possessions as opponent_possessions,
        opponent.offensive_rating as defensive_rating,
        opponent.pace as opponent_pace,
        opponent.ts_pct as opponent_ts_pct,

        own.win_flag,
        own.margin_of_victory,
        own.overtime_periods,

        own.primary_source_used,
        own.quality_tier,
        own.quality_score,
        {{ text_array([
            "case when own.primary_source_used = 'reconstructed_team_from_players' then 'backup_source_used' end",
            "case when own.primary_source_used = 'reconstructed_team_from_players' then 'reconstructed' end",
            "case when team_lines.steals is null or team_lines.blocks is null or team_lines.defensive_rebounds is null"
                ~ " then 'missing_defensive_actions' end",
            "case when not opponent.shot_zones_available then 'shot_zones_unavailable' end",
            "case when opponent.offensive_rating is null then 'missing_required' end",
        ]) }} as quality_issues,
        opponent.offensive_rating is not null and own.is_production_ready as is_production_ready
    from offence as opponent
    inner join offence as own
        on
            opponent.game_id = own.game_id
            and opponent.opponent_team_abbr = own.team_abbr
    inner join team_lines
        on
            own.game_id = team_lines.game_id
            and own.team_abbr = team_lines.team_abbr
    left join shot_zones
        on
            own.game_id = shot_zones.game_id
            and own.team_abbr = shot_zones.team_abbr
),

final as (
    select
        *,
        {{ array_size('quality_issues') }} > 0 as processed_with_issues
    from mirrored
)

select * from final
