-- An alias leads to a gamebook key in one step: no chain, no loop, no alias that is itself a known key.
select
    aliases.alias_lookup,
    aliases.nba_canonical_lookup
from {{ ref('player_aliases') }} as aliases
left join {{ ref('player_aliases') }} as next_step on aliases.nba_canonical_lookup = next_step.alias_lookup
left join {{ ref('stg_registry__players') }} as registry on aliases.alias_lookup = registry.player_lookup
where aliases.is_active and (next_step.alias_lookup is not null or registry.player_lookup is not null)
