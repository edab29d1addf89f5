-- A key that stands for two registry ids is two players, or one entered twice (operations section 5.3).
select
    player_lookup,
    universal_player_ids
from {{ ref('stg_registry__players') }}
where universal_player_ids <> 1
