-- Every final game has a player box score from some source and a team box score from some source (story 31): without
-- them its rows cannot be built.
with

finals as (
    select game_id, game_date, home_team_abbr from {{ ref('int_schedule__games') }}
    where is_final and {{ in_window('game_date') }}
),

player_sources as (
    select game_id from {{ ref('int_boxscores__player_lines') }}
    where {{ in_window('game_date') }}
    group by game_id
),

team_sources as (
    select game_id from {{ ref('int_boxscores__team_lines') }}
    where {{ in_window('game_date') }}
    group by game_id
)

select
    finals.game_date,
    finals.game_id,
    player_sources.game_id is null as lacks_player_boxscore,
    team_sources.game_id is null as lacks_team_boxscore
from finals
left join player_sources on finals.game_id = player_sources.game_id
left join team_sources on finals.game_id = team_sources.game_id
where player_sources.game_id is null or team_sources.game_id is null
