-- The margin is points minus line, and over or under is known exactly when the line is.
{{ config(meta={
    'judges': ['player_game_summary'], 'severity': 'hold',
    'reason': 'the definition of these columns',
}) }}
select
    game_date,
    game_id,
    player_lookup,
    points,
    points_line,
    margin,
    over_under_result
from {{ ref('player_game_summary') }}
where
    {{ in_window('game_date') }}
    and (
        margin is distinct from points - points_line
        or (points_line is null) <> (over_under_result is null)
    )
