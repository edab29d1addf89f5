-- The line of a prediction is the real one that the player's context has, or NULL: never a constant and never an estimate
-- (predictions S6, story 22).
{{ config(meta={
    'judges': ['player_prop_predictions'], 'severity': 'hold',
    'reason': 'a line that nobody offered makes every recommendation and every grade worthless',
}) }}
select
    predictions.game_date,
    predictions.game_id,
    predictions.player_lookup,
    predictions.system_id,
    predictions.points_line,
    player_context.current_points_line
from {{ ref('player_prop_predictions') }} as predictions
inner join {{ ref('upcoming_player_game_context') }} as player_context
    on
        predictions.game_id = player_context.game_id
        and predictions.player_lookup = player_context.player_lookup
        and player_context.{{ in_window('game_date') }}
where
    predictions.{{ in_window('game_date') }}
    and coalesce(predictions.points_line, -1) <> coalesce(player_context.current_points_line, -1)
