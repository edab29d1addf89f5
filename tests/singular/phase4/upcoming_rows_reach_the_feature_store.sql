-- Every upcoming player row after bootstrap has its composite factors and its features, and nothing else has; the daily
-- cache holds those with enough games.
with

upcoming as (
    select
        context.game_id,
        context.game_date,
        context.player_lookup,
        context.games_played_season
    from {{ ref('upcoming_player_game_context') }} as context
    inner join {{ ref('int_schedule__precompute_days') }} as days on context.game_date = days.game_date
    where {{ in_window('context.game_date') }}
),

composite as (
    select game_id, player_lookup, game_date from {{ ref('player_composite_factors') }}
    where {{ in_window('game_date') }}
),

features as (
    select game_id, player_lookup, game_date from {{ ref('ml_feature_store_v2') }}
    where {{ in_window('game_date') }}
),

daily_cache as (
    select game_id, player_lookup, game_date from {{ ref('player_daily_cache') }}
    where {{ in_window('game_date') }}
)

select
    'player_composite_factors' as table_name,
    coalesce(upcoming.game_id, composite.game_id) as game_id,
    coalesce(upcoming.player_lookup, composite.player_lookup) as player_lookup
from upcoming
full outer join composite
    on
        upcoming.game_id = composite.game_id
        and upcoming.player_lookup = composite.player_lookup
where upcoming.game_id is null or composite.game_id is null
union all
select
    'ml_feature_store_v2' as table_name,
    coalesce(upcoming.game_id, features.game_id) as game_id,
    coalesce(upcoming.player_lookup, features.player_lookup) as player_lookup
from upcoming
full outer join features
    on
        upcoming.game_id = features.game_id
        and upcoming.player_lookup = features.player_lookup
where upcoming.game_id is null or features.game_id is null
union all
select
    'player_daily_cache' as table_name,
    coalesce(upcoming.game_id, daily_cache.game_id) as game_id,
    coalesce(upcoming.player_lookup, daily_cache.player_lookup) as player_lookup
from upcoming
full outer join daily_cache
    on
        upcoming.game_id = daily_cache.game_id
        and upcoming.player_lookup = daily_cache.player_lookup
where
    upcoming.game_id is null
    or (upcoming.games_played_season >= {{ var('pdc_min_games') }}) <> (daily_cache.game_id is not null)
