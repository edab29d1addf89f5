-- grain: game_id, player_lookup · window: requested dates
-- reads: player box scores, shot zones, team offence and points lines of the same day, the registry
-- why: one row per player who appeared in a final game. Nobody is dropped for an unknown name.
{{ config(partition_by=by_game_date(), cluster_by=['universal_player_id', 'player_lookup', 'team_abbr', 'game_date']) }}

with

player_lines as (
    select * from {{ reads(ref('int_boxscores__player_lines')) }}
),

shot_zones as (
    select * from {{ reads(ref('int_play_by_play__player_games')) }}
),

play_by_play_games as (
    select * from {{ reads(ref('int_play_by_play__usable_games')) }}
),

team_offence as (
    select * from {{ reads(ref('team_offense_game_summary')) }}
),

points_lines as (
    select * from {{ reads(ref('int_betting__player_points_lines')) }}
),

registry as (
    select * from {{ ref('stg_registry__players') }}
),

{%- set zone_counts = [
    'paint_attempts', 'paint_makes', 'mid_range_attempts', 'mid_range_makes', 'paint_blocks', 'mid_range_blocks',
    'three_pt_blocks', 'and1_count', 'assisted_fg_makes', 'unassisted_fg_makes', 'unknown_zone_attempts',
] %}

joined as (
    select
        player_lines.*,
        registry.universal_player_id,
        coalesce(play_by_play_games.has_player_zones, false) as has_play_by_play,
        coalesce(play_by_play_games.shots > 0 and not play_by_play_games.has_player_zones, false) as has_bad_play_by_play,
        {% for count in zone_counts -%}
        case when play_by_play_games.has_player_zones then coalesce(shot_zones.{{ count }}, 0) end as {{ count }},
        {% endfor -%}
        coalesce(shot_zones.play_by_play_attempts, 0) as play_by_play_attempts,
        team_offence.win_flag,
        team_offence.team_minutes,
        -- plays a team used, times 100, so that the 0.44 stays an integer
        100 * (team_offence.fg_attempts + team_offence.turnovers) + 44 * team_offence.ft_attempts as team_plays_x100,
        points_lines.closing_line,
        points_lines.opening_line,
        points_lines.bookmaker
    from player_lines
    left join registry on player_lines.player_lookup = registry.player_lookup
    left join play_by_play_games on player_lines.game_id = play_by_play_games.game_id
    left join shot_zones
        on
            player_lines.game_id = shot_zones.game_id
            and player_lines.player_lookup = shot_zones.player_lookup
    left join team_offence
        on
            player_lines.game_id = team_offence.game_id
            and player_lines.team_abbr = team_offence.team_abbr
    left join points_lines
        on
            player_lines.game_id = points_lines.game_id
            and player_lines.player_lookup = points_lines.player_lookup
),

flagged as (
    select
        *,
        {{ text_array([
            "case when source_system = 'bdl_boxscores' then 'backup_source_used' end",
            "case when seconds_played is null then 'missing_minutes' end",
            "case when seconds_played = 0 then 'zero_minutes_with_stats' end",
            "case when not has_play_by_play then 'missing_shot_zones' end",
            "case when has_bad_play_by_play then 'play_by_play_incomplete' end",
            "case when has_play_by_play and abs(fg_attempts - play_by_play_attempts) > 1 then 'zone_total_mismatch' end",
            "case when closing_line is null then 'missing_prop_line' end",
            "case when universal_player_id is null then 'unresolved_player' end",
            "case when points is null or team_minutes is null then 'missing_required' end",
        ]) }} as quality_issues
    from joined
),

final as (
    select
        player_lookup,
        universal_player_id,
        is_name_resolved and universal_player_id is not null as is_player_resolved,
        player_name as player_full_name,
        game_id,
        nba_game_id,
        game_date,
        team_abbr,
        opponent_team_abbr,
        season_year,
        is_home as home_game,
        is_starter as starter_flag,
        win_flag,

        seconds_played,
        {{ ratio('seconds_played', '60', 2) }} as minutes_decimal,
        {{ ratio('seconds_played', '60', 1) }} as minutes_played,
        points,
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
        steals,
        blocks,
        turnovers,
        personal_fouls,
        plus_minus,

        {% for count in zone_counts -%}
        {{ count }},
        {% endfor %}
        -- 100 * plays used * team minutes / 5 / (minutes * team plays), definitions P4
        {{ ratio(
            '60 * 20 * (100 * (fg_attempts + turnovers) + 44 * ft_attempts) * team_minutes',
            'seconds_played * team_plays_x100', 2
        ) }} as usage_rate,
        {{ ratio('50 * points', '100 * fg_attempts + 44 * ft_attempts', 3, 5) }} as ts_pct,
        {{ ratio('2 * fg_makes + three_pt_makes', '2 * fg_attempts', 3, 5) }} as efg_pct,

        closing_line as points_line,
        case
            when points > closing_line then 'OVER'
            when points < closing_line then 'UNDER'
            when points = closing_line then 'PUSH'
        end as over_under_result,
        cast(points - closing_line as numeric(6, 2)) as margin,
        opening_line,
        cast(closing_line - opening_line as numeric(4, 1)) as line_movement,
        bookmaker as points_line_source,
        case when opening_line is not null then bookmaker end as opening_line_source,

        source_system as primary_source_used,
        case source_system when 'nbac_gamebook' then 'gold' else 'silver' end as quality_tier,
        {{ int64("case source_system when 'nbac_gamebook' then 100 else 85 end") }} as quality_score,
        quality_issues,
        source_system <> 'nbac_gamebook' as quality_used_fallback,
        points is not null and team_minutes is not null as is_production_ready
    from flagged
)

select * from final
