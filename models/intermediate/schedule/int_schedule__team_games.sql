-- grain: game_id, team_abbr (two rows a game) · window: whole table, every window inside one season (definitions G5)
-- reads: int_schedule__games · why: rest, density, travel and form of a team, each as known before the game.
{{ config(event_time='game_date', partition_by=by_game_date(), require_partition_filter=false) }}
with

games as (
    select * from {{ ref('int_schedule__games') }}
),

sides as (
    select
        *,
        home_team_abbr as team_abbr,
        away_team_abbr as opponent_team_abbr,
        true as is_home,
        home_team_score as team_points,
        away_team_score as opponent_points
    from games
    union all
    select
        *,
        away_team_abbr as team_abbr,
        home_team_abbr as opponent_team_abbr,
        false as is_home,
        away_team_score as team_points,
        home_team_score as opponent_points
    from games
),

numbered as (
    select
        *,
        {{ day_number('game_date') }} as day_number,
        {{ utc_offset_hours('game_date', 'time_zone') }} as utc_offset_hours,
        case when is_final then team_points - opponent_points end as margin,
        row_number() over season as game_number_in_season,
        lag(game_date) over season as previous_game_date,
        lag(latitude) over season as previous_latitude,
        lag(longitude) over season as previous_longitude,
        lag(time_zone) over season as previous_time_zone,
        lead(game_id) over season as next_game_id,
        lead(game_date) over season as next_game_date,
        lead(opponent_team_abbr) over season as next_opponent_team_abbr,
        lead(is_primetime) over season as next_game_is_primetime
    from sides
    window season as (partition by season_year, team_abbr order by game_date, game_id)
),

legs as (
    select
        *,
        -- local clock time against UTC at noon UTC of the same day, here and at the previous venue (C2)
        abs(utc_offset_hours - {{ utc_offset_hours('game_date', 'previous_time_zone') }}) as time_zone_changes,
        {{ whole_miles('previous_latitude', 'previous_longitude', 'latitude', 'longitude') }} as travel_miles,
        case when margin > 0 then 1 else 0 end as won,
        case when margin < 0 then 1 else 0 end as lost,
        case when is_home then 1 else 0 end as at_home
    from numbered
),

running as (
    select
        *,
        coalesce({{ count_if('is_final') }} over earlier, 0) as finals_before,
        coalesce({{ int64('sum(won) over earlier') }}, 0) as wins_before,
        coalesce({{ int64('sum(lost) over earlier') }}, 0) as losses_before,
        {{ int64('sum(at_home) over so_far') }} as home_games_so_far,
        count(*) over (last_days range between 7 preceding and 1 preceding) as games_in_last_7_days,
        count(*) over (last_days range between 14 preceding and 1 preceding) as games_in_last_14_days,
        count(*) over (last_days range between 1 following and 7 following) as games_in_next_7_days,
        {{ int64('sum(travel_miles) over (last_days range between 14 preceding and current row)') }} as miles_traveled_last_14_days,
        {{ int64('sum(time_zone_changes) over (last_days range between 14 preceding and current row)') }} as time_zones_crossed_last_14_days
    from legs
    window
        earlier as (
            partition by season_year, team_abbr
            order by game_date, game_id
            rows between unbounded preceding and 1 preceding
        ),
        so_far as (partition by season_year, team_abbr order by game_date, game_id rows unbounded preceding),
        last_days as (partition by season_year, team_abbr order by day_number)
),

streaks as (
    select
        *,
        -- a streak is what came since the last result of the other kind
        coalesce(max(case when lost = 1 then wins_before end) over earlier, 0) as wins_before_last_loss,
        coalesce(max(case when won = 1 then losses_before end) over earlier, 0) as losses_before_last_win,
        max(case when is_final then game_number_in_season end) over earlier as last_final_game_number,
        row_number() over (
            partition by season_year, team_abbr, home_games_so_far order by game_date, game_id
        ) as games_since_home_game
    from running
    window earlier as (
        partition by season_year, team_abbr
        order by game_date, game_id
        rows between unbounded preceding and 1 preceding
    )
),

final as (
    select
        streaks.game_id,
        streaks.nba_game_id,
        streaks.game_date,
        streaks.season_year,
        streaks.game_type,
        streaks.team_abbr,
        streaks.opponent_team_abbr,
        streaks.is_home,
        streaks.is_final,
        streaks.tip_off_at,
        streaks.time_zone,
        streaks.opening_night,
        case
            when streaks.utc_offset_hours = streaks.standard_utc_offset_hours then streaks.standard_abbr
            else streaks.daylight_abbr
        end as time_zone_abbr,
        streaks.margin,
        streaks.game_number_in_season,
        streaks.previous_game_date,
        {{ days_between('streaks.previous_game_date', 'streaks.game_date') }} as days_since_last_game,
        {{ days_between('streaks.previous_game_date', 'streaks.game_date') }} - 1 as days_rest,
        streaks.games_in_last_7_days,
        streaks.games_in_last_14_days,
        streaks.travel_miles,
        streaks.time_zone_changes,
        streaks.miles_traveled_last_14_days,
        streaks.time_zones_crossed_last_14_days,
        -- the first row of a group is the home game itself, unless the season began on the road
        case
            when streaks.at_home = 1 then 0
            when streaks.home_games_so_far = 0 then streaks.games_since_home_game
            else streaks.games_since_home_game - 1
        end as consecutive_road_games,
        streaks.finals_before,
        streaks.wins_before,
        streaks.wins_before - streaks.wins_before_last_loss as win_streak_entering,
        streaks.losses_before - streaks.losses_before_last_win as loss_streak_entering,
        last_final.margin as last_game_margin,
        streaks.next_game_id,
        streaks.next_game_date,
        streaks.next_opponent_team_abbr,
        {{ days_between('streaks.game_date', 'streaks.next_game_date') }} - 1 as next_game_days_rest,
        streaks.next_game_is_primetime,
        streaks.games_in_next_7_days
    from streaks
    left join streaks as last_final
        on
            streaks.season_year = last_final.season_year
            and streaks.team_abbr = last_final.team_abbr
            and streaks.last_final_game_number = last_final.game_number_in_season
)

select * from final
