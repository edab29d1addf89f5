-- grain: player_lookup, season, team_abbr · window: whole table · reads: the raw registry
-- why: the id under which every source knows a player.
with

registry as (
    select * from {{ source('registry', 'nba_players_registry') }}
),

final as (
    select
        universal_player_id,
        player_lookup,
        player_name,
        birth_date,
        {{ team_code('team_abbr') }} as team_abbr,
        season,
        first_game_date,
        last_game_date,
        games_played
    from registry
    qualify row_number() over (
        partition by player_lookup, season, team_abbr
        order by processed_at desc, universal_player_id asc
    ) = 1
)

select * from final
