-- Every expected entity has either a row or an open failure, and nobody else has a row: unaccounted = 0 (story 29).
select
    processor_name,
    game_date,
    entity_id,
    game_id,
    state
from {{ ref('coverage_reconciliation') }}
where state in ('both', 'unaccounted', 'unexpected_record') and {{ in_window('game_date') }}
