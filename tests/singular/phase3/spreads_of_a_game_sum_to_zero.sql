-- The two teams of a game have the same total, and spreads of opposite sign.
{{ config(meta={
    'judges': ['upcoming_team_game_context'], 'severity': 'hold',
    'reason': 'one quote for one game, told from two sides',
}) }}
with

team_context as (
    select * from {{ ref('upcoming_team_game_context') }}
    where {{ in_window('game_date') }}
)

select
    home.game_date,
    home.game_id,
    home.team_abbr,
    home.game_spread,
    away.game_spread as opponent_spread,
    home.game_total,
    away.game_total as opponent_total
from team_context as home
inner join team_context as away
    on
        home.game_id = away.game_id
        and home.opponent_team_abbr = away.team_abbr
where
    home.home_game
    and (home.game_spread is distinct from -away.game_spread or home.game_total is distinct from away.game_total)
