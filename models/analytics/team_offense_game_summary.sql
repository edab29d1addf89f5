-- grain: game_id, team_abbr · window: requested dates · reads: team box scores and shot zones of the same day
-- why: what each team did with the ball. The defence table is this one seen from the other side.
{{ config(partition_by=by_game_date(), cluster_by=['team_abbr', 'game_date', 'home_game']) }}

with

team_lines as (
    select * from {{ reads(ref('int_boxscores__team_lines')) }}
),

shot_zones as (
    select * from {{ reads(ref('int_play_by_play__team_games')) }}
),

both_sides as (
    select
        own.*,
        opponent.points as opponent_points,
        -- possessions times 100: FGA + 0.44 FTA - OREB + TOV stays an integer
        {{ possessions_x100('own') }} as possessions_x100,
        {{ possessions_x100('opponent') }} as opponent_possessions_x100,
        case
            when own.is_home then coalesce(own.team_minutes, opponent.team_minutes)
            else coalesce(opponent.team_minutes, own.team_minutes)
        end as game_team_minutes
    from team_lines as own
    inner join team_lines as opponent
        on
            own.game_id = opponent.game_id
            and own.opponent_team_abbr = opponent.team_abbr
),

rated as (
    select
        both_sides.*,
        shot_zones.team_abbr is not null as has_shot_zones,
        shot_zones.paint_attempts,
        shot_zones.paint_makes,
        shot_zones.mid_range_attempts,
        shot_zones.mid_range_makes,
        {{ text_array([
            "case when both_sides.source_system = 'reconstructed_team_from_players' then 'backup_source_used' end",
            "case when both_sides.source_system = 'reconstructed_team_from_players' then 'reconstructed' end",
            "case when shot_zones.team_abbr is null then 'shot_zones_unavailable' end",
            "case when both_sides.points = both_sides.opponent_points then 'tied_score' end",
            "case when both_sides.possessions_x100 is null or both_sides.points is null then 'missing_required' end",
        ]) }} as quality_issues
    from both_sides
    left join shot_zones
        on
            both_sides.game_id = shot_zones.game_id
            and both_sides.team_abbr = shot_zones.team_abbr
),

final as (
    select
        game_id,
        nba_game_id,
        game_date,
        team_abbr,
        opponent_team_abbr,
        season_year,
        is_home as home_game,

        points as points_scored,
        fg_attempts,
        fg_makes,
        three_pt_attempts,
        three_pt_makes,
        ft_attempts,
        ft_makes,
        offensive_rebounds,
        defensive_rebounds,
        rebounds,
        assists,
        turnovers,
        personal_fouls,

        paint_attempts as team_paint_attempts,
        paint_makes as team_paint_makes,
        mid_range_attempts as team_mid_range_attempts,
        mid_range_makes as team_mid_range_makes,
        2 * paint_makes as points_in_paint_scored,

        cast({{ double('possessions_x100') }} / 100 as numeric(6, 2)) as possessions,
        {{ ratio('10000 * points', 'possessions_x100', 2) }} as offensive_rating,
        -- 48 * mean possessions / (minutes / 5): the same number for both teams (definitions T2)
        {{ ratio('6 * (possessions_x100 + opponent_possessions_x100)', '5 * game_team_minutes', 1) }} as pace,
        {{ ratio('50 * points', '100 * fg_attempts + 44 * ft_attempts', 3, 5) }} as ts_pct,

        team_minutes,
        case
            when team_minutes >= 240 then {{ integer_quotient('team_minutes - 240', '25') }}
            when team_minutes is not null then 0
        end as overtime_periods,
        case when points > opponent_points then true when points < opponent_points then false end as win_flag,
        points - opponent_points as margin_of_victory,

        has_shot_zones as shot_zones_available,
        case when has_shot_zones then 'bigdataball' end as shot_zones_source,
        source_system as primary_source_used,
        case source_system when 'nbac_team_boxscore' then 'gold' else 'silver' end as quality_tier,
        {{ int64("case source_system when 'nbac_team_boxscore' then 100 else 85 end") }} as quality_score,
        quality_issues,
        {{ array_size('quality_issues') }} > 0 as processed_with_issues,
        possessions_x100 is not null and points is not null as is_production_ready
    from rated
)

select * from final
