-- Share of box-score rows of a requested date range without a registry id: above 2 % something is wrong with the names
-- of the source, not with a player (operations section 5.3; up to there rows are kept and flagged). A rookie whom the
-- registry does not have yet is more than that of one date: three players are no sign of a broken source.
select
    count(*) as player_games,
    {{ count_if('not is_player_resolved') }} as unresolved
from {{ ref('player_game_summary') }}
where {{ in_window('game_date') }}
having
    {{ count_if('not is_player_resolved') }} > 0.02 * count(*)
    and count(distinct case when not is_player_resolved then player_lookup end) > 3
