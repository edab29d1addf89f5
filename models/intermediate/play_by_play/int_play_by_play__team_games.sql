-- grain: game_id, team_abbr (both teams of a game with usable play-by-play) · window: requested dates · reads: shots
-- why: shot zones of a team; a shot without a known team belongs to nobody (definitions T3).
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['team_abbr']) }}

with

shots as (
    select * from {{ reads(ref('int_play_by_play__shots')) }}
),

games as (
    select * from {{ reads(ref('int_play_by_play__usable_games')) }}
),

team_games as (
    select * from {{ reads(ref('int_schedule__team_games')) }}
),

offence as (
    select
        game_id,
        team_abbr,
        {{ count_if("zone = 'paint'") }} as paint_attempts,
        {{ count_if("zone = 'paint' and is_made") }} as paint_makes,
        {{ count_if("zone = 'mid_range'") }} as mid_range_attempts,
        {{ count_if("zone = 'mid_range' and is_made") }} as mid_range_makes
    from shots
    group by game_id, team_abbr
),

defence as (
    select
        game_id,
        defending_team_abbr as team_abbr,
        {{ count_if("is_blocked and zone = 'paint'") }} as paint_blocks,
        {{ count_if("is_blocked and zone = 'mid_range'") }} as mid_range_blocks,
        {{ count_if("is_blocked and zone = 'three'") }} as three_pt_blocks
    from shots
    group by game_id, defending_team_abbr
),

final as (
    select
        games.game_id,
        games.game_date,
        team_games.team_abbr,
        coalesce(offence.paint_attempts, 0) as paint_attempts,
        coalesce(offence.paint_makes, 0) as paint_makes,
        coalesce(offence.mid_range_attempts, 0) as mid_range_attempts,
        coalesce(offence.mid_range_makes, 0) as mid_range_makes,
        coalesce(defence.paint_blocks, 0) as paint_blocks,
        coalesce(defence.mid_range_blocks, 0) as mid_range_blocks,
        coalesce(defence.three_pt_blocks, 0) as three_pt_blocks
    from games
    inner join team_games on games.game_id = team_games.game_id
    left join offence on games.game_id = offence.game_id and team_games.team_abbr = offence.team_abbr
    left join defence on games.game_id = defence.game_id and team_games.team_abbr = defence.team_abbr
    where games.has_zones
)

select * from final
