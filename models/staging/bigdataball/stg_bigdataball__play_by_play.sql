-- grain: game_id, event_sequence · window: none, consumers cut dates · reads: bigdataball_play_by_play
-- why: events with canonical teams and keys; players still carry that source's spelling.
with

events as (
    select * from {{ source('bigdataball', 'bigdataball_play_by_play') }}
),

canonical as (
    select
        -- ids
        {{ canonical_game_id('game_date', 'away_team_abbr', 'home_team_abbr') }} as game_id,
        event_sequence,
        {{ team_code('home_team_abbr') }} as home_team_abbr,
        {{ team_code('away_team_abbr') }} as away_team_abbr,
        {{ team_code('player_1_team_abbr') }} as team_abbr,
        nullif(player_1_lookup, '') as player_name_key,
        nullif(player_2_lookup, '') as other_player_name_key,
        lower(player_2_role) as other_player_role,

        -- state
        period,
        lower(event_type) as event_type,
        lower(event_subtype) as event_subtype,
        shot_made as is_made,
        upper(shot_type) as shot_type,
        shot_distance as shot_distance_feet,

        -- dates
        game_date,
        processed_at
    from events
),

final as (
    select *
    from canonical
    qualify row_number() over (
        partition by game_date, game_id, event_sequence
        order by processed_at desc, event_type asc nulls last
    ) = 1
)

select * from final
