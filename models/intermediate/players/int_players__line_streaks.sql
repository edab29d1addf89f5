-- grain: game_id, player_lookup with a points line · window: requested dates, as of each date
-- reads: lines and listings of the day, player_game_summary of the season before the day
-- why: how many games in a row, newest first, a player went over or under today's line; a game on the line does not
-- count and does not stop the streak.
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['player_lookup']) }}

with

listings as (
    select * from {{ reads(ref('int_players__listings')) }}
),

points_lines as (
    select * from {{ reads(ref('int_betting__player_points_lines')) }}
),

played as (
    select * from {{ reads(ref('player_game_summary')) }}
    where seconds_played > 0
),

compared as (
    select
        listings.game_id,
        listings.game_date,
        listings.player_lookup,
        played.points > points_lines.closing_line as went_over,
        played.points < points_lines.closing_line as went_under,
        played.points is null as is_unknown,
        row_number() over (
            partition by listings.game_id, listings.player_lookup
            order by played.game_date desc, played.game_id desc
        ) as games_ago
    from listings
    inner join points_lines
        on
            listings.game_id = points_lines.game_id
            and listings.player_lookup = points_lines.player_lookup
    left join played
        on
            listings.season_year = played.season_year
            and listings.player_lookup = played.player_lookup
            and listings.game_date > played.game_date
),

breaks as (
    select
        *,
        min(case when went_under or is_unknown then games_ago end) over player_game as over_ends_at,
        min(case when went_over or is_unknown then games_ago end) over player_game as under_ends_at
    from compared
    window player_game as (partition by game_id, player_lookup)
),

final as (
    select
        game_id,
        game_date,
        player_lookup,
        {{ count_if('went_over and (over_ends_at is null or games_ago < over_ends_at)') }} as prop_over_streak,
        {{ count_if('went_under and (under_ends_at is null or games_ago < under_ends_at)') }} as prop_under_streak
    from breaks
    group by game_id, game_date, player_lookup
)

select * from final
