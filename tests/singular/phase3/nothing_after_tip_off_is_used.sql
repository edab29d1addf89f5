-- No published line and no injury status is stamped after the tip-off of its game (D3).
with

games as (
    select game_id, tip_off_at from {{ ref('int_schedule__games') }}
    where {{ in_window('game_date') }} and tip_off_at is not null
)

select
    'game line' as kind,
    context.game_date,
    context.game_id,
    context.team_abbr as entity
from {{ ref('upcoming_team_game_context') }} as context
inner join games on context.game_id = games.game_id
where {{ in_window('context.game_date') }} and context.betting_lines_updated_at > games.tip_off_at
union all
select
    'points line' as kind,
    lines.game_date,
    lines.game_id,
    lines.player_lookup as entity
from {{ ref('int_betting__player_points_lines') }} as lines
inner join games on lines.game_id = games.game_id
where {{ in_window('lines.game_date') }} and lines.closing_quoted_at > games.tip_off_at
union all
select
    'injury report' as kind,
    injuries.game_date,
    injuries.game_id,
    injuries.player_name_key as entity
from {{ ref('int_injuries__status_at_tip') }} as injuries
inner join games on injuries.game_id = games.game_id
where {{ in_window('injuries.game_date') }} and injuries.reported_at > games.tip_off_at
