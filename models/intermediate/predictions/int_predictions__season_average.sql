-- grain: game_id, player_lookup: who has played this season · window: requested dates · reads: feature store of the day
-- why: the baseline that every other system must beat: what he scores in a game of this season.
{{ config(materialized='ephemeral') }}

with

features as (
    select * from {{ reads(ref('ml_feature_store_v2')) }}
),

final as (
    {{ rows_of_system('season_average', 'features', base='points_avg_season') }}
)

select * from final
