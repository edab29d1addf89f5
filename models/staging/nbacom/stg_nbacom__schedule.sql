-- grain: one row per NBA game id · window: whole table (a moved game is known by its id alone) · reads: nbac_schedule
-- why: one place for game type, tip-off, status and the canonical game id.
with

schedule as (
    select * from {{ source('nbacom', 'nbac_schedule') }}
),

newest_version as (
    select *
    from schedule
    qualify row_number() over (partition by game_id order by processed_at desc, game_date desc) = 1
),

final as (
    select
        -- ids
        {{ canonical_game_id('game_date', 'away_team_tricode', 'home_team_tricode') }} as game_id,
        game_id as nba_game_id,
        {{ team_code('home_team_tricode') }} as home_team_abbr,
        {{ team_code('away_team_tricode') }} as away_team_abbr,
        season_year,
        substr(game_id, 1, 3) as game_type,

        -- state
        coalesce(game_status = 3, false) as is_final,
        coalesce(upper(postponed_status) = 'Y', false) as is_postponed,
        is_primetime,
        coalesce(neutral_site_flag, false) as is_neutral_site,
        home_team_score,
        away_team_score,
        lower(trim({{ dbt.split_part('arena_city', "','", 1) }})) as arena_city,

        -- dates
        game_date,
        {{ eastern_to_utc('game_date_est') }} as tip_off_at
    from newest_version
)

select * from final
