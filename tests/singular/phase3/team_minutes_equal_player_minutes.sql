-- 240 minutes and 25 more per overtime, and the players' minutes add up to them within one minute. Only games from the
-- gamebook: the fallback prints whole minutes.
{{ config(meta={
    'judges': ['player_game_summary'], 'severity': 'hold',
    'reason': 'per-minute rates and usage divide by these minutes',
}) }}

with

player_minutes as (
    select
        game_id,
        team_abbr,
        sum(seconds_played) as seconds_played
    from {{ ref('player_game_summary') }}
    where primary_source_used = 'nbac_gamebook' and {{ in_window('game_date') }}
    group by game_id, team_abbr
)

select
    teams.game_date,
    teams.game_id,
    teams.team_abbr,
    teams.team_minutes,
    teams.overtime_periods,
    player_minutes.seconds_played
from {{ ref('team_offense_game_summary') }} as teams
left join player_minutes
    on
        teams.game_id = player_minutes.game_id
        and teams.team_abbr = player_minutes.team_abbr
where
    {{ in_window('teams.game_date') }}
    and (
        teams.team_minutes is null
        or teams.team_minutes <> 240 + 25 * teams.overtime_periods
        or abs(player_minutes.seconds_played - 60 * teams.team_minutes) > 60
    )
