-- grain: game_id, player_lookup (every listed player) · window: requested dates, as of each date
-- reads: listings of the day; raw box scores and player_game_summary of the season before the day
-- why: of the games a player played according to raw, how many does player_game_summary hold (definitions U13).
-- A game he sat out is in neither number.
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['player_lookup']) }}

with

listings as (
    select * from {{ reads(ref('int_players__listings')) }}
),

played as (
    select * from {{ ref('int_players__raw_games_played') }}
),

built as (
    select * from {{ reads(ref('player_game_summary')) }}
),

windows as (
    select
        listings.game_id,
        listings.game_date,
        listings.player_lookup,
        played.game_date as played_date,
        built.game_id is not null as is_built,
        row_number() over (
            partition by listings.game_id, listings.player_lookup
            order by played.game_date desc, played.game_id desc
        ) as games_ago
    from listings
    inner join played
        on
            listings.season_year = played.season_year
            and listings.player_lookup = played.player_lookup
            and listings.game_date > played.game_date
    left join built
        on
            played.game_date = built.game_date
            and played.game_id = built.game_id
            and played.player_lookup = built.player_lookup
),

counted as (
    select
        game_id,
        game_date,
        player_lookup,
        {{ count_if('games_ago <= 5') }} as l5_expected,
        {{ count_if('games_ago <= 5 and is_built') }} as l5_actual,
        {{ count_if('games_ago <= 10') }} as l10_expected,
        {{ count_if('games_ago <= 10 and is_built') }} as l10_actual,
        {{ count_if('played_date >= ' ~ days_before('game_date', 7)) }} as l7d_expected,
        {{ count_if('is_built and played_date >= ' ~ days_before('game_date', 7)) }} as l7d_actual,
        {{ count_if('played_date >= ' ~ days_before('game_date', 14)) }} as l14d_expected,
        {{ count_if('is_built and played_date >= ' ~ days_before('game_date', 14)) }} as l14d_actual
    from windows
    group by game_id, game_date, player_lookup
),

final as (
    select
        listings.game_id,
        listings.game_date,
        listings.player_lookup,
        {% for window in ['l5', 'l10', 'l7d', 'l14d'] -%}
        {{ ratio('100 * counted.' ~ window ~ '_actual', 'counted.' ~ window ~ '_expected', 1) }} as {{ window }}_completeness_pct,
        coalesce(counted.{{ window }}_actual = counted.{{ window }}_expected, true) as {{ window }}_is_complete,
        {% endfor -%}
        coalesce(counted.l10_expected, 0) as expected_games_count,
        coalesce(counted.l10_actual, 0) as actual_games_count
    from listings
    left join counted
        on
            listings.game_id = counted.game_id
            and listings.player_lookup = counted.player_lookup
)

select * from final
