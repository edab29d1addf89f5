-- Who is at home is what the schedule says, in every table that says it (story 4).
{{ config(meta={
    'judges': ['player_game_summary', 'team_offense_game_summary', 'team_defense_game_summary', 'upcoming_player_game_context', 'upcoming_team_game_context'], 'severity': 'hold',
    'reason': 'a row on the wrong side of a game is wrong in every split and in every travel',
}) }}

{%- set tables = {
    'player_game_summary': ('team_abbr', 'home_game'),
    'team_offense_game_summary': ('team_abbr', 'home_game'),
    'team_defense_game_summary': ('defending_team_abbr', 'home_game'),
    'upcoming_player_game_context': ('team_abbr', 'home_game'),
    'upcoming_team_game_context': ('team_abbr', 'home_game'),
} %}
with

games as (
    select game_id, home_team_abbr from {{ ref('int_schedule__games') }}
    where {{ in_window('game_date') }}
),

sides as (
    {%- for table, (team, home) in judged_among(tables).items() %}
    {{ 'union all' if not loop.first }}
    select
        '{{ table }}' as table_name,
        game_date,
        game_id,
        {{ team }} as team_abbr,
        {{ home }} as is_home
    from {{ ref(table) }}
    where {{ in_window('game_date') }}
    group by game_date, game_id, {{ team }}, {{ home }}
    {%- endfor %}
)

select sides.*
from sides
inner join games on sides.game_id = games.game_id
where sides.is_home is distinct from (sides.team_abbr = games.home_team_abbr)
