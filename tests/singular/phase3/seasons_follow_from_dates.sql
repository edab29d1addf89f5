-- A season is named by the year it begins in: the year of the last 1 August; a season that ran into October (2019-20) is
-- the one before. A game under another season would count into the wrong averages.
with

games as (
    select
        game_id,
        game_date,
        season_year,
        extract(year from {{ season_start('game_date') }}) as year_of_begin,
        extract(month from game_date) as month_of_game
    from {{ ref('int_schedule__games') }}
    where {{ in_window('game_date') }}
)

select
    'nbac_schedule' as source_table,
    game_date,
    game_id,
    season_year
from games
where
    season_year <> year_of_begin
    and not (season_year = year_of_begin - 1 and month_of_game between 8 and 10)
