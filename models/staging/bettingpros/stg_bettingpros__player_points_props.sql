-- grain: one quote: game_date, player, book · window: none, consumers cut dates · reads: bettingpros_player_points_props
-- why: the fallback points line, over side only. The source has no game: it is joined on date and player.
with

quotes as (
    select * from {{ source('bettingpros', 'bettingpros_player_points_props') }}
),

final as (
    select
        -- ids
        coalesce({{ normalize_player_name('player_name') }}, player_lookup) as player_name_key,
        replace(lower(bookmaker), ' ', '') as bookmaker,

        -- numerics
        points_line,
        case when opening_line > 0 then opening_line end as opening_line,

        -- dates
        game_date,
        bookmaker_last_update as quoted_at,
        opening_timestamp as opened_at
    from quotes
    where
        lower(market_type) = 'points'
        and lower(bet_side) = 'over'
        and coalesce(is_active, true)
        and points_line > 0
    qualify row_number() over (
        partition by game_date, player_lookup, bookmaker, bookmaker_last_update
        order by is_best_line desc, processed_at desc, points_line asc
    ) = 1
)

select * from final
