-- Upcoming rows whose teams' last 14 days are not all built: rest and schedule are right, form and averages are not. A
-- warning: it names the dates to rebuild after the dates before them have been built.
{{ config(severity='warn') }}

select
    game_date,
    count(*) as team_rows,
    sum(missing_games_count) as missing_games
from {{ ref('upcoming_team_game_context') }}
where {{ in_window('game_date') }} and missing_games_count > 0
group by game_date
