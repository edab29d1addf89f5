-- grain: game_id · window: whole table · reads: the schedule and the venues
-- why: THE filter of the project: which games exist for us (definitions G3, G4), and where each is played (C2).
{{ config(partition_by=by_game_date(), require_partition_filter=false) }}
with

schedule as (
    select * from {{ ref('stg_nbacom__schedule') }}
),

venues as (
    select * from {{ ref('venues') }}
),

in_scope as (
    select *
    from schedule
    where
        game_type in {{ game_types_in_scope() }}
        and not is_postponed
        and game_id is not null
    qualify row_number() over (partition by game_id order by is_final desc, nba_game_id desc) = 1
),

opening_nights as (
    select
        season_year,
        min(game_date) as opening_night
    from in_scope
    where game_type = '002'
    group by season_year
),

final as (
    select
        in_scope.game_id,
        in_scope.nba_game_id,
        in_scope.game_date,
        in_scope.season_year,
        in_scope.game_type,
        in_scope.home_team_abbr,
        in_scope.away_team_abbr,
        in_scope.is_final,
        in_scope.is_primetime,
        in_scope.tip_off_at,
        case when in_scope.is_final then in_scope.home_team_score end as home_team_score,
        case when in_scope.is_final then in_scope.away_team_score end as away_team_score,
        opening_nights.opening_night,
        coalesce(host_cities.venue_key, arenas.venue_key) as venue_key,
        coalesce(host_cities.latitude, arenas.latitude) as latitude,
        coalesce(host_cities.longitude, arenas.longitude) as longitude,
        coalesce(host_cities.time_zone, arenas.time_zone) as time_zone,
        coalesce(host_cities.standard_utc_offset_hours, arenas.standard_utc_offset_hours) as standard_utc_offset_hours,
        coalesce(host_cities.standard_abbr, arenas.standard_abbr) as standard_abbr,
        coalesce(host_cities.daylight_abbr, arenas.daylight_abbr) as daylight_abbr
    from in_scope
    left join opening_nights on in_scope.season_year = opening_nights.season_year
    left join venues as host_cities on in_scope.arena_city = host_cities.arena_city
    left join venues as arenas
        on
            in_scope.home_team_abbr = arenas.home_team_abbr
            -- where nobody is at home, only the city tells: one that the venues lack is unknown, not the home arena
            and not coalesce(in_scope.is_neutral_site, false)
            and in_scope.season_year between arenas.first_season_year and arenas.last_season_year
)

select * from final
