-- The number of final games of a season inside the range is what the schedule says, in each of the three result tables:
-- no game missing, none too many.
with

expected as (
    select season_year, count(*) as games from {{ ref('int_schedule__games') }}
    where is_final and {{ in_window('game_date') }}
    group by season_year
),

{%- set tables = ['player_game_summary', 'team_offense_game_summary', 'team_defense_game_summary'] %}

built as (
    {%- for table in tables %}
    select '{{ table }}' as table_name, season_year, count(distinct game_id) as games from {{ ref(table) }}
    where {{ in_window('game_date') }}
    group by season_year
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

tables as (
    {%- for table in tables %}
    select '{{ table }}' as table_name
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    tables.table_name,
    expected.season_year,
    expected.games as expected_games,
    built.games as built_games
from expected
cross join tables
left join built
    on
        expected.season_year = built.season_year
        and tables.table_name = built.table_name
where coalesce(built.games, 0) <> expected.games
