-- The zones of a team come from the play-by-play, its attempts from the box score: they count the same shots. Over three
-- real seasons they differ by two at most (2.4 %); more than 5 % means that events or shot types are lost (story 12).
{{ config(meta={
    'judges': ['team_offense_game_summary'], 'severity': 'hold',
    'reason': 'play-by-play that contradicts the box score is not used (audits Q4), so this is an error of ours',
}) }}

select
    'bigdataball_play_by_play' as source_table,
    game_date,
    game_id,
    team_abbr,
    fg_attempts,
    team_paint_attempts + team_mid_range_attempts + three_pt_attempts as zone_attempts
from {{ ref('team_offense_game_summary') }}
where
    {{ in_window('game_date') }}
    and 100 * abs(team_paint_attempts + team_mid_range_attempts + three_pt_attempts - fg_attempts) > 5 * fg_attempts
