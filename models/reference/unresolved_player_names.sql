-- grain: source_system, player_name_key · window: everything built so far · reads: resolved names, box scores, registry
-- why: the queue of names that still need an alias (or a registry entry), busiest first when ordered by occurrences.
with

names as (
    select * from {{ ref('int_players__resolved_names') }}
    where method = 'unresolved' and game_date >= cast('1946-11-01' as date)
),

player_lines as (
    select * from {{ ref('int_boxscores__player_lines') }}
    where game_date >= cast('1946-11-01' as date)
),

registry as (
    select * from {{ ref('stg_registry__players') }}
),

without_key as (
    select
        source_system,
        player_name_key,
        'no gamebook key' as reason,
        min(game_date) as first_seen_date,
        max(game_date) as last_seen_date,
        {{ int64('sum(row_count)') }} as occurrences
    from names
    group by source_system, player_name_key
),

without_registry_entry as (
    select
        player_lines.source_system,
        player_lines.player_lookup as player_name_key,
        'not in the registry' as reason,
        min(player_lines.game_date) as first_seen_date,
        max(player_lines.game_date) as last_seen_date,
        count(*) as occurrences
    from player_lines
    left join registry on player_lines.player_lookup = registry.player_lookup
    where registry.player_lookup is null
    group by player_lines.source_system, player_lines.player_lookup
),

final as (
    select * from without_key
    union all
    select * from without_registry_entry
)

select * from final
