-- Ranges that basketball does not leave. Rates of a stint of seconds may be absurd and right (definitions A10), so they
-- are looked at only from five minutes on.
{{ config(meta={
    'judges': ['player_game_summary', 'team_offense_game_summary', 'upcoming_team_game_context', 'upcoming_player_game_context'], 'severity': 'hold',
    'reason': 'no game of basketball has such a number',
}) }}
{%- set checks = {
    'player_game_summary': ('player_lookup', [
        ('makes exceed attempts',
            'fg_makes > fg_attempts or three_pt_makes > three_pt_attempts or ft_makes > ft_attempts or three_pt_makes > fg_makes'),
        ('points do not follow from makes',
            'points <> 2 * (fg_makes - three_pt_makes) + 3 * three_pt_makes + ft_makes'),
        ('minutes outside 0 to 70', 'seconds_played < 0 or seconds_played > 70 * 60'),
        ('usage outside 0 to 100', 'seconds_played >= 300 and (usage_rate < 0 or usage_rate > 100)'),
        ('team is its own opponent', 'team_abbr = opponent_team_abbr or opponent_team_abbr is null'),
        ('points line outside 0 to 60', 'points_line < 0 or points_line > 60'),
    ]),
    'team_offense_game_summary': ('team_abbr', [
        ('points do not follow from makes',
            'points_scored <> 2 * (fg_makes - three_pt_makes) + 3 * three_pt_makes + ft_makes'),
        ('possessions outside 70 to 150', 'possessions < 70 or possessions > 150'),
        ('pace outside 70 to 130', 'pace < 70 or pace > 130'),
        ('rating outside 60 to 170', 'offensive_rating < 60 or offensive_rating > 170'),
    ]),
    'upcoming_team_game_context': ('team_abbr', [
        ('rest is negative', 'team_days_rest < 0'),
        ('more games in 7 days than in 14', 'games_in_last_7_days > games_in_last_14_days'),
        ('both streaks at once', 'team_win_streak_entering > 0 and team_loss_streak_entering > 0'),
        ('spread beyond 40', 'abs(game_spread) > 40'),
        ('total outside 150 to 300', 'game_total < 150 or game_total > 300'),
    ]),
    'upcoming_player_game_context': ('player_lookup', [
        ('more found than expected', 'actual_games_count > expected_games_count'),
        ('rest is negative', 'days_rest < 0'),
        ('projected usage outside 0 to 100', 'projected_usage_rate < 0 or projected_usage_rate > 100'),
    ]),
} %}
{%- for table, (entity, rules) in judged_among(checks).items() %}
{{ 'union all' if not loop.first }}
{%- for rule, condition in rules %}
{{ 'union all' if not loop.first }}
select
    '{{ table }}' as table_name,
    '{{ rule }}' as rule,
    game_date,
    game_id,
    {{ entity }} as entity
from {{ ref(table) }}
where {{ in_window('game_date') }} and ({{ condition }})
{%- endfor %}
{%- endfor %}
