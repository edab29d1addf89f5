-- grain: game_date, team_abbr: every team with enough games, on every game day after bootstrap, whether it plays or not
-- window: requested dates, as of each date · reads: team_defense_game_summary of the season before the day, schedule
-- why: how well a defence guards each zone over its last 15 games, against the league (definitions Z1 to Z4).
{{ config(partition_by=by_game_date(), cluster_by=['team_abbr', 'game_date']) }}

{%- set zones = ['paint', 'mid_range', 'three_pt'] %}
{%- set vs_league = ['paint_defense_vs_league_avg', 'mid_range_defense_vs_league_avg', 'three_pt_defense_vs_league_avg'] %}
{%- set in_league_window = 'defence.game_date >= ' ~ days_before('days.game_date', var('league_window_days')) %}
{%- set is_steady = 'recent_games >= ' ~ var('league_min_games') %}

with

days as (
    select * from {{ reads(ref('int_schedule__precompute_days')) }}
    where {{ in_window('game_date') }}
),

team_games as (
    select * from {{ reads(ref('int_schedule__team_games')) }}
),

defence as (
    select
        *,
        case when opp_paint_attempts is not null and opp_mid_range_attempts is not null then 1 end as has_zones
    from {{ reads(ref('team_defense_game_summary')) }}
),

-- what is known after each game: the window includes the game itself
after_each_game as (
    select
        season_year,
        defending_team_abbr as team_abbr,
        game_date,
        coalesce(lead(game_date) over season, cast('9999-12-31' as date)) as known_until,
        count(*) over last_15 as games_in_sample,
        count(has_zones) over last_15 as games_with_zones,
        count(blocks_three_pt) over last_15 as games_with_three_pt_blocks,
        {{ int64('sum(opp_paint_makes) over last_15') }} as paint_makes,
        {{ int64('sum(opp_paint_attempts) over last_15') }} as paint_attempts,
        {{ int64('sum(opp_mid_range_makes) over last_15') }} as mid_range_makes,
        {{ int64('sum(opp_mid_range_attempts) over last_15') }} as mid_range_attempts,
        {{ int64('sum(opp_three_pt_makes) over last_15') }} as three_pt_makes,
        {{ int64('sum(opp_three_pt_attempts) over last_15') }} as three_pt_attempts,
        {{ int64('sum(points_in_paint_allowed) over last_15') }} as paint_points,
        {{ int64('sum(blocks_paint) over last_15') }} as paint_blocks,
        {{ int64('sum(blocks_mid_range) over last_15') }} as mid_range_blocks,
        {{ int64('sum(blocks_three_pt) over last_15') }} as three_pt_blocks,
        {{ int64('sum(points_allowed) over last_15') }} as points_allowed,
        {{ int64('sum(case when opponent_possessions is not null then points_allowed end) over last_15') }} as rated_points_allowed,
        {{ int64('sum(' ~ scaled('opponent_possessions', 2) ~ ') over last_15') }} as possessions_x100,
        {{ mean_of_decimals('opponent_pace', 1, 1, 'over last_15') }} as opponent_pace
    from defence
    window
        season as (partition by season_year, defending_team_abbr order by game_date, game_id),
        last_15 as (
            partition by season_year, defending_team_abbr order by game_date, game_id rows between 14 preceding and current row
        )
),

entering as (
    select
        days.game_date as analysis_date,
        after_each_game.*
    from days
    inner join after_each_game
        on
            days.season_year = after_each_game.season_year
            and days.game_date > after_each_game.game_date
            and days.game_date <= after_each_game.known_until
    where after_each_game.games_in_sample >= {{ var('tdza_min_games') }}
),

team_seasons as (
    select
        days.game_date as analysis_date,
        defence.defending_team_abbr as team_abbr,
        {%- for zone in zones %}
        {{ int64('sum(defence.opp_' ~ zone ~ '_makes)') }} as {{ zone }}_makes,
        {{ int64('sum(defence.opp_' ~ zone ~ '_attempts)') }} as {{ zone }}_attempts,
        {{ int64('sum(case when ' ~ in_league_window ~ ' then defence.opp_' ~ zone ~ '_makes end)') }} as {{ zone }}_makes_recent,
        {{ int64('sum(case when ' ~ in_league_window ~ ' then defence.opp_' ~ zone ~ '_attempts end)') }} as {{ zone }}_attempts_recent,
        {%- endfor %}
        {{ count_if(in_league_window) }} as recent_games
    from days
    inner join defence
        on
            days.season_year = defence.season_year
            and days.game_date > defence.game_date
    group by days.game_date, defence.defending_team_abbr
),

-- league averages: teams with enough recent games, if there are enough of them; else everything of the season (Z1)
league as (
    select
        analysis_date,
        {%- for zone in zones %}
        case
            when {{ count_if(is_steady) }} >= {{ var('league_min_teams') }}
                then {{ int64('sum(case when ' ~ is_steady ~ ' then ' ~ zone ~ '_makes_recent end)') }}
            else {{ int64('sum(' ~ zone ~ '_makes)') }}
        end as {{ zone }}_makes,
        case
            when {{ count_if(is_steady) }} >= {{ var('league_min_teams') }}
                then {{ int64('sum(case when ' ~ is_steady ~ ' then ' ~ zone ~ '_attempts_recent end)') }}
            else {{ int64('sum(' ~ zone ~ '_attempts)') }}
        end as {{ zone }}_attempts,
        {%- endfor %}
        count(*) as teams
    from team_seasons
    group by analysis_date
),

