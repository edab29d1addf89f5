-- grain: game_id, player_lookup (every listed player) · window: requested dates, as of each date
-- reads: listings of the day, player_game_summary of the season before the day
-- why: rest, load and form a player brings into a game, from games he played (minutes > 0) this season (U2, G5, G6).
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['player_lookup']) }}

with

listings as (
    select * from {{ reads(ref('int_players__listings')) }}
),

played as (
    select
        *,
        {{ scaled('usage_rate', 2) }} as usage_x100,
        -- threes of games whose other zones are known, so that shares of shots have one base
        case when paint_attempts is not null and mid_range_attempts is not null then three_pt_attempts end as zoned_three_pt_attempts
    from {{ reads(ref('player_game_summary')) }}
    where seconds_played > 0
),

-- what is known after each game: the windows include the game itself
after_each_game as (
    select
        player_lookup,
        season_year,
        game_date as last_game_date,
        coalesce(lead(game_date) over season, cast('9999-12-31' as date)) as known_until,
        lag(game_date) over season as second_last_game_date,
        count(*) over so_far as games_played_season,
        {{ int64('sum(points) over so_far') }} as points_season,
        {{ int64('sum(fg_makes) over so_far') }} as fg_makes_season,
        {{ int64('sum(fg_attempts) over so_far') }} as fg_attempts_season,
        {{ int64('sum(points) over last_5') }} as points_last_5,
        {{ int64('sum(fg_makes) over last_5') }} as fg_makes_last_5,
        {{ int64('sum(fg_attempts) over last_5') }} as fg_attempts_last_5,
        count(*) over last_5 as games_last_5,
        {{ int64('sum(seconds_played) over so_far') }} as seconds_season,
        {{ int64('sum(usage_x100) over so_far') }} as usage_x100_season,
        count(usage_x100) over so_far as rated_games_season,
        {{ int64('sum(paint_attempts) over so_far') }} as paint_attempts_season,
        {{ int64('sum(mid_range_attempts) over so_far') }} as mid_range_attempts_season,
        {{ int64('sum(zoned_three_pt_attempts) over so_far') }} as three_pt_attempts_season,
        {{ int64('sum(points) over last_3') }} as points_last_3,
        {{ int64('sum(points) over last_10') }} as points_last_10,
        {{ int64('sum(points * points) over last_10') }} as squared_points_last_10,
        {{ int64('sum(fg_attempts) over last_10') }} as fg_attempts_last_10,
        {{ int64('sum(ft_attempts) over last_10') }} as ft_attempts_last_10,
        {{ int64('sum(ft_makes) over last_10') }} as ft_makes_last_10,
        {{ int64('sum(assisted_fg_makes) over last_10') }} as assisted_last_10,
        {{ int64('sum(unassisted_fg_makes) over last_10') }} as unassisted_last_10,
        {{ int64('sum(seconds_played) over last_10') }} as seconds_last_10,
        {{ int64('sum(usage_x100) over last_10') }} as usage_x100_last_10,
        count(usage_x100) over last_10 as rated_games_last_10,
        count(*) over last_10 as games_last_10,
        {{ int64('sum(usage_x100 * seconds_played) over last_7') }} as usage_seconds_last_7,
        {{ int64('sum(case when usage_x100 is not null then seconds_played end) over last_7') }} as rated_seconds_last_7,
        {{ int64('sum(seconds_played) over last_7') }} as seconds_last_7,
        count(*) over last_7 as games_last_7
    from played
    window
        season as (partition by season_year, player_lookup order by game_date, game_id),
        so_far as (partition by season_year, player_lookup order by game_date, game_id rows unbounded preceding),
        last_3 as (
            partition by season_year, player_lookup order by game_date, game_id rows between 2 preceding and current row
        ),
        last_5 as (
            partition by season_year, player_lookup order by game_date, game_id rows between 4 preceding and current row
        ),
        last_7 as (
            partition by season_year, player_lookup order by game_date, game_id rows between 6 preceding and current row
        ),
        last_10 as (
            partition by season_year, player_lookup order by game_date, game_id rows between 9 preceding and current row
        )
),

with_long_rests as (
    select
        *,
        -- the latest game that was preceded by two or more full days of rest
        max(
            case when {{ days_between('second_last_game_date', 'last_game_date') }} - 1 >= 2 then last_game_date end
        ) over (
            partition by season_year, player_lookup order by last_game_date rows unbounded preceding
        ) as last_game_after_long_rest
    from after_each_game
),

