-- grain: game_id, player_lookup · window: requested dates · reads: gamebook, fallback box scores, schedule
-- why: who appeared in a final game (definitions P1), from one source per game (P2), with time in whole seconds (P3).
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['player_lookup']) }}

with

games as (
    select * from {{ reads(ref('int_schedule__games')) }}
    where is_final and {{ in_window('game_date') }}
),

gamebook as (
    select * from {{ reads(ref('stg_nbacom__gamebook_player_stats')) }}
    where player_status = 'active' and player_lookup is not null
),

fallback as (
    select * from {{ reads(ref('stg_balldontlie__player_boxscores')) }}
    where is_final
),

names as (
    select * from {{ reads(ref('int_players__resolved_names')) }}
    where source_system = 'balldontlie'
),

starters as (
    select * from {{ reads(ref('stg_nbacom__player_boxscores')) }}
),

gamebook_games as (
    select game_id from gamebook
    where seconds_played > 0
    group by game_id
),

gamebook_lines as (
    select
        gamebook.game_id,
        gamebook.game_date,
        gamebook.team_abbr,
        gamebook.player_lookup,
        true as is_name_resolved,
        gamebook.player_name,
        coalesce(gamebook.is_starter, starters.is_starter) as is_starter,
        gamebook.seconds_played,
        {% for stat in counting_stats() %}gamebook.{{ stat }},
        {% endfor %}gamebook.plus_minus,
        'nbac_gamebook' as source_system,
        gamebook.processed_at
    from gamebook
    inner join gamebook_games on gamebook.game_id = gamebook_games.game_id
    left join starters
        on
            gamebook.game_date = starters.game_date
            and gamebook.team_abbr = starters.team_abbr
            and gamebook.player_lookup = starters.player_lookup
),

fallback_lines as (
    select
        fallback.game_id,
        fallback.game_date,
        fallback.team_abbr,
        coalesce(names.player_lookup, fallback.player_name_key) as player_lookup,
        names.player_lookup is not null as is_name_resolved,
        fallback.player_name,
        starters.is_starter,
        fallback.seconds_played,
        {% for stat in counting_stats() %}fallback.{{ stat }},
        {% endfor %}cast(null as bigint) as plus_minus,
        'bdl_boxscores' as source_system,
        fallback.processed_at
    from fallback
    left join gamebook_games on fallback.game_id = gamebook_games.game_id
    left join names
        on
            fallback.game_date = names.game_date
            and fallback.game_id = names.game_id
            and fallback.player_name_key = names.player_name_key
    left join starters
        on
            fallback.game_date = starters.game_date
            and fallback.team_abbr = starters.team_abbr
            and coalesce(names.player_lookup, fallback.player_name_key) = starters.player_lookup
    where gamebook_games.game_id is null
),

lines as (
    select * from gamebook_lines
    union all
    select * from fallback_lines
),

appeared as (
    select
        lines.*,
        games.nba_game_id,
        games.season_year,
        case
            when lines.team_abbr = games.home_team_abbr then games.away_team_abbr
            when lines.team_abbr = games.away_team_abbr then games.home_team_abbr
        end as opponent_team_abbr,
        case
            when lines.team_abbr = games.home_team_abbr then true
            when lines.team_abbr = games.away_team_abbr then false
        end as is_home
    from lines
    inner join games on lines.game_id = games.game_id
    where {{ appeared('lines') }}
),

final as (
    select *
    from appeared
    qualify row_number() over (
        partition by game_id, player_lookup
        order by seconds_played desc, processed_at desc, team_abbr asc
    ) = 1
)

select * from final