-- completeness: the team's last 15 final games on the schedule against result rows of the same games (U13)
scheduled as (
    select
        days.game_date as analysis_date,
        team_games.team_abbr,
        team_games.game_id
    from days
    inner join team_games
        on
            days.season_year = team_games.season_year
            and days.game_date > team_games.game_date
    where team_games.is_final
    qualify row_number() over (
        partition by days.game_date, team_games.team_abbr
        order by team_games.game_date desc, team_games.game_id desc
    ) <= 15
),

completeness as (
    select
        scheduled.analysis_date,
        scheduled.team_abbr,
        count(*) as expected_games_count,
        count(defence.game_id) as actual_games_count
    from scheduled
    left join defence
        on
            scheduled.game_id = defence.game_id
            and scheduled.team_abbr = defence.defending_team_abbr
    group by scheduled.analysis_date, scheduled.team_abbr
),

measured as (
    select
        entering.team_abbr,
        entering.analysis_date as game_date,
        entering.analysis_date,
        entering.season_year,
        {%- for zone in zones %}
        {{ ratio('entering.' ~ zone ~ '_makes', 'entering.' ~ zone ~ '_attempts', 3, 5) }} as {{ zone }}_pct_allowed_last_15,
        -- percentage points above the league: positive is a weaker defence
        {{ ratio(
            '100 * (entering.' ~ zone ~ '_makes * league.' ~ zone ~ '_attempts - league.' ~ zone ~ '_makes * entering.' ~ zone ~ '_attempts)',
            'entering.' ~ zone ~ '_attempts * league.' ~ zone ~ '_attempts', 2, 5
        ) }} as {{ zone }}_defense_vs_league_avg,
        {%- endfor %}
        {{ ratio('entering.paint_attempts', 'entering.games_with_zones', 1) }} as paint_attempts_allowed_per_game,
        {{ ratio('entering.paint_points', 'entering.games_with_zones', 1) }} as paint_points_allowed_per_game,
        {{ ratio('entering.paint_blocks', 'entering.games_with_zones', 1, 4) }} as paint_blocks_per_game,
        {{ ratio('entering.mid_range_attempts', 'entering.games_with_zones', 1) }} as mid_range_attempts_allowed_per_game,
        {{ ratio('entering.mid_range_blocks', 'entering.games_with_zones', 1, 4) }} as mid_range_blocks_per_game,
        {{ ratio('entering.three_pt_attempts', 'entering.games_in_sample', 1) }} as three_pt_attempts_allowed_per_game,
        {{ ratio('entering.three_pt_blocks', 'entering.games_with_three_pt_blocks', 1, 4) }} as three_pt_blocks_per_game,
        {{ ratio('10000 * entering.rated_points_allowed', 'entering.possessions_x100', 2) }} as defensive_rating_last_15,
        {{ ratio('entering.points_allowed', 'entering.games_in_sample', 1) }} as opponent_points_per_game,
        cast(entering.opponent_pace as numeric(5, 1)) as opponent_pace,
        entering.games_in_sample,
        entering.games_with_zones as games_with_zone_data,
        completeness.expected_games_count,
        completeness.actual_games_count,
        {{ ratio('100 * completeness.actual_games_count', 'completeness.expected_games_count', 1) }} as completeness_percentage
    from entering
    inner join league on entering.analysis_date = league.analysis_date
    left join completeness
        on
            entering.analysis_date = completeness.analysis_date
            and entering.team_abbr = completeness.team_abbr
),

-- the extremes among the zones that are known; ties in the order paint, mid-range, perimeter (Z3)
extremes as (
    select
        *,
        {{ extreme_of('least', vs_league) }} as strongest_value,
        {{ extreme_of('greatest', vs_league) }} as weakest_value
    from measured
),

final as (
    select
        team_abbr,
        game_date,
        analysis_date,
        season_year,
        paint_pct_allowed_last_15,
        paint_attempts_allowed_per_game,
        paint_points_allowed_per_game,
        paint_blocks_per_game,
        paint_defense_vs_league_avg,
        mid_range_pct_allowed_last_15,
        mid_range_attempts_allowed_per_game,
        mid_range_blocks_per_game,
        mid_range_defense_vs_league_avg,
        three_pt_pct_allowed_last_15,
        three_pt_attempts_allowed_per_game,
        three_pt_blocks_per_game,
        three_pt_defense_vs_league_avg,
        defensive_rating_last_15,
        opponent_points_per_game,
        opponent_pace,
        games_in_sample,
        games_with_zone_data,
        {{ zone_with_value('strongest_value') }} as strongest_zone,
        {{ zone_with_value('weakest_value') }} as weakest_zone,
        case when games_in_sample >= 15 then 'high' when games_in_sample >= 10 then 'medium' else 'low' end as data_quality_tier,
        games_in_sample < 15 as early_season_flag,
        expected_games_count,
        actual_games_count,
        expected_games_count - actual_games_count as missing_games_count,
        completeness_percentage,
        games_in_sample >= {{ var('tdza_ready_games') }}
        and coalesce(completeness_percentage >= {{ var('production_ready_pct') }}, false) as is_production_ready,
        {{ text_array([
            "case when games_with_zone_data = 0 then 'missing_shot_zones' end",
            "case when games_with_zone_data < games_in_sample then 'partial_shot_zones' end",
            "case when completeness_percentage < 100 then 'incomplete_window' end",
        ]) }} as data_quality_issues
    from extremes
)

select * from final
