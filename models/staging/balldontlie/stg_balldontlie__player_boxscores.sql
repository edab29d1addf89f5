-- grain: game_id, player_name_key · window: none, consumers cut dates · reads: bdl_player_boxscores
-- why: the fallback player box score; its stored key deletes accented letters, so it is made again from the name.
with

boxscores as (
    select * from {{ source('balldontlie', 'bdl_player_boxscores') }}
),

canonical as (
    select
        -- ids
        {{ canonical_game_id('game_date', 'away_team_abbr', 'home_team_abbr') }} as game_id,
        {{ normalize_player_name('player_full_name') }} as player_name_key,
        {{ team_code('team_abbr') }} as team_abbr,
        season_year,
        player_full_name as player_name,

        -- state
        coalesce(lower(game_status) = 'final', false) as is_final,

        -- numerics
        {{ minutes_to_seconds('minutes') }} as seconds_played,
        points,
        field_goals_made as fg_makes,
        field_goals_attempted as fg_attempts,
        three_pointers_made as three_pt_makes,
        three_pointers_attempted as three_pt_attempts,
        free_throws_made as ft_makes,
        free_throws_attempted as ft_attempts,
        offensive_rebounds,
        defensive_rebounds,
        coalesce(offensive_rebounds + defensive_rebounds, rebounds) as rebounds,
        assists,
        steals,
        blocks,
        turnovers,
        personal_fouls,

        -- dates
        game_date,
        processed_at
    from boxscores
),

final as (
    select *
    from canonical
    qualify row_number() over (
        partition by game_date, game_id, player_name_key
        order by processed_at desc, seconds_played desc, team_abbr asc
    ) = 1
)

select * from final
