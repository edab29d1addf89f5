-- usage_rate is known for at least 99.5 % of the players with minutes (stories 4 and 7).
select
    count(*) as players_with_minutes,
    count(usage_rate) as players_with_usage
from {{ ref('player_game_summary') }}
where seconds_played > 0 and {{ in_window('game_date') }}
having count(usage_rate) < 0.995 * count(*)
