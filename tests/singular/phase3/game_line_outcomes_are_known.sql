-- Outcomes of spreads and totals that name neither team of their game, nor over or under: a spelling that seed team_names
-- lacks. The model leaves such a quote out, so this looks at raw. A warning: the game has no line, and says so.
{{ config(severity='warn') }}

select
    lines.game_date,
    lines.home_team_abbr,
    lines.away_team_abbr,
    lines.market_key,
    lines.outcome_name,
    count(*) as quotes
from {{ source('odds_api', 'odds_api_game_lines') }} as lines
left join {{ ref('team_names') }} as team_names on lines.outcome_name = team_names.team_name
where
    {{ in_window('lines.game_date') }}
    and lower(lines.market_key) in ('spreads', 'totals')
    and coalesce(lower(lines.outcome_name), '') not in ('over', 'under')
    and coalesce(
        team_names.team_abbr not in ({{ team_code('lines.home_team_abbr') }}, {{ team_code('lines.away_team_abbr') }}), true
    )
group by lines.game_date, lines.home_team_abbr, lines.away_team_abbr, lines.market_key, lines.outcome_name
