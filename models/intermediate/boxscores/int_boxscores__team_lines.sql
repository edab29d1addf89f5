-- grain: game_id, team_abbr: both teams of a final game or none · window: requested dates
-- reads: team box score, player lines, schedule, play-by-play games
-- why: the team box score, or its reconstruction from the players, decided game by game (definitions T1).
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['team_abbr']) }}

{%- set summed_stats = [
    'points', 'fg_makes', 'fg_attempts', 'three_pt_makes', 'three_pt_attempts', 'ft_makes', 'ft_attempts',
    'offensive_rebounds', 'defensive_rebounds', 'rebounds', 'assists', 'steals', 'blocks', 'turnovers',
    'personal_fouls',
] %}

with

team_games as (
    select * from {{ reads(ref('int_schedule__team_games')) }}
    where is_final and {{ in_window('game_date') }}
),

boxscores as (
    select * from {{ reads(ref('stg_nbacom__team_boxscore')) }}
),

player_lines as (
    select * from {{ reads(ref('int_boxscores__player_lines')) }}
),

play_by_play_games as (
    select * from {{ reads(ref('int_play_by_play__games')) }}
),

from_players as (
    select
        game_id,
        team_abbr,
        {% for stat in summed_stats -%}
        {{ int64('sum(' ~ stat ~ ')') }} as {{ stat }},
        {% endfor -%}
        {{ int64('sum(seconds_played)') }} as seconds_played,
        {{ count_if('seconds_played > 0') }} as players_with_minutes
    from player_lines
    group by game_id, team_abbr
),

either as (
    select
        team_games.game_id,
        team_games.nba_game_id,
        team_games.game_date,
        team_games.season_year,
        team_games.team_abbr,
        team_games.opponent_team_abbr,
        team_games.is_home,
        case
            when boxscores.team_abbr is not null then 'nbac_team_boxscore'
            when from_players.players_with_minutes >= {{ var('reconstruct_min_players') }} then 'reconstructed_team_from_players'
        end as source_system,
        coalesce(
            case when play_by_play_games.periods > 4 then play_by_play_games.periods - 4 when play_by_play_games.periods = 4 then 0 end,
            case
                when from_players.seconds_played > 240 * 60
                    then {{ rounded_quotient('from_players.seconds_played - 240 * 60', '25 * 60') }}
                when from_players.seconds_played is not null then 0
            end
        ) as overtimes_without_boxscore,
        {% for stat in summed_stats -%}
        case when boxscores.team_abbr is not null then boxscores.{{ stat }} else from_players.{{ stat }} end as {{ stat }},
        {% endfor -%}
        boxscores.team_minutes as boxscore_minutes
    from team_games
    left join boxscores
        on
            team_games.game_date = boxscores.game_date
            and team_games.team_abbr = boxscores.team_abbr
    left join from_players
        on
            team_games.game_id = from_players.game_id
            and team_games.team_abbr = from_players.team_abbr
    left join play_by_play_games on team_games.game_id = play_by_play_games.game_id
),

obtainable as (
    select
        *,
        count(*) over (partition by game_id) as sides
    from either
    where source_system is not null
),

final as (
    select
        game_id,
        nba_game_id,
        game_date,
        season_year,
        team_abbr,
        opponent_team_abbr,
        is_home,
        source_system,
        {% for stat in summed_stats -%}
        {{ stat }},
        {% endfor -%}
        coalesce(boxscore_minutes, 240 + 25 * overtimes_without_boxscore) as team_minutes
    from obtainable
    where sides = 2
)

select * from final
