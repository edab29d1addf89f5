-- A player's upcoming row has the total and the spread of his team, and the closing line of his game row.
{{ config(meta={
    'judges': ['upcoming_player_game_context'], 'severity': 'hold',
    'reason': 'one quote that several tables copy',
}) }}
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
    'player row carries the team lines' as rule,
    player_context.game_date,
    player_context.game_id,
    player_context.player_lookup as entity
from player_context
inner join team_context
    on
        player_context.game_id = team_context.game_id
        and player_context.team_abbr = team_context.team_abbr
where
    player_context.game_total is distinct from team_context.game_total
    or player_context.game_spread is distinct from team_context.game_spread
union all
select
    'both tables carry the same closing line' as rule,
    player_context.game_date,
    player_context.game_id,
    player_context.player_lookup as entity
from player_context
inner join player_games
    on
        player_context.game_id = player_games.game_id
        and player_context.player_lookup = player_games.player_lookup
where player_games.points_line is distinct from player_context.current_points_line
