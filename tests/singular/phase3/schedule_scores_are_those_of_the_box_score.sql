-- The schedule prints a score, and so does the box score: they are the same game. Margins and streaks that a team brings
-- into a game come from the schedule, its results from the box score. A warning: one of the sources is wrong, and rows say
-- what theirs says.
{{ config(severity='warn', meta={
    'judges': ['int_boxscores__team_lines'], 'severity': 'flag',
    'reason': 'one of two sources is wrong, and nobody knows which',
}) }}

select
    games.game_date,
    games.game_id,
    lines.team_abbr,
    case when lines.is_home then games.home_team_score else games.away_team_score end as schedule_points,
    lines.points as box_score_points
from {{ ref('int_schedule__games') }} as games
inner join {{ ref('int_boxscores__team_lines') }} as lines
    on
        games.game_id = lines.game_id
        and games.game_date = lines.game_date
where
    games.is_final
    and {{ in_window('games.game_date') }}
    and {{ in_window('lines.game_date') }}
    and case when lines.is_home then games.home_team_score else games.away_team_score end <> lines.points
