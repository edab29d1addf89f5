-- No published line and no injury status is stamped after the tip-off of its game (D3).
{{ config(meta={
    'judges': ['upcoming_team_game_context', 'int_betting__player_points_lines', 'int_injuries__status_at_tip'], 'severity': 'hold',
    'reason': 'a row that saw its own future',
}) }}
{%- set stamps = {
    'upcoming_team_game_context': ('team_abbr', 'betting_lines_updated_at'),
    'int_betting__player_points_lines': ('player_lookup', 'closing_quoted_at'),
    'int_injuries__status_at_tip': ('player_name_key', 'reported_at'),
} %}
with

games as (
    select game_id, tip_off_at from {{ ref('int_schedule__games') }}
    where {{ in_window('game_date') }} and tip_off_at is not null
)

{%- for table, (entity, stamp) in judged_among(stamps).items() %}
{{ 'union all' if not loop.first }}
select
    '{{ table }}' as table_name,
    stamped.game_date,
    stamped.game_id,
    stamped.{{ entity }} as entity,
    stamped.{{ stamp }} as stamped_at,
    games.tip_off_at
from {{ ref(table) }} as stamped
inner join games on stamped.game_id = games.game_id
where {{ in_window('stamped.game_date') }} and stamped.{{ stamp }} > games.tip_off_at
{%- endfor %}
