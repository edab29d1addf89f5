-- grain: one quote of one outcome · window: none, consumers cut dates · reads: odds_api_game_lines, seed team_names
-- why: spreads and totals on canonical games; outcome_side is home, away, over or under.
with

lines as (
    select * from {{ source('odds_api', 'odds_api_game_lines') }}
),

team_names as (
    select * from {{ ref('team_names') }}
),

final as (
    select
        -- ids
        {{ canonical_game_id('lines.game_date', 'lines.away_team_abbr', 'lines.home_team_abbr') }} as game_id,
        lower(lines.bookmaker_key) as bookmaker,
        lower(lines.market_key) as market,
        case
            when lower(lines.outcome_name) in ('over', 'under') then lower(lines.outcome_name)
            when team_names.team_abbr = {{ team_code('lines.home_team_abbr') }} then 'home'
            when team_names.team_abbr = {{ team_code('lines.away_team_abbr') }} then 'away'
        end as outcome_side,

        -- numerics
        lines.outcome_point,

        -- dates
        lines.game_date,
        lines.commence_time as source_start_at,
        lines.snapshot_timestamp as quoted_at,
        case lower(lines.snapshot_kind) when 'morning' then 1 when 'close' then 2 else 0 end as kind_order
    from lines
    left join team_names on lines.outcome_name = team_names.team_name
    where lines.outcome_point is not null
)

select * from final
