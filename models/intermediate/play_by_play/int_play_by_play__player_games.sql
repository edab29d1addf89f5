-- grain: game_id, player_lookup who shot, blocked or drew an and-one · window: requested dates
-- reads: shots, play-by-play, resolved names · why: shot zones and shot creation of a player, from three kinds of events.
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['player_lookup']) }}

with

shots as (
    select * from {{ reads(ref('int_play_by_play__shots')) }}
),

events as (
    select * from {{ reads(ref('stg_bigdataball__play_by_play')) }}
    where event_type = 'free throw' and event_subtype = 'free throw 1/1'
),

names as (
    select * from {{ reads(ref('int_players__resolved_names')) }}
    where source_system = 'bigdataball'
),

shooting as (
    select
        game_id,
        game_date,
        shooter_lookup as player_lookup,
        {{ count_if("zone = 'paint'") }} as paint_attempts,
        {{ count_if("zone = 'paint' and is_made") }} as paint_makes,
        {{ count_if("zone = 'mid_range'") }} as mid_range_attempts,
        {{ count_if("zone = 'mid_range' and is_made") }} as mid_range_makes,
        {{ count_if('is_assisted') }} as assisted_fg_makes,
        {{ count_if('is_made and not is_assisted') }} as unassisted_fg_makes,
        {{ count_if("zone = 'unknown'") }} as unknown_zone_attempts,
        count(*) as play_by_play_attempts
    from shots
    where shooter_lookup is not null
    group by game_id, game_date, shooter_lookup
),

blocking as (
    select
        game_id,
        game_date,
        blocker_lookup as player_lookup,
        {{ count_if("zone = 'paint'") }} as paint_blocks,
        {{ count_if("zone = 'mid_range'") }} as mid_range_blocks,
        {{ count_if("zone = 'three'") }} as three_pt_blocks
    from shots
    where blocker_lookup is not null
    group by game_id, game_date, blocker_lookup
),

and_ones as (
    select
        events.game_id,
        events.game_date,
        names.player_lookup,
        count(*) as and1_count
    from events
    inner join names
        on
            events.game_date = names.game_date
            and events.game_id = names.game_id
            and events.player_name_key = names.player_name_key
    where names.player_lookup is not null
    group by events.game_id, events.game_date, names.player_lookup
),

actors as (
    select game_id, game_date, player_lookup from shooting
    union distinct
    select game_id, game_date, player_lookup from blocking
    union distinct
    select game_id, game_date, player_lookup from and_ones
),

final as (
    select
        actors.game_id,
        actors.game_date,
        actors.player_lookup,
        coalesce(shooting.paint_attempts, 0) as paint_attempts,
        coalesce(shooting.paint_makes, 0) as paint_makes,
        coalesce(shooting.mid_range_attempts, 0) as mid_range_attempts,
        coalesce(shooting.mid_range_makes, 0) as mid_range_makes,
        coalesce(shooting.assisted_fg_makes, 0) as assisted_fg_makes,
        coalesce(shooting.unassisted_fg_makes, 0) as unassisted_fg_makes,
        coalesce(shooting.unknown_zone_attempts, 0) as unknown_zone_attempts,
        coalesce(shooting.play_by_play_attempts, 0) as play_by_play_attempts,
        coalesce(blocking.paint_blocks, 0) as paint_blocks,
        coalesce(blocking.mid_range_blocks, 0) as mid_range_blocks,
        coalesce(blocking.three_pt_blocks, 0) as three_pt_blocks,
        coalesce(and_ones.and1_count, 0) as and1_count
    from actors
    left join shooting on actors.game_id = shooting.game_id and actors.player_lookup = shooting.player_lookup
    left join blocking on actors.game_id = blocking.game_id and actors.player_lookup = blocking.player_lookup
    left join and_ones on actors.game_id = and_ones.game_id and actors.player_lookup = and_ones.player_lookup
)

select * from final
