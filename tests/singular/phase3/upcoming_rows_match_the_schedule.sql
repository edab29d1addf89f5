-- Two team rows per scheduled game, no other; and player rows for both teams of every game whose teams have a list.
with

games as (
    select game_id, game_date from {{ ref('int_schedule__games') }}
    where {{ in_window('game_date') }}
),

team_rows as (
    select game_id, game_date, count(*) as team_rows from {{ ref('upcoming_team_game_context') }}
    where {{ in_window('game_date') }}
    group by game_id, game_date
),

listed as (
    select game_id, count(*) as players from {{ ref('int_players__listings') }}
    where {{ in_window('game_date') }}
    group by game_id
),

player_rows as (
    select game_id, count(*) as players from {{ ref('upcoming_player_game_context') }}
    where {{ in_window('game_date') }}
    group by game_id
)

select
    coalesce(games.game_date, team_rows.game_date) as game_date,
    coalesce(games.game_id, team_rows.game_id) as game_id,
    team_rows.team_rows,
    listed.players as listed_players,
    player_rows.players as player_rows
from games
full outer join team_rows on games.game_id = team_rows.game_id
left join listed on games.game_id = listed.game_id
left join player_rows on games.game_id = player_rows.game_id
where
    games.game_id is null
    or coalesce(team_rows.team_rows, 0) <> 2
    or coalesce(player_rows.players, 0) <> coalesce(listed.players, 0)
