-- Games in a city that seed venues lacks, or of a team without an arena there: travel to and from them is NULL. A warning
-- that names the city; a row in seeds/venues.csv mends it.
{{ config(severity='warn') }}

select
    games.game_date,
    games.game_id,
    schedule.arena_city,
    schedule.is_neutral_site
from {{ ref('int_schedule__games') }} as games
inner join {{ ref('stg_nbacom__schedule') }} as schedule on games.nba_game_id = schedule.nba_game_id
where
    games.venue_key is null
    and {{ in_window('games.game_date') }}
