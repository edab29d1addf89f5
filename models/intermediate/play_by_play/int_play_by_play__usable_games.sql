-- grain: game_id with play-by-play · window: requested dates · reads: games and shots of the play-by-play, team box scores
-- why: play-by-play that contradicts the box score is not used: zones that miss or add more than 5 % of a team's attempts,
-- and for players shots of which more than 5 % have no known shooter (audits Q4). No box score contradicts nothing.
{{ config(materialized='ephemeral') }}

with

games as (
    select * from {{ reads(ref('int_play_by_play__games')) }}
),

shots as (
    select * from {{ reads(ref('int_play_by_play__shots')) }}
),

team_lines as (
    select * from {{ reads(ref('int_boxscores__team_lines')) }}
),

shots_of_teams as (
    select
        game_id,
        team_abbr,
        {{ count_if("zone <> 'unknown'") }} as zoned_shots,
        {{ count_if("zone in ('paint', 'mid_range')") }} as zoned_twos
    from shots
    group by game_id, team_abbr
),

known_shooters as (
    select
        game_id,
        count(shooter_lookup) as shots
    from shots
    group by game_id
),

-- all zones against all attempts, and the zones of twos with the threes of the box score: a three may be taken for a two
contradicted as (
    select team_lines.game_id
    from team_lines
    left join shots_of_teams
        on
            team_lines.game_id = shots_of_teams.game_id
            and team_lines.team_abbr = shots_of_teams.team_abbr
    where
        100 * abs(coalesce(shots_of_teams.zoned_shots, 0) - team_lines.fg_attempts)
        > {{ var('play_by_play_tolerance_pct') }} * team_lines.fg_attempts
        or 100 * abs(coalesce(shots_of_teams.zoned_twos, 0) + team_lines.three_pt_attempts - team_lines.fg_attempts)
        > {{ var('play_by_play_tolerance_pct') }} * team_lines.fg_attempts
    group by team_lines.game_id
),

judged as (
    select
        games.game_id,
        games.game_date,
        games.shots,
        coalesce(known_shooters.shots, 0) as known_shooters,
        games.shots > 0 and contradicted.game_id is null as has_zones
    from games
    left join known_shooters on games.game_id = known_shooters.game_id
    left join contradicted on games.game_id = contradicted.game_id
),

final as (
    select
        game_id,
        game_date,
        shots,
        has_zones,
        has_zones
        and 100 * (shots - known_shooters) <= {{ var('play_by_play_tolerance_pct') }} * shots as has_player_zones
    from judged
)

select * from final
