-- grain: game_id, player_lookup with a line · window: requested dates · reads: feature store and player contexts of the day
-- why: the reference of every claim about betting: the real line as of tip-off, never a constant (story 22).
{{ config(materialized='ephemeral') }}

with

features as (
    select * from {{ reads(ref('ml_feature_store_v2')) }}
),

player_context as (
    select * from {{ reads(ref('upcoming_player_game_context')) }}
),

lined as (
    select
        features.game_id,
        features.game_date,
        features.season_year,
        features.player_lookup,
        player_context.current_points_line
    from features
    inner join player_context
        on
            features.game_id = player_context.game_id
            and features.player_lookup = player_context.player_lookup
),

final as (
    {{ rows_of_system('market_line', 'lined', base='current_points_line') }}
)

select * from final
