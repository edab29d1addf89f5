-- grain: player_lookup · window: whole table · reads: nba_players_registry
-- why: one id per player; several seasons and teams of one player carry the same id.
with

registry as (
    select * from {{ source('registry', 'nba_players_registry') }}
),

final as (
    select
        player_lookup,
        min(universal_player_id) as universal_player_id,
        min(birth_date) as birth_date,
        count(distinct universal_player_id) as universal_player_ids
    from registry
    group by player_lookup
)

select * from final
