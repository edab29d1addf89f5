-- One spelling of a key everywhere: lower-case letters and digits, nothing else (story 24).
select game_date, game_id, player_lookup from {{ ref('player_game_summary') }}
where {{ in_window('game_date') }} and not {{ matches('player_lookup', '^[a-z0-9]+$') }}
union all
select game_date, game_id, player_lookup from {{ ref('upcoming_player_game_context') }}
where {{ in_window('game_date') }} and not {{ matches('player_lookup', '^[a-z0-9]+$') }}
