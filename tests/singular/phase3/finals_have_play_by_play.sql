-- Final games without play-by-play: their shot zones are NULL. A warning: the chain is informational.
{{ config(severity='warn') }}

select
    games.game_date,
    games.game_id,
    games.game_type
from {{ ref('int_schedule__games') }} as games
left join {{ ref('int_play_by_play__games') }} as play_by_play
    on
        games.game_id = play_by_play.game_id
        and {{ in_window('play_by_play.game_date') }}
where
    games.is_final
    and {{ in_window('games.game_date') }}
    and coalesce(play_by_play.shots, 0) = 0
