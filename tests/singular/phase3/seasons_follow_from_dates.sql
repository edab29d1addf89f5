-- A season is named by the year it begins in: the year of the last 12 October (audits R2), also for one that begins in
-- December or ends in October. A game under another season would count into the wrong averages.
with

games as (
    select
        game_id,
        game_date,
        season_year,
        extract(year from {{ season_start('game_date') }}) as year_of_begin
    from {{ ref('int_schedule__games') }}
    where {{ in_window('game_date') }}
)

select
    'nbac_schedule' as source_table,
    game_date,
    game_id,
    season_year
from games
where season_year <> year_of_begin
