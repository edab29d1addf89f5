-- Games in a city that seed venues lacks, or of a team without an arena there: travel to and from them is NULL. A warning
-- that names the city; a row in seeds/venues.csv mends it.
{{ config(severity='warn') }}

select
    games.game_date,
    games.game_id,
    schedule.arena_city,
    schedule.neutral_site_flag
from {{ ref('int_schedule__games') }} as games
inner join {{ source('nbacom', 'nbac_schedule') }} as schedule on games.nba_game_id = schedule.game_id
where
    games.venue_key is null
    and {{ in_window('games.game_date') }}
    and {{ in_window('schedule.game_date') }}
