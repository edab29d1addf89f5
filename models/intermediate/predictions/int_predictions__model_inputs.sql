-- grain: game_id, player_lookup: the rows of the feature store · window: requested dates
-- reads: feature store, contexts, form and lines of the day, player_game_summary of the season before
-- why: everything that a trained system is told, known before tip-off, as numbers: what it is trained on and what it is asked
-- with are the same rows (predictions T1). NULL is unknown.
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['player_lookup']) }}

with

features as (
    select * from {{ reads(ref('ml_feature_store_v2')) }}
),

player_context as (
    select * from {{ reads(ref('upcoming_player_game_context')) }}
),

form as (
    select * from {{ reads(ref('int_players__form_entering')) }}
),

points_lines as (
    select * from {{ reads(ref('int_betting__player_points_lines')) }}
),

played as (
    select * from {{ reads(ref('player_game_summary')) }}
    where seconds_played > 0
),

seasons_played as (
    select
        player_lookup,
        season_year,
        {{ int64('sum(points)') }} as points,
        count(*) as games
    from played
    group by player_lookup, season_year
),

joined as (
    select
        features.*,
        player_context.days_rest_before_last_game,
        player_context.avg_minutes_per_game_last_7,
        player_context.minutes_in_last_7_days,
        player_context.minutes_in_last_14_days,
        player_context.games_in_last_14_days,
        player_context.games_played_season,
        player_context.avg_usage_rate_last_7_games,
        player_context.projected_usage_rate,
        player_context.star_teammates_out,
        player_context.questionable_teammates,
        player_context.probable_teammates,
        player_context.game_spread,
        player_context.game_total,
        player_context.player_age,
        player_context.opponent_days_rest,
        player_context.travel_miles,
        player_context.current_points_line,
        case
            when player_context.player_status = 'out' then 3
            when player_context.player_status = 'doubtful' then 2
            when player_context.player_status = 'questionable' then 1
            when player_context.questionable_teammates is not null then 0
        end as report_status,
        form.minutes_avg_last_10,
        form.usage_rate_last_10,
        form.ts_pct_last_10,
        {{ scaled('form.minutes_avg_last_10', 1) }} as minutes_x10,
        {{ scaled('features.points_avg_season', 1) }} as points_x10,
        case when player_context.player_status = 'out' then {{ scaled('form.minutes_avg_last_10', 1) }} end as missing_minutes_x10,
        case when player_context.player_status = 'out' then {{ scaled('features.points_avg_season', 1) }} end as missing_points_x10,
        {{ ratio('seasons_played.points', 'seasons_played.games', 1) }} as points_avg_previous_season,
        {{ no_vig_probability('points_lines.over_price', 'points_lines.under_price') }} as market_probability_over
    from features
    inner join player_context
        on
            features.game_id = player_context.game_id
            and features.player_lookup = player_context.player_lookup
    left join form
        on
            features.game_id = form.game_id
            and features.player_lookup = form.player_lookup
    left join points_lines
        on
            features.game_id = points_lines.game_id
            and features.player_lookup = points_lines.player_lookup
    left join seasons_played
        on
            features.player_lookup = seasons_played.player_lookup
            and features.season_year - 1 = seasons_played.season_year
),

-- what the listed team-mates of a game bring, and what of it stays away; without an injury report nobody knows
among_his_team as (
    select
        *,
        case
            when count(report_status) over his_team > 0
                then coalesce(sum(missing_minutes_x10) over his_team, 0) - coalesce(missing_minutes_x10, 0)
        end as minutes_missing_x10,
        case
            when count(report_status) over his_team > 0
                then coalesce(sum(missing_points_x10) over his_team, 0) - coalesce(missing_points_x10, 0)
        end as points_missing_x10,
        sum(points_x10) over his_team as points_of_team_x10,
        case
            when minutes_x10 is not null
                then rank() over (partition by game_id, team_abbr order by minutes_x10 desc nulls last)
        end as rank_in_minutes
    from joined
    window his_team as (partition by game_id, team_abbr)
),

final as (
    select
        game_id,
        game_date,
        season_year,
        player_lookup,
        {%- for name, kind, default in feature_definitions() %}
        {{ name }},
        {%- endfor %}
        {%- for name in [
            'days_rest', 'days_rest_before_last_game', 'avg_minutes_per_game_last_7', 'minutes_in_last_7_days',
            'minutes_in_last_14_days', 'games_in_last_14_days', 'games_played_season', 'minutes_avg_last_10',
            'usage_rate_last_10', 'ts_pct_last_10', 'avg_usage_rate_last_7_games', 'projected_usage_rate', 'star_teammates_out',
            'questionable_teammates', 'probable_teammates', 'report_status', 'game_spread', 'game_total', 'player_age',
            'opponent_days_rest', 'travel_miles', 'rank_in_minutes', 'points_avg_previous_season', 'market_probability_over',
        ] %}
        {{ double(name) }} as {{ name }},
        {%- endfor %}
        points_avg_last_5 - points_avg_season as form_against_season,
        points_avg_last_10 / nullif({{ double('minutes_avg_last_10') }}, 0) as points_per_minute,
        {{ double('minutes_missing_x10') }} / 10 as minutes_missing,
        {{ double('points_missing_x10') }} / 10 as points_missing,
        {{ double('points_x10') }} / nullif({{ double('points_of_team_x10') }}, 0) as share_of_team_points,
        {{ double('current_points_line') }} as points_line
    from among_his_team
)

select * from final
