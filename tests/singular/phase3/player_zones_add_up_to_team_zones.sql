-- Shots by zone: the players of a team, plus shots of actors nobody could name, make the team's numbers.
{{ config(meta={
    'judges': ['player_game_summary'], 'severity': 'hold',
    'reason': 'shots of one game are counted once; a difference is a shot that nobody or two took',
}) }}

{%- set zones = ['paint_attempts', 'paint_makes', 'mid_range_attempts', 'mid_range_makes'] %}
with

player_zones as (
    select
        {% for zone in zones -%}
        sum({{ zone }}) as {{ zone }},
        {% endfor -%}
        game_id,
        team_abbr
    from {{ ref('player_game_summary') }}
    where {{ in_window('game_date') }}
    group by game_id, team_abbr
),

unnamed as (
    select
        game_id,
        team_abbr,
        {{ count_if("zone = 'paint'") }} as paint_attempts,
        {{ count_if("zone = 'paint' and is_made") }} as paint_makes,
        {{ count_if("zone = 'mid_range'") }} as mid_range_attempts,
        {{ count_if("zone = 'mid_range' and is_made") }} as mid_range_makes
    from {{ ref('int_play_by_play__shots') }}
    where shooter_lookup is null and {{ in_window('game_date') }}
    group by game_id, team_abbr
),

team_zones as (
    select * from {{ ref('team_offense_game_summary') }}
    where shot_zones_available and {{ in_window('game_date') }}
)

select
    team_zones.game_date,
    team_zones.game_id,
    team_zones.team_abbr,
    team_zones.team_paint_attempts,
    player_zones.paint_attempts as player_paint_attempts,
    team_zones.team_mid_range_attempts,
    player_zones.mid_range_attempts as player_mid_range_attempts
from team_zones
left join player_zones
    on
        team_zones.game_id = player_zones.game_id
        and team_zones.team_abbr = player_zones.team_abbr
left join unnamed
    on
        team_zones.game_id = unnamed.game_id
        and team_zones.team_abbr = unnamed.team_abbr
where
    player_zones.game_id is null
    {% for zone in zones -%}
    or team_zones.team_{{ zone }} <> coalesce(player_zones.{{ zone }}, 0) + coalesce(unnamed.{{ zone }}, 0)
    {% endfor %}
