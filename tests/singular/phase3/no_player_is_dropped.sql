-- Everybody with minutes in the box score of a final game has a row, and nobody else with minutes does (story 37).
-- The box score is read from staging, not from what the table was built from.
{{ config(meta={
    'judges': ['player_game_summary'], 'severity': 'hold',
    'reason': 'a game without one of its players is wrong in every total and as-of average',
}) }}

with

finals as (
    select game_id from {{ ref('int_schedule__games') }}
    where is_final and {{ in_window('game_date') }}
),

gamebook as (
    select
        game_id,
        game_date,
        team_abbr,
        count(distinct player_lookup) as players
    from {{ ref('stg_nbacom__gamebook_player_stats') }}
    where player_status = 'active' and seconds_played > 0 and {{ in_window('game_date') }}
    group by game_id, game_date, team_abbr
),

fallback as (
    select
        game_id,
        game_date,
        team_abbr,
        count(distinct player_name_key) as players
    from {{ ref('stg_balldontlie__player_boxscores') }}
    where is_final and seconds_played > 0 and {{ in_window('game_date') }}
    group by game_id, game_date, team_abbr
),

served as (
    select game_id from gamebook
    group by game_id
),

-- an anti-join, not "not in": one unknown game id would make "not in" true of nothing
expected as (
    select * from gamebook
    union all
    select fallback.* from fallback
    left join served on fallback.game_id = served.game_id
    where served.game_id is null
),

in_scope as (
    select expected.* from expected
    inner join finals on expected.game_id = finals.game_id
),

built as (
    select
        game_id,
        game_date,
        team_abbr,
        count(*) as players
    from {{ ref('player_game_summary') }}
    where seconds_played > 0 and {{ in_window('game_date') }}
    group by game_id, game_date, team_abbr
)

select
    coalesce(in_scope.game_date, built.game_date) as game_date,
    coalesce(in_scope.game_id, built.game_id) as game_id,
    coalesce(in_scope.team_abbr, built.team_abbr) as team_abbr,
    in_scope.players as expected_players,
    built.players as built_players
from in_scope
full outer join built
    on
        in_scope.game_id = built.game_id
        and in_scope.team_abbr = built.team_abbr
where coalesce(built.players, 0) <> coalesce(in_scope.players, 0)
