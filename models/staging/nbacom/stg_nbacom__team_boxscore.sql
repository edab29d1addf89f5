-- grain: game_date, team_abbr (a team plays once a day; the stored game_id has had either orientation)
-- window: none, consumers cut dates · reads: nbac_team_boxscore
-- why: the primary team box score; duplicated loads end here, not in a self-join.
with

boxscores as (
    select * from {{ source('nbacom', 'nbac_team_boxscore') }}
),

canonical as (
    select
        -- ids
        game_id as source_game_id,
        {{ team_code('team_abbr') }} as team_abbr,

        -- numerics
        {{ integer_quotient(minutes_to_seconds('minutes'), '60') }} as team_minutes,
        points,
        fg_made as fg_makes,
        fg_attempted as fg_attempts,
        three_pt_made as three_pt_makes,
        three_pt_attempted as three_pt_attempts,
        ft_made as ft_makes,
        ft_attempted as ft_attempts,
        offensive_rebounds,
        defensive_rebounds,
        coalesce(offensive_rebounds + defensive_rebounds, total_rebounds) as rebounds,
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
        partition by game_date, team_abbr
        order by processed_at desc, points desc, fg_attempts desc
    ) = 1
)

select * from final
