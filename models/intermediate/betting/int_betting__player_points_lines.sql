-- grain: game_id, player_lookup with a usable line · window: requested dates
-- reads: Odds API props, BettingPros props, resolved names, listings, player lines, schedule
-- why: opening and closing points line of one book, quoted no later than tip-off (definitions P6, G7). Where BettingPros
-- states no opening line there is none: a closing quote never stands in for it. Prices are those of the closing quote.
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['player_lookup']) }}

with

games as (
    select * from {{ reads(ref('int_schedule__games')) }}
    where {{ in_window('game_date') }}
),

listings as (
    select * from {{ reads(ref('int_players__listings')) }}
),

player_lines as (
    select * from {{ reads(ref('int_boxscores__player_lines')) }}
),

names as (
    select * from {{ reads(ref('int_players__resolved_names')) }}
    where player_lookup is not null
),

odds_api_props as (
    select * from {{ reads(ref('stg_odds_api__player_points_props')) }}
),

bettingpros_props as (
    select * from {{ reads(ref('stg_bettingpros__player_points_props')) }}
),

player_games as (
    select game_id, game_date, player_lookup from listings
    union distinct
    select game_id, game_date, player_lookup from player_lines
),

odds_api_quotes as (
    select
        games.game_id,
        games.game_date,
        names.player_lookup,
        odds_api_props.bookmaker,
        odds_api_props.points_line,
        odds_api_props.points_line as first_line,
        odds_api_props.quoted_at,
        odds_api_props.line_order,
        odds_api_props.over_price_american as over_price,
        odds_api_props.under_price_american as under_price,
        abs(
            {{ implied_probability('odds_api_props.over_price_american') }}
            - {{ implied_probability('odds_api_props.under_price_american') }}
        ) as imbalance,
        0 as source_rank
    from odds_api_props
    inner join games on odds_api_props.game_id = games.game_id
    inner join names
        on
            odds_api_props.game_date = names.game_date
            and odds_api_props.player_name_key = names.player_name_key
            and names.source_system = 'odds_api'
    where {{ no_later_than_tip('odds_api_props.quoted_at', 'games.tip_off_at', 'odds_api_props.source_start_at') }}
),

bettingpros_quotes as (
    select
        games.game_id,
        games.game_date,
        names.player_lookup,
        bettingpros_props.bookmaker,
        bettingpros_props.points_line,
        case
            when {{ no_later_than_tip('bettingpros_props.opened_at', 'games.tip_off_at') }}
                then bettingpros_props.opening_line
        end as first_line,
        bettingpros_props.quoted_at,
        1 as line_order,
        cast(null as bigint) as over_price,
        cast(null as bigint) as under_price,
        cast(null as {{ type_double() }}) as imbalance,
        1 as source_rank
    from bettingpros_props
    inner join names
        on
            bettingpros_props.game_date = names.game_date
            and bettingpros_props.player_name_key = names.player_name_key
            and names.source_system = 'bettingpros'
    inner join player_games
        on
            names.game_date = player_games.game_date
            and names.player_lookup = player_games.player_lookup
    inner join games on player_games.game_id = games.game_id
    where {{ no_later_than_tip('bettingpros_props.quoted_at', 'games.tip_off_at') }}
),

quotes as (
    select * from odds_api_quotes
    union all
    select * from bettingpros_quotes
),

-- of the alternate lines of one snapshot, the one that the book prices most evenly
one_line_per_snapshot as (
    select *
    from quotes
    qualify row_number() over (
        partition by game_id, player_lookup, source_rank, bookmaker, quoted_at
        order by imbalance asc nulls last, line_order asc, points_line asc
    ) = 1
),

preferred_book as (
    select *
    from one_line_per_snapshot
    qualify dense_rank() over (
        partition by game_id, player_lookup
        order by
            source_rank,
            case bookmaker when 'draftkings' then 0 when 'fanduel' then 1 when 'bettingprosconsensus' then 2 else 3 end,
            bookmaker
    ) = 1
),

-- a quote without a stamp counts as the opening one; it closes only a book that has no other
ordered as (
    select
        *,
        row_number() over snapshots as quote_number,
        count(*) over (partition by game_id, player_lookup) as quote_count
    from preferred_book
    window snapshots as (
        partition by game_id, player_lookup
        order by case when quoted_at is null then 0 else 1 end, quoted_at, points_line
    )
),

final as (
    select
        game_id,
        game_date,
        player_lookup,
        max(bookmaker) as bookmaker,
        cast(max(case when quote_number = 1 then first_line end) as numeric(4, 1)) as opening_line,
        cast(max(case when quote_number = quote_count then points_line end) as numeric(4, 1)) as closing_line,
        max(case when quote_number = quote_count then over_price end) as over_price,
        max(case when quote_number = quote_count then under_price end) as under_price,
        max(quoted_at) as closing_quoted_at
    from ordered
    group by game_id, game_date, player_lookup
)

select * from final
