-- A game with a usable spread or total in raw has one in both team rows (the reference joined on an event hash: never).
{{ config(meta={
    'judges': ['upcoming_team_game_context'], 'severity': 'hold',
    'reason': 'raw has the line: a join has lost it',
}) }}

with

raw_lines as (
    select
        lines.game_id,
        lines.game_date,
        {{ any_true("lines.market = 'spreads'") }} as has_spread,
        {{ any_true("lines.market = 'totals'") }} as has_total
    from {{ ref('stg_odds_api__game_lines') }} as lines
    inner join {{ ref('int_schedule__games') }} as games on lines.game_id = games.game_id
    where
        {{ in_window('lines.game_date') }}
        and {{ in_window('games.game_date') }}
        and lines.outcome_side is not null
        and {{ no_later_than_tip('lines.quoted_at', 'games.tip_off_at', 'lines.source_start_at') }}
    group by lines.game_id, lines.game_date
),

served as (
    select
        game_id,
        count(game_spread) as spreads,
        count(game_total) as totals
    from {{ ref('upcoming_team_game_context') }}
    where {{ in_window('game_date') }}
    group by game_id
)

select
    raw_lines.game_date,
    raw_lines.game_id,
    served.spreads,
    served.totals
from raw_lines
left join served on raw_lines.game_id = served.game_id
where
    (raw_lines.has_spread and coalesce(served.spreads, 0) <> 2)
    or (raw_lines.has_total and coalesce(served.totals, 0) <> 2)
