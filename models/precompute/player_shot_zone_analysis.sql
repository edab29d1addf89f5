-- grain: game_date, player_lookup: every player with enough games, on every game day after bootstrap, listed or not
-- window: requested dates, as of each date · reads: player_game_summary and raw box scores of the season before the day
-- why: where a player shoots from, how well, and who creates his shots, over his last 10 games (definitions S1 to S3).
{{ config(partition_by=by_game_date(), cluster_by=['player_lookup', 'universal_player_id', 'game_date']) }}

with

days as (
    select * from {{ reads(ref('int_schedule__precompute_days')) }}
    where {{ in_window('game_date') }}
),

registry as (
    select * from {{ ref('stg_registry__players') }}
),

raw_games_played as (
    select * from {{ ref('int_players__raw_games_played') }}
),

-- a game counts for the zones when its paint and mid-range shots are known; threes are taken from the same games
played as (
    select
        *,
        case when paint_attempts is not null and mid_range_attempts is not null then 1 end as has_zones,
        case when paint_attempts is not null and mid_range_attempts is not null then three_pt_attempts end as zoned_three_pt_attempts,
        case when paint_attempts is not null and mid_range_attempts is not null then three_pt_makes end as zoned_three_pt_makes
    from {{ reads(ref('player_game_summary')) }}
    where seconds_played > 0
),

-- what is known after each game: the windows include the game itself
after_each_game as (
    select
        season_year,
        player_lookup,
        game_date,
        coalesce(lead(game_date) over season, cast('9999-12-31' as date)) as known_until,
        count(*) over last_10 as games_in_sample_10,
        count(has_zones) over last_10 as games_with_zone_data,
        {{ int64('sum(paint_attempts) over last_10') }} as paint_attempts,
        {{ int64('sum(paint_makes) over last_10') }} as paint_makes,
        {{ int64('sum(mid_range_attempts) over last_10') }} as mid_range_attempts,
        {{ int64('sum(mid_range_makes) over last_10') }} as mid_range_makes,
        {{ int64('sum(zoned_three_pt_attempts) over last_10') }} as three_pt_attempts,
        {{ int64('sum(zoned_three_pt_makes) over last_10') }} as three_pt_makes,
        {{ int64('sum(assisted_fg_makes) over last_10') }} as assisted_fg_makes,
        {{ int64('sum(unassisted_fg_makes) over last_10') }} as unassisted_fg_makes,
        count(*) over last_20 as games_in_sample_20,
        count(has_zones) over last_20 as games_with_zone_data_20,
        {{ int64('sum(paint_attempts) over last_20') }} as paint_attempts_20,
        {{ int64('sum(paint_makes) over last_20') }} as paint_makes_20,
        {{ int64('sum(paint_attempts + mid_range_attempts + zoned_three_pt_attempts) over last_20') }} as total_shots_20
    from played
    window
        season as (partition by season_year, player_lookup order by game_date, game_id),
        last_10 as (
            partition by season_year, player_lookup order by game_date, game_id rows between 9 preceding and current row
        ),
        last_20 as (
            partition by season_year, player_lookup order by game_date, game_id rows between 19 preceding and current row
        )
),

-- the same window according to raw: how many of his games are there, with zones
after_each_raw_game as (
    select
        raw_games_played.season_year,
        raw_games_played.player_lookup,
        raw_games_played.game_date,
        coalesce(lead(raw_games_played.game_date) over season, cast('9999-12-31' as date)) as known_until,
        count(*) over last_10 as expected_games_count,
        count(played.has_zones) over last_10 as actual_games_count
    from raw_games_played
    left join played
        on
            raw_games_played.game_date = played.game_date
            and raw_games_played.game_id = played.game_id
            and raw_games_played.player_lookup = played.player_lookup
    window
        season as (
            partition by raw_games_played.season_year, raw_games_played.player_lookup
            order by raw_games_played.game_date, raw_games_played.game_id
        ),
        last_10 as (
            partition by raw_games_played.season_year, raw_games_played.player_lookup
            order by raw_games_played.game_date, raw_games_played.game_id rows between 9 preceding and current row
        )
),

