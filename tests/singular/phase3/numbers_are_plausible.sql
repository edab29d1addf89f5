-- Ranges that basketball does not leave. Rates of a stint of seconds may be absurd and right (definitions A10), so they
-- are looked at only from five minutes on.
with

player_games as (
    select * from {{ ref('player_game_summary') }}
    where {{ in_window('game_date') }}
),

team_games as (
    select * from {{ ref('team_offense_game_summary') }}
    where {{ in_window('game_date') }}
),

team_context as (
    select * from {{ ref('upcoming_team_game_context') }}
    where {{ in_window('game_date') }}
),

player_context as (
    select * from {{ ref('upcoming_player_game_context') }}
    where {{ in_window('game_date') }}
)

{%- set checks = [
    ('player_games', 'player_lookup', 'makes exceed attempts',
        'fg_makes > fg_attempts or three_pt_makes > three_pt_attempts or ft_makes > ft_attempts or three_pt_makes > fg_makes'),
    ('player_games', 'player_lookup', 'points do not follow from makes',
        'points <> 2 * (fg_makes - three_pt_makes) + 3 * three_pt_makes + ft_makes'),
    ('player_games', 'player_lookup', 'minutes outside 0 to 70', 'seconds_played < 0 or seconds_played > 70 * 60'),
    ('player_games', 'player_lookup', 'usage outside 0 to 100', 'seconds_played >= 300 and (usage_rate < 0 or usage_rate > 100)'),
    ('player_games', 'player_lookup', 'team is its own opponent', 'team_abbr = opponent_team_abbr or opponent_team_abbr is null'),
    ('player_games', 'player_lookup', 'points line outside 0 to 60', 'points_line < 0 or points_line > 60'),
    ('team_games', 'team_abbr', 'points do not follow from makes',
        'points_scored <> 2 * (fg_makes - three_pt_makes) + 3 * three_pt_makes + ft_makes'),
    ('team_games', 'team_abbr', 'possessions outside 70 to 150', 'possessions < 70 or possessions > 150'),
    ('team_games', 'team_abbr', 'pace outside 70 to 130', 'pace < 70 or pace > 130'),
    ('team_games', 'team_abbr', 'rating outside 60 to 170', 'offensive_rating < 60 or offensive_rating > 170'),
    ('team_context', 'team_abbr', 'rest is negative', 'team_days_rest < 0'),
    ('team_context', 'team_abbr', 'more games in 7 days than in 14', 'games_in_last_7_days > games_in_last_14_days'),
    ('team_context', 'team_abbr', 'both streaks at once', 'team_win_streak_entering > 0 and team_loss_streak_entering > 0'),
    ('team_context', 'team_abbr', 'spread beyond 40', 'abs(game_spread) > 40'),
    ('team_context', 'team_abbr', 'total outside 150 to 300', 'game_total < 150 or game_total > 300'),
    ('player_context', 'player_lookup', 'more found than expected', 'actual_games_count > expected_games_count'),
    ('player_context', 'player_lookup', 'rest is negative', 'days_rest < 0'),
    ('player_context', 'player_lookup', 'projected usage outside 0 to 100', 'projected_usage_rate < 0 or projected_usage_rate > 100'),
] %}
{%- for table, entity, rule, condition in checks %}
select
    '{{ rule }}' as rule,
    game_date,
    game_id,
    {{ entity }} as entity
from {{ table }}
where {{ condition }}
{{ 'union all' if not loop.last }}
{%- endfor %}
