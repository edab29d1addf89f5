-- grain: game_id · window: requested dates · reads: Odds API game lines, schedule
-- why: opening and closing spread and total of one book per market, quoted no later than tip-off (definitions C5, A1).
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['game_id']) }}

with

games as (
    select * from {{ reads(ref('int_schedule__games')) }}
    where {{ in_window('game_date') }}
),

lines as (
    select * from {{ reads(ref('stg_odds_api__game_lines')) }}
),

usable as (
    select
        games.game_id,
        games.game_date,
        lines.bookmaker,
        lines.market,
        lines.quoted_at,
        case when lines.quoted_at is null then lines.kind_order else 0 end as kind_order,
        lines.outcome_side,
        lines.outcome_point
    from lines
    inner join games on lines.game_id = games.game_id
    where
        lines.outcome_side is not null
        and {{ no_later_than_tip('lines.quoted_at', 'games.tip_off_at', 'lines.source_start_at') }}
),

-- one number a snapshot: the home team's spread, or the total; duplicates of a snapshot: the lowest
snapshots as (
    select
        game_id,
        game_date,
        bookmaker,
        market,
        quoted_at,
        kind_order,
        coalesce(
            min(case when outcome_side in ('home', 'over') then outcome_point end),
            -max(case when outcome_side = 'away' then outcome_point end),
            min(case when outcome_side = 'under' then outcome_point end)
        ) as point
    from usable
    group by game_id, game_date, bookmaker, market, quoted_at, kind_order
),

preferred_book as (
    select *
    from snapshots
    qualify dense_rank() over (
        partition by game_id, market
        order by
            case bookmaker
                when 'draftkings' then 0
                when 'fanduel' then 1
                when 'sbr_consensus' then 3
                when 'consensus' then 4
                else 2
            end,
            bookmaker
    ) = 1
),

ordered as (
    select
        *,
        row_number() over quotes as quote_number,
        count(*) over (partition by game_id, market) as quote_count
    from preferred_book
    window quotes as (
        partition by game_id, market
        order by case when quoted_at is null then 0 else 1 end, quoted_at, kind_order
    )
),

final as (
    select
        game_id,
        game_date,
        max(case when market = 'spreads' then bookmaker end) as spread_bookmaker,
        max(case when market = 'totals' then bookmaker end) as total_bookmaker,
        cast(max(case when market = 'spreads' and quote_number = 1 then point end) as numeric(4, 1)) as opening_home_spread,
        cast(max(case when market = 'spreads' and quote_number = quote_count then point end) as numeric(4, 1)) as closing_home_spread,
        cast(max(case when market = 'totals' and quote_number = 1 then point end) as numeric(5, 1)) as opening_total,
        cast(max(case when market = 'totals' and quote_number = quote_count then point end) as numeric(5, 1)) as closing_total,
        coalesce(
            max(case when market = 'spreads' then quoted_at end),
            max(case when market = 'totals' then quoted_at end)
        ) as lines_updated_at
    from ordered
    group by game_id, game_date
)

select * from final
