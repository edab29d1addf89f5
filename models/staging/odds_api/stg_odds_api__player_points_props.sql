-- grain: one quote: game_id, player, book, snapshot, line · window: none, consumers cut dates
-- reads: odds_api_player_points_props · why: points lines on canonical games; the source's own game_id has mixed forms.
with

quotes as (
    select * from {{ source('odds_api', 'odds_api_player_points_props') }}
),

final as (
    select
        -- ids
        {{ canonical_game_id('game_date', 'away_team_abbr', 'home_team_abbr') }} as game_id,
        {{ normalize_player_name('player_name') }} as player_name_key,
        replace(lower(bookmaker), ' ', '') as bookmaker,

        -- numerics
        points_line,
        {{ american_price('over_price_american') }} as over_price_american,
        {{ american_price('under_price_american') }} as under_price_american,
        coalesce(line_order, 1) as line_order,

        -- dates
        game_date,
        game_start_time as source_start_at,
        snapshot_timestamp as quoted_at
    from quotes
    -- a suspended market stands at 0: no line (story 22)
    where points_line > 0
)

select * from final
