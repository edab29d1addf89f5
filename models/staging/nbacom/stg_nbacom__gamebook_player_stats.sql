-- grain: game_id, team_abbr, player_lookup · window: none, consumers cut dates · reads: nbac_gamebook_player_stats
-- why: the list of everybody at a game, and the primary player box score.
with

gamebook as (
    select * from {{ source('nbacom', 'nbac_gamebook_player_stats') }}
),

canonical as (
    select
        -- ids
        {{ canonical_game_id('game_date', 'away_team_abbr', 'home_team_abbr') }} as game_id,
        {{ normalize_player_name('player_name') }} as player_lookup,
        {{ team_code('team_abbr') }} as team_abbr,
        season_year,
        player_name,

        -- state
        lower(player_status) as player_status,
        starter as is_starter,

        -- numerics
        coalesce({{ minutes_to_seconds('minutes') }}, cast(round(60 * minutes_decimal) as bigint)) as seconds_played,
        points,
        field_goals_made as fg_makes,
        field_goals_attempted as fg_attempts,
        three_pointers_made as three_pt_makes,
        three_pointers_attempted as three_pt_attempts,
        free_throws_made as ft_makes,
        free_throws_attempted as ft_attempts,
        offensive_rebounds,
        defensive_rebounds,
        coalesce(offensive_rebounds + defensive_rebounds, total_rebounds) as rebounds,
        assists,
        steals,
        blocks,
        turnovers,
        personal_fouls,
        plus_minus,

        -- dates
        game_date,
        processed_at
    from gamebook
),

final as (
    select *
    from canonical
    qualify row_number() over (
        partition by game_date, game_id, team_abbr, player_lookup
        order by processed_at desc, seconds_played desc, player_name asc nulls last
    ) = 1
)

select * from final
