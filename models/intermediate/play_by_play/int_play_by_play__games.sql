-- grain: game_id · window: requested dates · reads: play-by-play, shots
-- why: which games have play-by-play at all, so that "no shots" is 0 and "no play-by-play" is NULL (definitions P7).
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['game_id']) }}

with

events as (
    select * from {{ reads(ref('stg_bigdataball__play_by_play')) }}
),

final as (
    select
        game_id,
        game_date,
        {{ count_if("event_type = 'shot' and is_made is not null") }} as shots,
        max(period) as periods
    from events
    where game_id is not null
    group by game_id, game_date
)

select * from final
