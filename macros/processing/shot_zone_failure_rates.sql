{#
    Share of expected players without a shot-zone row by season week, between two dates or over everything built. A test
    looks at whole seasons of the requested dates, so that it does not read all of history.
#}
{% macro shot_zone_failure_rates(bounds=none) -%}
with

entities as (
    select * from {{ ref('coverage_reconciliation') }}
    where
        processor_name = 'player_shot_zone_analysis'
        and state <> 'unexpected_record'
        {%- if bounds %}
        and game_date between cast('{{ bounds.first }}' as date) and cast('{{ bounds.last }}' as date)
        {%- endif %}
),

days as (
    select
        game_date,
        season_year,
        {{ days_between('opening_night', 'game_date') }} as season_day
    from {{ ref('int_schedule__games') }}
    {%- if bounds %}
    where game_date between cast('{{ bounds.first }}' as date) and cast('{{ bounds.last }}' as date)
    {%- endif %}
    group by game_date, season_year, opening_night
),

bands as (
    select * from {{ ref('expected_failure_rates') }}
),

scheduled as (
    select
        days.season_year,
        bands.season_day_from,
        count(*) as scheduled_dates
    from days
    inner join bands
        on
            days.season_day >= bands.season_day_from
            and days.season_day <= bands.season_day_to
    group by days.season_year, bands.season_day_from
),

counted as (
    select
        days.season_year,
        bands.season_day_from,
        bands.season_day_to,
        bands.low_pct,
        bands.high_pct,
        bands.published_low_pct,
        bands.published_high_pct,
        count(distinct entities.game_date) as dates,
        count(*) as expected_players,
        {{ count_if("entities.row_count = 0") }} as players_without_row
    from entities
    inner join days on entities.game_date = days.game_date
    inner join bands
        on
            days.season_day >= bands.season_day_from
            and days.season_day <= bands.season_day_to
    group by
        days.season_year, bands.season_day_from, bands.season_day_to, bands.low_pct, bands.high_pct,
        bands.published_low_pct, bands.published_high_pct
),

measured as (
    select
        counted.*,
        scheduled.scheduled_dates,
        {{ ratio('100 * counted.players_without_row', 'counted.expected_players', 1, 4) }} as share_without_row_pct
    from counted
    inner join scheduled
        on
            counted.season_year = scheduled.season_year
            and counted.season_day_from = scheduled.season_day_from
),

final as (
    select
        *,
        case
            when dates < scheduled_dates then 'NOT_ALL_BUILT'
            when share_without_row_pct > high_pct then 'TOO_HIGH'
            when share_without_row_pct < low_pct then 'TOO_LOW'
            else 'WITHIN'
        end as verdict
    from measured
)

select * from final
{%- endmacro %}
