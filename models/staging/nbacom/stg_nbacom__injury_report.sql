-- grain: game_date, team_abbr, player_name_key, reported_at · window: none, consumers cut dates · reads: nbac_injury_report
-- why: availability as the league published it, with a usable key and the time of the report.
with

reports as (
    select * from {{ source('nbacom', 'nbac_injury_report') }}
),

canonical as (
    select
        {{ team_code('team') }} as team_abbr,
        {{ normalize_player_name('player_full_name') }} as player_name_key,
        lower(injury_status) as injury_status,
        nullif(reason, '-') as reason,
        lower(reason_category) as reason_category,
        confidence_score,
        game_date,
        {{ eastern_to_utc(clock_at_hour('report_date', 'report_hour')) }} as reported_at,
        processed_at
    from reports
),

final as (
    select *
    from canonical
    where team_abbr is not null
    qualify row_number() over (
        partition by game_date, team_abbr, player_name_key, reported_at
        order by processed_at desc, injury_status asc nulls last, reason asc nulls last
    ) = 1
)

select * from final
