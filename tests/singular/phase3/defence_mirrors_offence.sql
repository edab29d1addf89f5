-- What a defence allowed is what its opponent's offence did, in every cell.
{{ config(meta={
    'judges': ['team_defense_game_summary'], 'severity': 'hold',
    'reason': 'the two tables tell of the same possessions; one of them is wrong',
}) }}

{%- set mirrored = {
    'points_allowed': 'points_scored', 'opp_fg_attempts': 'fg_attempts', 'opp_fg_makes': 'fg_makes',
    'opp_three_pt_attempts': 'three_pt_attempts', 'opp_three_pt_makes': 'three_pt_makes',
    'opp_ft_attempts': 'ft_attempts', 'opp_ft_makes': 'ft_makes', 'opp_rebounds': 'rebounds',
    'opp_assists': 'assists', 'turnovers_forced': 'turnovers', 'opp_paint_attempts': 'team_paint_attempts',
    'opp_paint_makes': 'team_paint_makes', 'opp_mid_range_attempts': 'team_mid_range_attempts',
    'opp_mid_range_makes': 'team_mid_range_makes', 'points_in_paint_allowed': 'points_in_paint_scored',
    'opponent_possessions': 'possessions', 'defensive_rating': 'offensive_rating', 'opponent_pace': 'pace',
    'opponent_ts_pct': 'ts_pct', 'overtime_periods': 'overtime_periods',
} %}
with

offence as (
    select * from {{ ref('team_offense_game_summary') }}
    where {{ in_window('game_date') }}
),

defence as (
    select * from {{ ref('team_defense_game_summary') }}
    where {{ in_window('game_date') }}
)

select
    coalesce(offence.game_date, defence.game_date) as game_date,
    coalesce(offence.game_id, defence.game_id) as game_id,
    coalesce(offence.team_abbr, defence.opponent_team_abbr) as team_abbr
from offence
full outer join defence
    on
        offence.game_id = defence.game_id
        and offence.team_abbr = defence.opponent_team_abbr
where
    offence.game_id is null
    or defence.game_id is null
    or offence.margin_of_victory <> -defence.margin_of_victory
    or coalesce(offence.win_flag = defence.win_flag, false)
    {%- for defence_column, offence_column in mirrored.items() %}
    or defence.{{ defence_column }} is distinct from offence.{{ offence_column }}
    {%- endfor %}