entering as (
    select
        listings.game_id,
        listings.game_date,
        listings.season_year,
        listings.team_abbr,
        listings.player_lookup,
        with_long_rests.last_game_date,
        with_long_rests.second_last_game_date,
        with_long_rests.last_game_after_long_rest,
        with_long_rests.games_played_season,
        with_long_rests.points_season,
        with_long_rests.fg_makes_season,
        with_long_rests.fg_attempts_season,
        with_long_rests.seconds_season,
        with_long_rests.usage_x100_season,
        with_long_rests.rated_games_season,
        with_long_rests.paint_attempts_season,
        with_long_rests.mid_range_attempts_season,
        with_long_rests.three_pt_attempts_season,
        with_long_rests.points_last_3,
        with_long_rests.points_last_5,
        with_long_rests.fg_makes_last_5,
        with_long_rests.fg_attempts_last_5,
        with_long_rests.games_last_5,
        with_long_rests.points_last_10,
        with_long_rests.squared_points_last_10,
        with_long_rests.fg_attempts_last_10,
        with_long_rests.ft_attempts_last_10,
        with_long_rests.ft_makes_last_10,
        with_long_rests.assisted_last_10,
        with_long_rests.unassisted_last_10,
        with_long_rests.seconds_last_10,
        with_long_rests.usage_x100_last_10,
        with_long_rests.rated_games_last_10,
        with_long_rests.games_last_10,
        with_long_rests.usage_seconds_last_7,
        with_long_rests.rated_seconds_last_7,
        with_long_rests.seconds_last_7,
        with_long_rests.games_last_7
    from listings
    left join with_long_rests
        on
            listings.season_year = with_long_rests.season_year
            and listings.player_lookup = with_long_rests.player_lookup
            and listings.game_date > with_long_rests.last_game_date
            and listings.game_date <= with_long_rests.known_until
),

{%- set in_last_7_days = 'played.game_date >= ' ~ days_before('listings.game_date', 7) %}
{%- set in_last_14_days = 'played.game_date >= ' ~ days_before('listings.game_date', 14) %}

recent_load as (
    select
        listings.game_id,
        listings.player_lookup,
        count(*) as games_last_30_days,
        {{ count_if(in_last_14_days) }} as games_last_14_days,
        {{ count_if(in_last_7_days) }} as games_last_7_days,
        {{ int64('sum(case when ' ~ in_last_14_days ~ ' then played.seconds_played end)') }} as seconds_last_14_days,
        {{ int64('sum(case when ' ~ in_last_7_days ~ ' then played.seconds_played end)') }} as seconds_last_7_days
    from listings
    inner join played
        on
            listings.season_year = played.season_year
            and listings.player_lookup = played.player_lookup
            and listings.game_date > played.game_date
            and played.game_date >= {{ days_before('listings.game_date', 30) }}
    group by listings.game_id, listings.player_lookup
),

back_to_backs as (
    select
        listings.game_id,
        listings.player_lookup,
        count(*) as pairs
    from listings
    inner join after_each_game
        on
            listings.season_year = after_each_game.season_year
            and listings.player_lookup = after_each_game.player_lookup
            and listings.game_date > after_each_game.last_game_date
            and after_each_game.second_last_game_date >= {{ days_before('listings.game_date', 14) }}
            and {{ days_between('after_each_game.second_last_game_date', 'after_each_game.last_game_date') }} = 1
    group by listings.game_id, listings.player_lookup
),

