{#
    How many rows a table should hold on each requested date: kind, game_date, expected. A table names its kind in
    meta.expected_entities; `backfill validate` starts every suite with it, so that nothing passes on an empty batch. Counted from the
    schedule, the raw box scores and the player lists, never from the table that is judged.

        finals                          games in scope that were played
        dates_of_finals                 1 on a date with such a game
        teams_of_finals                 two a final game
        teams_of_schedule               two a game in scope, played or not
        players_of_boxscores            who appeared in a final game: minutes or a counting stat (definitions P1)
        listed_players                  who is listed for a game (U1)
        listed_players_after_bootstrap  the same from day 14 of the season on
        listed_players_with_games       those of them with enough games this season for the daily cache
        teams_of_season                 on a game day after bootstrap: teams with enough final games before it (Z1)
        players_of_season               on a game day after bootstrap: players with enough games before it (S3)
        predictions_of_features         players of the feature store times systems, less those with an open failure (predictions E1)
        predictions_that_played         predictions of final games whose player played, less those with an open failure
#}
{% macro expected_row_counts() -%}
with

games as (
    select * from {{ ref('int_schedule__games') }}
    where {{ in_window('game_date') }}
),

bootstrapped_days as (
    select game_date, season_year from {{ ref('int_schedule__precompute_days') }}
    where {{ in_window('game_date') }}
),

gamebook as (
    select * from {{ ref('stg_nbacom__gamebook_player_stats') }}
    where {{ in_window('game_date') }}
),

fallback as (
    select * from {{ ref('stg_balldontlie__player_boxscores') }}
    where is_final and {{ in_window('game_date') }}
),

listings as (
    select * from {{ ref('int_players__listings') }}
    where {{ in_window('game_date') }}
),

games_played as (
    select * from {{ ref('int_players__raw_games_played') }}
),

team_games as (
    select * from {{ ref('int_schedule__team_games') }}
    where is_final
),

games_with_gamebook as (
    select game_id from gamebook
    where player_status = 'active' and seconds_played > 0
    group by game_id
),

appeared as (
    select game_id, player_lookup from gamebook
    where player_status = 'active' and {{ appeared('gamebook') }}
    union distinct
    select fallback.game_id, fallback.player_name_key as player_lookup from fallback
    left join games_with_gamebook on fallback.game_id = games_with_gamebook.game_id
    where games_with_gamebook.game_id is null and {{ appeared('fallback') }}
),

-- the list as raw has it; a game that lacks the list of a team is counted from the resolved listings
games_with_lists as (
    select games.game_id from games
    inner join gamebook on games.game_id = gamebook.game_id
    group by games.game_id
    having count(distinct gamebook.team_abbr) = 2
),

listed as (
    select games.game_id, games.game_date, games.season_year, gamebook.player_lookup from games
    inner join games_with_lists on games.game_id = games_with_lists.game_id
    inner join gamebook on games.game_id = gamebook.game_id
    group by games.game_id, games.game_date, games.season_year, gamebook.player_lookup
    union all
    select games.game_id, games.game_date, games.season_year, listings.player_lookup from games
    inner join listings on games.game_id = listings.game_id
    left join games_with_lists on games.game_id = games_with_lists.game_id
    where games_with_lists.game_id is null
),

games_before as (
    select days.game_date, games_played.player_lookup, count(*) as games from bootstrapped_days as days
    inner join games_played
        on
            days.season_year = games_played.season_year
            and days.game_date > games_played.game_date
    group by days.game_date, games_played.player_lookup
),

team_games_before as (
    select days.game_date, team_games.team_abbr, count(*) as games from bootstrapped_days as days
    inner join team_games
        on
            days.season_year = team_games.season_year
            and days.game_date > team_games.game_date
    group by days.game_date, team_games.team_abbr
),

expected_predictions as (
    {{ expected_predictions(requested=true) }}
),

open_failures as (
    select * from {{ ref('prediction_failures') }}
    where resolution_status <> 'RESOLVED' and {{ in_window('game_date') }}
)

select 'finals' as kind, game_date, count(*) as expected from games
where is_final
group by game_date
union all
select 'dates_of_finals' as kind, game_date, 1 as expected from games
where is_final
group by game_date
union all
select 'teams_of_finals' as kind, game_date, 2 * count(*) as expected from games
where is_final
group by game_date
union all
select 'teams_of_schedule' as kind, game_date, 2 * count(*) as expected from games
group by game_date
union all
select 'players_of_boxscores' as kind, games.game_date, count(*) as expected from games
inner join appeared on games.game_id = appeared.game_id
where games.is_final
group by games.game_date
union all
select 'listed_players' as kind, game_date, count(*) as expected from listed
group by game_date
union all
select 'listed_players_after_bootstrap' as kind, listed.game_date, count(*) as expected from listed
inner join bootstrapped_days as days on listed.game_date = days.game_date
group by listed.game_date
union all
select 'listed_players_with_games' as kind, listed.game_date, count(*) as expected from listed
inner join games_before
    on
        listed.game_date = games_before.game_date
        and listed.player_lookup = games_before.player_lookup
where games_before.games >= {{ var('pdc_min_games') }}
group by listed.game_date
union all
select 'teams_of_season' as kind, game_date, count(*) as expected from team_games_before
where games >= {{ var('tdza_min_games') }}
group by game_date
union all
select 'players_of_season' as kind, game_date, count(*) as expected from games_before
where games >= {{ var('psza_min_games') }}
group by game_date
{%- for kind, table in {
    'predictions_of_features': 'player_prop_predictions', 'predictions_that_played': 'prediction_accuracy'
}.items() %}
union all
select '{{ kind }}' as kind, everybody.game_date, count(*) - count(failures.entity_id) as expected
from expected_predictions as everybody
left join open_failures as failures
    on
        everybody.processor_name = failures.processor_name
        and everybody.game_id = failures.game_id
        and everybody.player_lookup || ' ' || everybody.system_id = failures.entity_id
where everybody.processor_name = '{{ table }}'
group by everybody.game_date
{%- endfor %}
{%- endmacro %}
