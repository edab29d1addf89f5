-- grain: processor_name, game_date, entity_id, game_id · window: requested dates
-- reads: schedule, raw box scores and player lists; never the tables it judges
-- why: who should have a row in each published table, from sources that cannot miss the same things as the table.
{{ config(event_time='game_date', partition_by=by_game_date(), cluster_by=['processor_name', 'entity_id']) }}

with

games as (
    select * from {{ reads(ref('int_schedule__games')) }}
),

team_games as (
    select * from {{ reads(ref('int_schedule__team_games')) }}
),

precompute_days as (
    select * from {{ reads(ref('int_schedule__precompute_days')) }}
),

gamebook as (
    select * from {{ reads(ref('stg_nbacom__gamebook_player_stats')) }}
    where player_lookup is not null
),

fallback as (
    select * from {{ reads(ref('stg_balldontlie__player_boxscores')) }}
    where is_final
),

names as (
    select * from {{ reads(ref('int_players__resolved_names')) }}
    where source_system = 'balldontlie'
),

listings as (
    select * from {{ reads(ref('int_players__listings')) }}
),

raw_games_played as (
    select * from {{ ref('int_players__raw_games_played') }}
),

days as (
    select
        game_date,
        season_year
    from games
    where {{ in_window('game_date') }}
    group by game_date, season_year
),

games_of_day as (
    select * from games
    where {{ in_window('game_date') }}
),

-- who appeared: the gamebook, or the fallback in games that the gamebook does not serve
gamebook_games as (
    select game_id from gamebook
    where player_status = 'active' and seconds_played > 0
    group by game_id
),

appeared as (
    select
        gamebook.game_id,
        gamebook.player_lookup
    from gamebook
    inner join gamebook_games on gamebook.game_id = gamebook_games.game_id
    where gamebook.player_status = 'active' and {{ appeared('gamebook') }}
    union distinct
    select
        fallback.game_id,
        coalesce(names.player_lookup, fallback.player_name_key) as player_lookup
    from fallback
    left join gamebook_games on fallback.game_id = gamebook_games.game_id
    left join names
        on
            fallback.game_date = names.game_date
            and fallback.game_id = names.game_id
            and fallback.player_name_key = names.player_name_key
    where gamebook_games.game_id is null and {{ appeared('fallback') }}
),

-- a final game without any box score is expected as a game: nobody knows yet who played
box_scores as (
    select
        games_of_day.game_date,
        games_of_day.season_year,
        games_of_day.game_id,
        case when appeared.player_lookup is null then 'GAME' else 'PLAYER' end as entity_type,
        coalesce(appeared.player_lookup, games_of_day.game_id) as entity_id
    from games_of_day
    left join appeared on games_of_day.game_id = appeared.game_id
    where games_of_day.is_final
),

-- the list of the game itself as raw has it, else the latest earlier one of the team
own_lists as (
    select
        game_id,
        team_abbr
    from gamebook
    group by game_id, team_abbr
),

listed as (
    select
        team_games.game_id,
        team_games.team_abbr,
        gamebook.player_lookup
    from team_games
    inner join gamebook
        on
            team_games.game_id = gamebook.game_id
            and team_games.team_abbr = gamebook.team_abbr
    union distinct
    select
        listings.game_id,
        listings.team_abbr,
        listings.player_lookup
    from listings
    left join own_lists
        on
            listings.game_id = own_lists.game_id
            and listings.team_abbr = own_lists.team_abbr
    where own_lists.game_id is null
),

-- a team without any list is expected as a team
upcoming_players as (
    select
        team_games.game_date,
        team_games.season_year,
        team_games.game_id,
        case when listed.player_lookup is null then 'TEAM' else 'PLAYER' end as entity_type,
        coalesce(listed.player_lookup, team_games.team_abbr) as entity_id
    from team_games
    left join listed
        on
            team_games.game_id = listed.game_id
            and team_games.team_abbr = listed.team_abbr
    group by
        team_games.game_date, team_games.season_year, team_games.game_id, listed.player_lookup, team_games.team_abbr
),

teams_of_season as (
    select
        season_year,
        home_team_abbr as team_abbr
    from games
    group by season_year, home_team_abbr
),

-- played this season before the day, or listed for it (definitions S3)
first_games as (
    select
        season_year,
        player_lookup,
        min(game_date) as first_game_date
    from raw_games_played
    group by season_year, player_lookup
),

shooters as (
    select
        days.game_date,
        days.season_year,
        first_games.player_lookup
    from days
    inner join first_games
        on
            days.season_year = first_games.season_year
            and days.game_date > first_games.first_game_date
    union distinct
    select
        game_date,
        season_year,
        entity_id as player_lookup
    from upcoming_players
    where entity_type = 'PLAYER'
),

expected as (
    select
        'player_game_summary' as processor_name,
        '3' as phase,
        game_date,
        season_year,
        entity_type,
        entity_id,
        game_id
    from box_scores
    {%- for name in ['team_offense_game_summary', 'team_defense_game_summary', 'upcoming_team_game_context'] %}
    union all
    select
        '{{ name }}' as processor_name,
        '3' as phase,
        game_date,
        season_year,
        'TEAM' as entity_type,
        team_abbr as entity_id,
        game_id
    from team_games
    {% if not name.startswith('upcoming') %}where is_final{% endif %}
    {%- endfor %}
    {%- for name, phase in [
        ('upcoming_player_game_context', 3), ('player_composite_factors', 4), ('player_daily_cache', 4), ('ml_feature_store_v2', 4)
    ] %}
    union all
    select
        '{{ name }}' as processor_name,
        '{{ phase }}' as phase,
        game_date,
        season_year,
        entity_type,
        entity_id,
        game_id
    from upcoming_players
    {%- endfor %}
    union all
    select
        'player_shot_zone_analysis' as processor_name,
        '4' as phase,
        game_date,
        season_year,
        'PLAYER' as entity_type,
        player_lookup as entity_id,
        '' as game_id
    from shooters
    union all
    select
        'team_defense_zone_analysis' as processor_name,
        '4' as phase,
        days.game_date,
        days.season_year,
        'TEAM' as entity_type,
        teams_of_season.team_abbr as entity_id,
        '' as game_id
    from days
    inner join teams_of_season on days.season_year = teams_of_season.season_year
),

final as (
    select
        expected.processor_name,
        expected.phase,
        expected.game_date,
        expected.season_year,
        expected.entity_type,
        expected.entity_id,
        expected.game_id,
        precompute_days.game_date is null and expected.phase = '4' as is_bootstrap
    from expected
    left join precompute_days on expected.game_date = precompute_days.game_date
)

select * from final
