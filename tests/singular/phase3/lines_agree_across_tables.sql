-- The spreads of a game sum to zero, players carry their team's total and spread, and margins are points minus line.
with

team_context as (
    select * from {{ ref('upcoming_team_game_context') }}
    where {{ in_window('game_date') }}
),

player_context as (
    select * from {{ ref('upcoming_player_game_context') }}
    where {{ in_window('game_date') }}
),

player_games as (
    select * from {{ ref('player_game_summary') }}
    where {{ in_window('game_date') }}
)

select
    'spreads of a game sum to zero' as rule,
    home.game_date,
    home.game_id,
    home.team_abbr as entity
from team_context as home
inner join team_context as away
    on
        home.game_id = away.game_id
        and home.opponent_team_abbr = away.team_abbr
where
    home.home_game
    and (home.game_spread is distinct from -away.game_spread or home.game_total is distinct from away.game_total)
union all
select
    'player row carries the team lines' as rule,
    player_context.game_date,
    player_context.game_id,
    player_context.player_lookup as entity
from player_context
left join team_context
    on
        player_context.game_id = team_context.game_id
        and player_context.team_abbr = team_context.team_abbr
where
    team_context.game_id is null
    or player_context.game_total is distinct from team_context.game_total
    or player_context.game_spread is distinct from team_context.game_spread
union all
select
    'margin is points minus line' as rule,
    player_games.game_date,
    player_games.game_id,
    player_games.player_lookup as entity
from player_games
where
    player_games.margin is distinct from player_games.points - player_games.points_line
    or (player_games.points_line is null) <> (player_games.over_under_result is null)
union all
select
    'both tables carry the same closing line' as rule,
    player_games.game_date,
    player_games.game_id,
    player_games.player_lookup as entity
from player_games
inner join player_context
    on
        player_games.game_id = player_context.game_id
        and player_games.player_lookup = player_context.player_lookup
where player_games.points_line is distinct from player_context.current_points_line
