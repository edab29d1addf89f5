-- grain: game_date, team_abbr, player_lookup · window: none, consumers cut dates · reads: nbac_player_boxscores
-- why: second source of starters (definitions P5, A5). Its key is the gamebook's normalised name.
with

boxscores as (
    select * from {{ source('nbacom', 'nbac_player_boxscores') }}
),

final as (
    select
        {{ team_code('team_abbr') }} as team_abbr,
        {{ normalize_player_name('player_lookup') }} as player_lookup,
        starter as is_starter,
        game_date
    from boxscores
    qualify row_number() over (
        partition by game_date, team_abbr, player_lookup
        order by processed_at desc, starter desc
    ) = 1
)

select * from final
