-- Every expected entity has either a row or an open failure, and nobody else has a row: unaccounted = 0 (story 29). A
-- game day on which nobody is expected is not sound either: then there is nothing to compare with.
select
    processor_name,
    game_date,
    entity_id,
    game_id,
    state
from {{ ref('coverage_reconciliation') }}
where state in ('both', 'unaccounted', 'unexpected_record') and {{ in_window('game_date') }}
union all
select
    'expected_entities' as processor_name,
    games.game_date,
    games.game_id as entity_id,
    games.game_id,
    'nobody is expected' as state
from {{ ref('int_schedule__games') }} as games
left join {{ ref('expected_entities') }} as expected
    on
        games.game_date = expected.game_date
        and games.game_id = expected.game_id
        and expected.{{ in_window('game_date') }}
where games.{{ in_window('game_date') }} and expected.game_id is null
