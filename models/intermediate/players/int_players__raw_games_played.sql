-- grain: game_id, player_lookup · window: the season before the requested dates · reads: raw box scores, names, schedule
-- why: the games a player played according to raw (minutes > 0), the denominator of every player completeness (U13).
-- Ephemeral on purpose: a stored table could miss the same dates as the tables it judges.
{{ config(materialized='ephemeral') }}

with

games as (
    select * from {{ reads(ref('int_schedule__games')) }}
    where is_final
),

gamebook as (
    select * from {{ reads(ref('stg_nbacom__gamebook_player_stats')) }}
    where player_status = 'active' and seconds_played > 0 and player_lookup is not null
),

fallback as (
    select * from {{ reads(ref('stg_balldontlie__player_boxscores')) }}
    where is_final and seconds_played > 0
),

names as (
    select * from {{ reads(ref('int_players__resolved_names')) }}
    where source_system = 'balldontlie'
),

gamebook_games as (
    select game_id from gamebook
    group by game_id
),

final as (
    select
        games.season_year,
        games.game_id,
        games.game_date,
        gamebook.player_lookup
    from gamebook
    inner join games on gamebook.game_id = games.game_id
    union distinct
    select
        games.season_year,
        games.game_id,
        games.game_date,
        coalesce(names.player_lookup, fallback.player_name_key) as player_lookup
    from fallback
    inner join games on fallback.game_id = games.game_id
    left join gamebook_games on fallback.game_id = gamebook_games.game_id
    left join names
        on
            fallback.game_date = names.game_date
            and fallback.game_id = names.game_id
            and fallback.player_name_key = names.player_name_key
    where gamebook_games.game_id is null
)

select * from final
