-- grain: game_id, team_abbr · window: requested dates, as of each date
-- reads: schedule; team results of the season before the day · why: pace and defence a team brings into a game (U4, U5).
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['team_abbr']) }}

with

team_games as (
    select * from {{ reads(ref('int_schedule__team_games')) }}
    where {{ in_window('game_date') }}
),

offence as (
    select * from {{ reads(ref('team_offense_game_summary')) }}
),

defence as (
    select * from {{ reads(ref('team_defense_game_summary')) }}
),

results as (
    select
        offence.season_year,
        offence.team_abbr,
        offence.game_date,
        offence.game_id,
        offence.pace,
        offence.offensive_rating,
        defence.defensive_rating,
        defence.opp_ft_attempts,
        defence.opp_fg_attempts
    from offence
    inner join defence
        on
            offence.game_id = defence.game_id
            and offence.team_abbr = defence.defending_team_abbr
),

-- what is known after each game: the windows include the game itself
after_each_game as (
    select
        season_year,
        team_abbr,
        game_date,
        coalesce(lead(game_date) over season, cast('9999-12-31' as date)) as known_until,
        {{ mean_of_decimals('pace', 1, 2, 'over last_10') }} as pace_last_10,
        -- the same mean as a fraction, so that a difference of two means is rounded once
        {{ int64('sum(' ~ scaled('pace', 1) ~ ') over last_10') }} as pace_sum_x10,
        count(pace) over last_10 as paced_games,
        {{ mean_of_decimals('offensive_rating', 2, 2, 'over last_10') }} as offensive_rating_last_10,
        {{ mean_of_decimals('defensive_rating', 2, 2, 'over last_10') }} as defensive_rating_last_10,
        {{ ratio('sum(opp_ft_attempts) over last_10', 'sum(opp_fg_attempts) over last_10', 3) }} as ft_rate_allowed_last_10
    from results
    window
        season as (partition by season_year, team_abbr order by game_date, game_id),
        last_10 as (
            partition by season_year, team_abbr order by game_date, game_id rows between 9 preceding and current row
        )
),

final as (
    select
        team_games.game_id,
        team_games.game_date,
        team_games.team_abbr,
        after_each_game.pace_last_10,
        after_each_game.pace_sum_x10,
        after_each_game.paced_games,
        after_each_game.offensive_rating_last_10,
        after_each_game.defensive_rating_last_10,
        after_each_game.ft_rate_allowed_last_10
    from team_games
    inner join after_each_game
        on
            team_games.season_year = after_each_game.season_year
            and team_games.team_abbr = after_each_game.team_abbr
            and team_games.game_date > after_each_game.game_date
            and team_games.game_date <= after_each_game.known_until
)

select * from final
