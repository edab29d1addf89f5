-- grain: chain, game_id · window: none, consumers cut dates · reads: schedule, raw staging views, seed known_gaps
-- why: which source serves each game in each of the seven data chains, and how completely (operations 1.8.1). A chain is
-- complete on a date only when each of its games is.
{%- set sources = chain_sources() if execute else [] %}

with

games as (
    select * from {{ ref('int_schedule__games') }}
),

team_games as (
    select * from {{ ref('int_schedule__team_games') }}
),

gamebook as (
    select * from {{ ref('stg_nbacom__gamebook_player_stats') }}
    where game_date >= cast('1946-11-01' as date)
),

fallback as (
    select * from {{ ref('stg_balldontlie__player_boxscores') }}
    where game_date >= cast('1946-11-01' as date) and is_final
),

known_gaps as (
    select * from {{ ref('known_gaps') }}
),

chains as (
    {%- for source in sources if source.rank == 1 %}
    {{ 'union all' if not loop.first }}
    select '{{ source.chain }}' as chain, '{{ source.severity }}' as severity, '{{ source.source }}' as primary_source
    {%- else %}
    select '' as chain, '' as severity, '' as primary_source
    {%- endfor %}
),

sources as (
    {%- for source in sources %}
    {{ 'union all' if not loop.first }}
    select '{{ source.source }}' as source_name, '{{ source.chain }}' as chain, {{ source.rank }} as source_rank, {{ source.quality }} as quality
    {%- else %}
    select '' as source_name, '' as chain, 0 as source_rank, 0 as quality
    {%- endfor %}
),

appeared as (
    select
        game_id,
        team_abbr,
        player_lookup
    from gamebook
    where player_status = 'active' and {{ appeared('gamebook') }}
),

players_of_teams as (
    select
        game_id,
        team_abbr,
        count(*) as players
    from appeared
    group by game_id, team_abbr
),

bettingpros as (
    select
        game_date,
        player_name_key,
        count(*) as row_count
    from {{ ref('stg_bettingpros__player_points_props') }}
    where game_date >= cast('1946-11-01' as date)
    group by game_date, player_name_key
),

injuries as (
    select
        game_date,
        team_abbr,
        count(*) as row_count
    from {{ ref('stg_nbacom__injury_report') }}
    where game_date >= cast('1946-11-01' as date)
    group by game_date, team_abbr
),

team_boxes as (
    select
        game_date,
        team_abbr
    from {{ ref('stg_nbacom__team_boxscore') }}
    where game_date >= cast('1946-11-01' as date)
),

-- entities: players of box scores and quotes, teams of team box scores and injury reports, else games
found as (
    select 'nbac_schedule' as source_name, game_id, 1 as row_count, 1 as entities from games
    union all
    select 'nbac_gamebook_player_stats' as source_name, game_id, count(*) as row_count, count(distinct player_lookup) as entities
    from appeared
    group by game_id
    union all
    select 'bdl_player_boxscores' as source_name, game_id, count(*) as row_count, count(distinct player_name_key) as entities
    from fallback
    where {{ appeared('fallback') }}
    group by game_id
    union all
    select 'nbac_team_boxscore' as source_name, team_games.game_id, count(*) as row_count, count(*) as entities
    from team_games
    inner join team_boxes
        on
            team_games.game_date = team_boxes.game_date
            and team_games.team_abbr = team_boxes.team_abbr
    group by team_games.game_id
    union all
    select 'reconstructed_team_from_players' as source_name, game_id, count(*) as row_count, count(*) as entities
    from players_of_teams
    where players >= {{ var('reconstruct_min_players') }}
    group by game_id
    union all
    select 'odds_api_player_points_props' as source_name, game_id, count(*) as row_count, count(distinct player_name_key) as entities
    from {{ ref('stg_odds_api__player_points_props') }}
    where game_date >= cast('1946-11-01' as date)
    group by game_id
    union all
    -- this source has no game: a quote belongs to the game that lists the player
    select
        'bettingpros_player_points_props' as source_name,
        gamebook.game_id,
        {{ int64('sum(bettingpros.row_count)') }} as row_count,
        count(distinct gamebook.player_lookup) as entities
    from gamebook
    inner join bettingpros
        on
            gamebook.game_date = bettingpros.game_date
            and gamebook.player_lookup = bettingpros.player_name_key
    group by gamebook.game_id
    union all
    select 'odds_api_game_lines' as source_name, game_id, count(*) as row_count, 1 as entities
    from {{ ref('stg_odds_api__game_lines') }}
    where game_date >= cast('1946-11-01' as date)
    group by game_id
    union all
    -- past the staging view, which sorts every event to find duplicates
    select
        'bigdataball_play_by_play' as source_name,
        {{ canonical_game_id('game_date', 'away_team_abbr', 'home_team_abbr') }} as game_id,
        count(*) as row_count,
        1 as entities
    from {{ source('bigdataball', 'bigdataball_play_by_play') }}
    where game_date >= cast('1946-11-01' as date)
    group by game_date, away_team_abbr, home_team_abbr
    union all
    select
        'nbac_injury_report' as source_name,
        team_games.game_id,
        {{ int64('sum(injuries.row_count)') }} as row_count,
        count(*) as entities
    from team_games
    inner join injuries
        on
            team_games.game_date = injuries.game_date
            and team_games.team_abbr = injuries.team_abbr
    group by team_games.game_id
),

-- who played: the source that knows of more players
expected_players as (
    select
        game_id,
        max(entities) as players
    from found
    where source_name in ('nbac_gamebook_player_stats', 'bdl_player_boxscores')
    group by game_id
),

served as (
    select
        sources.chain,
        found.game_id,
        found.source_name,
        sources.quality,
        found.row_count,
        found.entities
    from found
    inner join sources on found.source_name = sources.source_name
    qualify row_number() over (partition by sources.chain, found.game_id order by sources.source_rank) = 1
),

final as (
    select
        chains.chain,
        chains.severity as chain_severity,
        chains.primary_source,
        games.game_id,
        games.game_date,
        games.season_year,
        games.game_type,
        served.source_name as served_by,
        coalesce(served.row_count, 0) as row_count,
        coalesce(served.entities, 0) as entities,
        case
            when chains.chain = 'player_boxscores' then expected_players.players
            when chains.chain = 'team_boxscores' then 2
            when chains.chain in ('game_schedule', 'game_lines', 'shot_zones') then 1
        end as expected_entities,
        coalesce(served.quality, 0) as quality,
        case
            when served.game_id is null and not games.is_final then 'NOT_DUE'
            when served.game_id is null and known_gaps.chain is not null then 'KNOWN_GAP'
            when served.game_id is null then 'MISSING'
            when chains.chain = 'team_boxscores' and served.entities < 2 then 'PARTIAL'
            when chains.chain = 'player_boxscores' and 100 * served.entities < 95 * expected_players.players then 'PARTIAL'
            else 'SERVED'
        end as status,
        known_gaps.reason as known_gap_reason
    from games
    cross join chains
    left join served
        on
            chains.chain = served.chain
            and games.game_id = served.game_id
    left join expected_players on games.game_id = expected_players.game_id
    left join known_gaps
        on
            chains.chain = known_gaps.chain
            and games.game_type = known_gaps.game_type
            and games.season_year between known_gaps.first_season_year and known_gaps.last_season_year
)

select * from final