final as (
    select
        entering.game_id,
        entering.game_date,
        entering.season_year,
        entering.team_abbr,
        entering.player_lookup,

        {{ days_between('entering.last_game_date', 'entering.game_date') }} - 1 as days_rest,
        {{ days_between('entering.second_last_game_date', 'entering.last_game_date') }} - 1 as days_rest_before_last_game,
        case
            when {{ days_between('entering.last_game_date', 'entering.game_date') }} - 1 >= 2 then 0
            else {{ days_between('entering.last_game_after_long_rest', 'entering.game_date') }}
        end as days_since_2_plus_days_rest,

        coalesce(recent_load.games_last_7_days, 0) as games_in_last_7_days,
        coalesce(recent_load.games_last_14_days, 0) as games_in_last_14_days,
        coalesce(recent_load.games_last_30_days, 0) as games_in_last_30_days,
        coalesce(recent_load.seconds_last_7_days, 0) as seconds_in_last_7_days,
        coalesce(recent_load.seconds_last_14_days, 0) as seconds_in_last_14_days,
        coalesce(back_to_backs.pairs, 0) as back_to_backs_last_14_days,

        coalesce(entering.games_played_season, 0) as games_played_season,
        entering.points_season,
        coalesce(entering.games_last_5, 0) as games_last_5,
        coalesce(entering.games_last_10, 0) as games_last_10,
        coalesce(entering.games_last_7, 0) as games_last_7,
        {{ ratio('entering.points_last_5', 'entering.games_last_5', 1) }} as points_avg_last_5,
        {{ ratio('entering.points_last_10', 'entering.games_last_10', 1) }} as points_avg_last_10,
        {{ ratio('entering.usage_seconds_last_7', '100 * entering.rated_seconds_last_7', 2) }} as avg_usage_rate_last_7_games,
        entering.seconds_last_7,
        -- FG% of the season minus FG% of the last five, one exact fraction
        {{ ratio(
            'entering.fg_makes_season * entering.fg_attempts_last_5 - entering.fg_makes_last_5 * entering.fg_attempts_season',
            'entering.fg_attempts_season * entering.fg_attempts_last_5', 3
        ) }} as shooting_pct_decline_last_5,

        {{ ratio('entering.points_season', 'entering.games_played_season', 1) }} as points_avg_season,
        {{ sample_deviation(
            'entering.points_last_10', 'entering.squared_points_last_10', 'entering.games_last_10'
        ) }} as points_std_last_10,
        {{ ratio('entering.seconds_last_10', '60 * entering.games_last_10', 1) }} as minutes_avg_last_10,
        {{ ratio('entering.usage_x100_last_10', '100 * entering.rated_games_last_10', 2, 6) }} as usage_rate_last_10,
        {{ ratio('entering.usage_x100_season', '100 * entering.rated_games_season', 2, 6) }} as usage_rate_season,
        {{ ratio(
            '50 * entering.points_last_10', '100 * entering.fg_attempts_last_10 + 44 * entering.ft_attempts_last_10', 3, 5
        ) }} as ts_pct_last_10,
        {{ ratio(
            '100 * entering.assisted_last_10', 'entering.assisted_last_10 + entering.unassisted_last_10', 2, 5
        ) }} as assisted_rate_last_10,
        -- newest three minus older two of the last five, in five steps (definitions M6)
        case
            when entering.games_last_5 >= 5 then {{ steps(
                '2 * entering.points_last_3 - 3 * (entering.points_last_5 - entering.points_last_3)', [(30, 2), (12, 1), (-30, -2), (-12, -1)]
            ) }}
        end as recent_trend,
        -- minutes of the last ten against the season, in five steps of 10 and 20 percent (definitions M7)
        case
            when entering.seconds_season > 0 then {{ steps(
                '10 * (entering.seconds_last_10 * entering.games_played_season - entering.seconds_season * entering.games_last_10)',
                [
                    ('2 * entering.seconds_season * entering.games_last_10', 2),
                    ('entering.seconds_season * entering.games_last_10', 1),
                    ('-2 * entering.seconds_season * entering.games_last_10', -2),
                    ('-entering.seconds_season * entering.games_last_10', -1),
                ]
            ) }}
        end as minutes_change,
        -- share of points from the free-throw line, at most one half (definitions M9)
        case
            when entering.games_last_10 >= 5 and entering.points_last_10 > 0 and 2 * entering.ft_makes_last_10 > entering.points_last_10
                then 0.5
            when entering.games_last_10 >= 5 then {{ ratio('entering.ft_makes_last_10', 'entering.points_last_10', 4, 5) }}
        end as free_throw_share_last_10,
        {%- set season_shots = 'entering.paint_attempts_season + entering.mid_range_attempts_season + entering.three_pt_attempts_season' %}
        {{ ratio('entering.paint_attempts_season', season_shots, 4, 5) }} as paint_share_season,
        {{ ratio('entering.mid_range_attempts_season', season_shots, 4, 5) }} as mid_range_share_season,
        {{ ratio('entering.three_pt_attempts_season', season_shots, 4, 5) }} as three_pt_share_season
    from entering
    left join recent_load
        on
            entering.game_id = recent_load.game_id
            and entering.player_lookup = recent_load.player_lookup
    left join back_to_backs
        on
            entering.game_id = back_to_backs.game_id
            and entering.player_lookup = back_to_backs.player_lookup
)

select * from final
