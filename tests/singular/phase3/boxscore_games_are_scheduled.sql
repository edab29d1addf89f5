-- A box-score game that the schedule does not know, of whatever type, has no season and no type and gets no row (G3).
with

-- games in scope as the project knows them, on their newest date; all others, preseason for example, as raw has them
scheduled as (
    select
        game_id,
        game_date,
        home_team_abbr,
        away_team_abbr
    from {{ ref('int_schedule__games') }}
    where {{ in_window('game_date') }}
    union distinct
    select
        {{ canonical_game_id('game_date', 'away_team_tricode', 'home_team_tricode') }} as game_id,
        game_date,
        {{ team_code('home_team_tricode') }} as home_team_abbr,
        {{ team_code('away_team_tricode') }} as away_team_abbr
    from {{ source('nbacom', 'nbac_schedule') }}
    where {{ in_window('game_date') }} and substr(game_id, 1, 3) not in {{ game_types_in_scope() }}
),

scheduled_teams as (
    select game_date, home_team_abbr as team_abbr from scheduled
    union distinct
    select game_date, away_team_abbr as team_abbr from scheduled
),

gamebook as (
    select game_id, game_date from {{ ref('stg_nbacom__gamebook_player_stats') }}
    where {{ in_window('game_date') }}
    group by game_id, game_date
),

fallback as (
    select game_id, game_date from {{ ref('stg_balldontlie__player_boxscores') }}
    where {{ in_window('game_date') }}
    group by game_id, game_date
),

team_boxscores as (
    select source_game_id, game_date, team_abbr from {{ ref('stg_nbacom__team_boxscore') }}
    where {{ in_window('game_date') }}
)

select
    'nbac_gamebook_player_stats' as source_table,
    gamebook.game_date,
    gamebook.game_id
from gamebook
left join scheduled on gamebook.game_id = scheduled.game_id
where scheduled.game_id is null
union all
select
    'bdl_player_boxscores' as source_table,
    fallback.game_date,
    fallback.game_id
from fallback
left join scheduled on fallback.game_id = scheduled.game_id
where scheduled.game_id is null
union all
select
    'nbac_team_boxscore' as source_table,
    team_boxscores.game_date,
    team_boxscores.source_game_id as game_id
from team_boxscores
left join scheduled_teams
    on
        team_boxscores.game_date = scheduled_teams.game_date
        and team_boxscores.team_abbr = scheduled_teams.team_abbr
where scheduled_teams.team_abbr is null