entering as (
    select
        days.game_date as analysis_date,
        after_each_game.*,
        -- too few games with play-by-play: no rate says anything (definitions S1)
        after_each_game.games_with_zone_data >= {{ var('psza_min_zone_games') }} as has_rates,
        after_each_game.games_in_sample_20 >= {{ var('psza_trend_min_games') }}
        and after_each_game.games_with_zone_data_20 >= {{ var('psza_min_zone_games') }} as has_trend,
        after_each_game.paint_attempts + after_each_game.mid_range_attempts + after_each_game.three_pt_attempts as total_shots
    from days
    inner join after_each_game
        on
            days.season_year = after_each_game.season_year
            and days.game_date > after_each_game.game_date
            and days.game_date <= after_each_game.known_until
    where after_each_game.games_in_sample_10 >= {{ var('psza_min_games') }}
),

{%- set zones = ['paint', 'mid_range', 'three_pt'] %}

measured as (
    select
        entering.player_lookup,
        registry.universal_player_id,
        entering.analysis_date as game_date,
        entering.analysis_date,
        entering.season_year,
        {%- for zone in zones %}
        case
            when entering.has_rates then {{ ratio('100 * entering.' ~ zone ~ '_attempts', 'entering.total_shots', 2, 5) }}
        end as {{ zone }}_rate_last_10,
        case
            when entering.has_rates then {{ ratio('entering.' ~ zone ~ '_makes', 'entering.' ~ zone ~ '_attempts', 3, 5) }}
        end as {{ zone }}_pct_last_10,
        case
            when entering.has_rates then {{ ratio('entering.' ~ zone ~ '_attempts', 'entering.games_with_zone_data', 1, 4) }}
        end as {{ zone }}_attempts_per_game,
        {%- endfor %}
        case when entering.has_rates then nullif(entering.total_shots, 0) end as total_shots_last_10,
        case
            when entering.has_trend then {{ ratio('100 * entering.paint_attempts_20', 'entering.total_shots_20', 2, 5) }}
        end as paint_rate_last_20,
        case
            when entering.has_trend then {{ ratio('entering.paint_makes_20', 'entering.paint_attempts_20', 3, 5) }}
        end as paint_pct_last_20,
        case
            when entering.has_rates
                then {{ ratio(
                    '100 * entering.assisted_fg_makes', 'entering.assisted_fg_makes + entering.unassisted_fg_makes', 2, 5
                ) }}
        end as assisted_rate_last_10,
        case
            when entering.has_rates
                then {{ ratio(
                    '100 * entering.unassisted_fg_makes', 'entering.assisted_fg_makes + entering.unassisted_fg_makes', 2, 5
                ) }}
        end as unassisted_rate_last_10,
        entering.games_in_sample_10,
        entering.games_with_zone_data,
        entering.games_in_sample_20,
        {{ sample_quality('entering.games_in_sample_20', [20, 14, 10]) }} as sample_quality_20,
        coalesce(after_each_raw_game.expected_games_count, 0) as expected_games_count,
        coalesce(after_each_raw_game.actual_games_count, 0) as actual_games_count,
        {{ ratio('100 * entering.games_with_zone_data', 'entering.games_in_sample_10', 1) }} as completeness_percentage
    from entering
    left join registry on entering.player_lookup = registry.player_lookup
    left join after_each_raw_game
        on
            entering.season_year = after_each_raw_game.season_year
            and entering.player_lookup = after_each_raw_game.player_lookup
            and entering.analysis_date > after_each_raw_game.game_date
            and entering.analysis_date <= after_each_raw_game.known_until
),

final as (
    select
        player_lookup,
        universal_player_id,
        game_date,
        analysis_date,
        season_year,
        paint_rate_last_10,
        mid_range_rate_last_10,
        three_pt_rate_last_10,
        total_shots_last_10,
        paint_pct_last_10,
        mid_range_pct_last_10,
        three_pt_pct_last_10,
        paint_attempts_per_game,
        mid_range_attempts_per_game,
        three_pt_attempts_per_game,
        paint_rate_last_20,
        paint_pct_last_20,
        assisted_rate_last_10,
        unassisted_rate_last_10,
        {{ primary_zone('paint_rate_last_10', 'mid_range_rate_last_10', 'three_pt_rate_last_10') }} as primary_scoring_zone,
        games_in_sample_10,
        games_with_zone_data,
        games_in_sample_20,
        sample_quality_20,
        expected_games_count,
        actual_games_count,
        expected_games_count - actual_games_count as missing_games_count,
        completeness_percentage,
        completeness_percentage >= {{ var('production_ready_pct') }} as is_production_ready,
        {{ text_array([
            "case when games_with_zone_data < games_in_sample_10 then 'partial_shot_zones' end",
            "case when total_shots_last_10 is null then 'no_rates' end",
        ]) }} as data_quality_issues
    from measured
)

select * from final
