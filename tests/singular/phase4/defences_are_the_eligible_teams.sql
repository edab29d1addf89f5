-- Every team with enough result rows before the day has a zone-defence row on every game day after bootstrap, no other
-- team has one, and its sample never holds more games than it played (story 2: duplicates once filled the window).
{%- set season = read_bounds('season_to_date') if execute else {} %}
with

days as (
    select * from {{ ref('int_schedule__precompute_days') }}
    where {{ in_window('game_date') }}
),

results as (
    select
        days.game_date,
        defence.defending_team_abbr as team_abbr,
        count(distinct defence.game_id) as games
    from days
    inner join {{ ref('team_defense_game_summary') }} as defence
        on
            days.season_year = defence.season_year
            and days.game_date > defence.game_date
            and defence.game_date between cast('{{ season.first }}' as date) and cast('{{ season.last }}' as date)
    group by days.game_date, defence.defending_team_abbr
),

scheduled as (
    select
        days.game_date,
        team_games.team_abbr,
        count(*) as finals
    from days
    inner join {{ ref('int_schedule__team_games') }} as team_games
        on
            days.season_year = team_games.season_year
            and days.game_date > team_games.game_date
            and team_games.game_date between cast('{{ season.first }}' as date) and cast('{{ season.last }}' as date)
    where team_games.is_final
    group by days.game_date, team_games.team_abbr
),

built as (
    select * from {{ ref('team_defense_zone_analysis') }}
    where {{ in_window('game_date') }}
)

select
    coalesce(results.game_date, built.game_date) as game_date,
    coalesce(results.team_abbr, built.team_abbr) as team_abbr,
    results.games,
    scheduled.finals,
    built.games_in_sample
from results
full outer join built
    on
        results.game_date = built.game_date
        and results.team_abbr = built.team_abbr
left join scheduled
    on
        built.game_date = scheduled.game_date
        and built.team_abbr = scheduled.team_abbr
where
    (built.team_abbr is null and results.games >= {{ var('tdza_min_games') }})
    or (built.team_abbr is not null and coalesce(results.games, 0) < {{ var('tdza_min_games') }})
    or built.games_in_sample > coalesce(scheduled.finals, 0)
