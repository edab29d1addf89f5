-- grain: game_id, player_lookup: who has played this season · window: requested dates
-- reads: feature store, player and team zone analyses of the day
-- why: where he shoots against what the opponent allows there: points of a make, his attempts a game, and the opponent's
-- percentage against the league's. A positive distance is a weaker defence and adds points.
{{ config(materialized='ephemeral') }}

{%- set points_of_a_make = {'paint': 2, 'mid_range': 2, 'three_pt': 3} %}

with

features as (
    select * from {{ reads(ref('ml_feature_store_v2')) }}
),

shot_zones as (
    select * from {{ reads(ref('player_shot_zone_analysis')) }}
),

zone_defence as (
    select * from {{ reads(ref('team_defense_zone_analysis')) }}
),

coefficients as (
    {{ prediction_coefficients('zone_matchup_v1', [
        'zone_limit', 'pace', 'at_home', 'away', 'tired_below', 'tired', 'weary_below', 'weary',
    ]) }}
),

matched as (
    select
        features.game_id,
        features.game_date,
        features.season_year,
        features.player_lookup,
        features.points_avg_season,
        coefficients.zone_limit,
        {%- for zone, points in points_of_a_make.items() %}
        {{ ratio(
            points ~ ' * ' ~ scaled('shot_zones.' ~ zone ~ '_attempts_per_game', 1) ~ ' * '
            ~ scaled('zone_defence.' ~ zone ~ '_defense_vs_league_avg', 2), 10 ** 5, 2, 5
        ) }} as {{ zone }}_matchup,
        {%- endfor %}
        {{ points_for_tiredness('features.fatigue_score') }} as fatigue_points,
        {{ points_for('features.pace_score', 'coefficients.pace') }} as pace_points,
        {{ points_for_venue('features.is_home') }} as venue_points
    from features
    cross join coefficients
    left join shot_zones
        on
            features.game_date = shot_zones.game_date
            and features.player_lookup = shot_zones.player_lookup
    left join zone_defence
        on
            features.game_date = zone_defence.game_date
            and features.opponent_team_abbr = zone_defence.team_abbr
),

adjusted as (
    select
        *,
        case
            when coalesce(paint_matchup, mid_range_matchup, three_pt_matchup) is not null
                then
                    coalesce({{ within('paint_matchup', 'zone_limit') }}, 0)
                    + coalesce({{ within('mid_range_matchup', 'zone_limit') }}, 0)
                    + coalesce({{ within('three_pt_matchup', 'zone_limit') }}, 0)
        end as matchup_points
    from matched
),

final as (
    {{ rows_of_system(
        'zone_matchup_v1', 'adjusted', base='points_avg_season',
        adjustments={
            'opponent': 'matchup_points', 'fatigue': 'fatigue_points', 'pace': 'pace_points', 'home': 'venue_points',
        },
        missing={'opponent': {
            'paint_matchup': 'paint_matchup is null', 'mid_range_matchup': 'mid_range_matchup is null',
            'three_pt_matchup': 'three_pt_matchup is null',
        }}
    ) }}
)

select * from final
