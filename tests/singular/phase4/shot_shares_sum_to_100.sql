-- The shares of a player's shots by zone are one whole, within rounding.
{{ config(meta={
    'judges': ['player_shot_zone_analysis'], 'severity': 'hold',
    'reason': 'shares of one whole',
}) }}

select
    game_date,
    player_lookup,
    paint_rate_last_10,
    mid_range_rate_last_10,
    three_pt_rate_last_10
from {{ ref('player_shot_zone_analysis') }}
where
    {{ in_window('game_date') }}
    and abs(paint_rate_last_10 + mid_range_rate_last_10 + three_pt_rate_last_10 - 100) > 0.1
