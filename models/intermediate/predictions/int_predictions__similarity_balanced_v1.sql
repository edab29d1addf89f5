-- grain: game_id, player_lookup: who has at least five games alike · window: requested dates
-- reads: feature store of the day and of this and the season before, player_game_summary of the same time
-- why: what he scored in those of his earlier games that were alike in what was known before each of them: the tier of the
-- opponent's defence, his rest, the venue and his form. Nothing of a game's outcome says whether it is alike.
{{ config(materialized='ephemeral') }}

with

features as (
    select * from {{ reads(ref('ml_feature_store_v2')) }}
),

played as (
    select * from {{ reads(ref('player_game_summary')) }}
    where seconds_played > 0
),

coefficients as (
    {{ prediction_coefficients('similarity_balanced_v1', [
        'good_defence_below', 'weak_defence_above', 'form_margin', 'same_defence', 'next_defence', 'same_rest', 'next_rest',
        'same_venue', 'same_form', 'next_form', 'least_similarity', 'most_games', 'least_games', 'fatigue', 'fatigue_origin',
        'mismatch', 'pace', 'usage', 'at_home', 'away',
    ]) }}
),

-- what was known before a game, in classes that can be compared; an unknown one is alike to none
classed as (
    select
        features.game_id,
        features.game_date,
        features.season_year,
        features.player_lookup,
        features.is_home,
        features.points_avg_season,
        features.fatigue_score,
        features.shot_zone_mismatch_score,
        features.pace_score,
        features.usage_spike_score,
        case
            when features.opponent_def_rating < coefficients.good_defence_below then 0
            when features.opponent_def_rating <= coefficients.weak_defence_above then 1
            when features.opponent_def_rating > coefficients.weak_defence_above then 2
        end as defence_tier,
        case when features.days_rest >= 2 then 2 else features.days_rest end as rest_class,
        case
            when features.points_avg_last_5 - features.points_avg_season > coefficients.form_margin then 2
            when features.points_avg_last_5 - features.points_avg_season < -coefficients.form_margin then 0
            when features.points_avg_last_5 - features.points_avg_season is not null then 1
        end as form_class
    from features
    cross join coefficients
),

coming as (
    select * from classed
    where {{ in_window('game_date') }}
),

earlier as (
    select
        classed.*,
        played.points
    from classed
    inner join played
        on
            classed.game_id = played.game_id
            and classed.player_lookup = played.player_lookup
),

compared as (
    select
        coming.game_id,
        coming.player_lookup,
        earlier.points,
        earlier.game_date as earlier_date,
        earlier.game_id as earlier_game_id,
        coefficients.least_similarity,
        coefficients.most_games,
        coefficients.least_games,
        {{ int64(
            'coalesce(case abs(coming.defence_tier - earlier.defence_tier) when 0 then coefficients.same_defence when 1 then coefficients.next_defence end, 0)'
            ~ ' + coalesce(case abs(coming.rest_class - earlier.rest_class) when 0 then coefficients.same_rest when 1 then coefficients.next_rest end, 0)'
            ~ ' + coalesce(case when coming.is_home = earlier.is_home then coefficients.same_venue end, 0)'
            ~ ' + coalesce(case abs(coming.form_class - earlier.form_class) when 0 then coefficients.same_form when 1 then coefficients.next_form end, 0)'
        ) }} as similarity
    from coming
    cross join coefficients
    inner join earlier
        on
            coming.player_lookup = earlier.player_lookup
            and coming.game_date > earlier.game_date
            and coming.season_year - 1 <= earlier.season_year
),

alike as (
    select *
    from compared
    where similarity >= least_similarity
    qualify row_number() over (
        partition by game_id, player_lookup order by similarity desc, earlier_date desc, earlier_game_id desc
    ) <= most_games
),

of_each_game as (
    select
        game_id,
        player_lookup,
        count(*) as similar_games,
        {{ ratio('sum(similarity)', 'count(*)', 2, 5) }} as similarity_mean,
        min(similarity) as similarity_min,
        {{ ratio('sum(similarity * points)', 'sum(similarity)', 2, 5) }} as points_of_similar_games
    from alike
    group by game_id, player_lookup, least_games
    having count(*) >= least_games
),

adjusted as (
    select
        coming.game_id,
        coming.game_date,
        coming.season_year,
        coming.player_lookup,
        coming.points_avg_season,
        of_each_game.similar_games,
        of_each_game.similarity_mean,
        of_each_game.similarity_min,
        of_each_game.points_of_similar_games - coming.points_avg_season as context_points,
        {{ points_for('coming.fatigue_score - coefficients.fatigue_origin', 'coefficients.fatigue') }} as fatigue_points,
        {{ points_for('coming.shot_zone_mismatch_score', 'coefficients.mismatch') }} as mismatch_points,
        {{ points_for('coming.pace_score', 'coefficients.pace') }} as pace_points,
        {{ points_for('coming.usage_spike_score', 'coefficients.usage') }} as usage_points,
        {{ points_for_venue('coming.is_home') }} as venue_points
    from coming
    cross join coefficients
    inner join of_each_game
        on
            coming.game_id = of_each_game.game_id
            and coming.player_lookup = of_each_game.player_lookup
),

final as (
    {{ rows_of_system(
        'similarity_balanced_v1', 'adjusted', base='points_avg_season',
        adjustments={
            'similarity': 'context_points', 'fatigue': 'fatigue_points', 'shot_zone': 'mismatch_points', 'pace': 'pace_points',
            'usage': 'usage_points', 'home': 'venue_points',
        },
        similarity={'games': 'similar_games', 'mean': 'similarity_mean', 'min': 'similarity_min'}
    ) }}
)

select * from final
