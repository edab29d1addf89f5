-- grain: game_id, event_sequence of a field-goal attempt · window: requested dates · reads: play-by-play, resolved names
-- why: one rule for the zone of a shot (decisions section 2, definitions P10), used by players and teams alike.
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['game_id']) }}

with

events as (
    select * from {{ reads(ref('stg_bigdataball__play_by_play')) }}
),

names as (
    select * from {{ reads(ref('int_players__resolved_names')) }}
    where source_system = 'bigdataball'
),

shots as (
    select
        *,
        coalesce(shot_type = '3PT', {{ matches('event_subtype', '3pt') }}, false) as is_three
    from events
    where event_type = 'shot' and is_made is not null and game_id is not null
),

final as (
    select
        shots.game_id,
        shots.game_date,
        shots.event_sequence,
        shots.period,
        shots.team_abbr,
        case
            when shots.team_abbr = shots.home_team_abbr then shots.away_team_abbr
            when shots.team_abbr = shots.away_team_abbr then shots.home_team_abbr
        end as defending_team_abbr,
        shooters.player_lookup as shooter_lookup,
        shots.is_made,
        case when shots.is_three then 3 else 2 end as shot_value,
        shots.shot_distance_feet,
        case
            when shots.is_three then 'three'
            when shots.shot_distance_feet <= {{ var('paint_max_feet') }} then 'paint'
            when shots.shot_distance_feet is not null then 'mid_range'
            -- the text feed prints no distance at 0 feet: only the kind of shot tells
            when {{ matches('shots.event_subtype', 'layup|dunk|tip|putback') }} then 'paint'
            else 'unknown'
        end as zone,
        shots.is_made and coalesce(shots.other_player_role = 'assist', false) as is_assisted,
        not shots.is_made and coalesce(shots.other_player_role = 'block', false) as is_blocked,
        case when shots.other_player_role = 'block' then others.player_lookup end as blocker_lookup
    from shots
    left join names as shooters
        on
            shots.game_date = shooters.game_date
            and shots.game_id = shooters.game_id
            and shots.player_name_key = shooters.player_name_key
    left join names as others
        on
            shots.game_date = others.game_date
            and shots.game_id = others.game_id
            and shots.other_player_name_key = others.player_name_key
)

select * from final
