-- grain: source_system, game_date, game_id ('' for sources that know no game), player_name_key
-- window: requested dates · reads: the five sources that spell names their own way, player lists, aliases, registry
-- why: every name finds its gamebook key here, before Phase 3, and what does not is kept and shown (G12, A8).
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['source_system']) }}

with

lists as (
    select * from {{ reads(ref('int_players__lists')) }}
),

aliases as (
    select * from {{ ref('player_aliases') }}
    where is_active
),

registry as (
    select * from {{ ref('stg_registry__players') }}
),

game_days as (
    select game_date, season_year from {{ reads(ref('int_schedule__games')) }}
    group by game_date, season_year
),

fallback_boxscores as (
    select * from {{ reads(ref('stg_balldontlie__player_boxscores')) }}
),

play_by_play as (
    select * from {{ reads(ref('stg_bigdataball__play_by_play')) }}
),

odds_api_props as (
    select * from {{ reads(ref('stg_odds_api__player_points_props')) }}
),

bettingpros_props as (
    select * from {{ reads(ref('stg_bettingpros__player_points_props')) }}
),

injury_report as (
    select * from {{ reads(ref('stg_nbacom__injury_report')) }}
),

spellings as (
    select 'balldontlie' as source_system, game_date, game_id, player_name_key from fallback_boxscores
    union all
    select 'bigdataball' as source_system, game_date, game_id, player_name_key from play_by_play
    union all
    select 'bigdataball' as source_system, game_date, game_id, other_player_name_key as player_name_key from play_by_play
    union all
    select 'odds_api' as source_system, game_date, '' as game_id, player_name_key from odds_api_props
    union all
    select 'bettingpros' as source_system, game_date, '' as game_id, player_name_key from bettingpros_props
    union all
    select 'injury_report' as source_system, game_date, '' as game_id, player_name_key from injury_report
),

names as (
    select
        spellings.source_system,
        spellings.game_date,
        game_days.season_year,
        spellings.game_id,
        spellings.player_name_key,
        {{ without_suffix('spellings.player_name_key') }} as stem,
        count(*) as row_count
    from spellings
    inner join game_days on spellings.game_date = game_days.game_date
    where spellings.player_name_key is not null and spellings.game_id is not null
    group by
        spellings.source_system, spellings.game_date, game_days.season_year, spellings.game_id, spellings.player_name_key
),

listed as (
    select
        game_date,
        game_id,
        season_year,
        player_lookup,
        {{ without_suffix('player_lookup') }} as stem
    from lists
    where player_lookup is not null
),

-- whom the season knows, and since when: a name on D is never resolved by a list of a later date
season_players as (
    select
        season_year,
        player_lookup,
        stem,
        min(game_date) as first_listed_date
    from listed
    group by season_year, player_lookup, stem
),

in_scope_matches as (
    select
        names.source_system,
        names.game_date,
        names.game_id,
        names.player_name_key,
        min(listed.player_lookup) as player_lookup,
        count(distinct listed.player_lookup) as candidates
    from names
    inner join listed
        on
            names.game_date = listed.game_date
            and names.stem = listed.stem
            and (names.game_id = '' or names.game_id = listed.game_id)
    group by names.source_system, names.game_date, names.game_id, names.player_name_key
),

season_matches as (
    select
        names.source_system,
        names.game_date,
        names.game_id,
        names.player_name_key,
        min(season_players.player_lookup) as player_lookup,
        count(distinct season_players.player_lookup) as candidates
    from names
    inner join season_players
        on
            names.season_year = season_players.season_year
            and names.stem = season_players.stem
            and names.game_date >= season_players.first_listed_date
    group by names.source_system, names.game_date, names.game_id, names.player_name_key
),

resolved as (
    select
        names.*,
        case
            when registry.player_lookup is not null or season_players.player_lookup is not null then 'exact'
            when aliases.alias_lookup is not null then 'alias'
            when in_scope_matches.candidates = 1 then 'suffix_in_game'
            when season_matches.candidates = 1 then 'suffix_in_season'
            else 'unresolved'
        end as method,
        aliases.nba_canonical_lookup as alias_target,
        in_scope_matches.player_lookup as in_scope_lookup,
        season_matches.player_lookup as season_lookup
    from names
    left join registry on names.player_name_key = registry.player_lookup
    left join season_players
        on
            names.season_year = season_players.season_year
            and names.player_name_key = season_players.player_lookup
            and names.game_date >= season_players.first_listed_date
    left join aliases on names.player_name_key = aliases.alias_lookup
    left join in_scope_matches
        on
            names.source_system = in_scope_matches.source_system
            and names.game_date = in_scope_matches.game_date
            and names.game_id = in_scope_matches.game_id
            and names.player_name_key = in_scope_matches.player_name_key
    left join season_matches
        on
            names.source_system = season_matches.source_system
            and names.game_date = season_matches.game_date
            and names.game_id = season_matches.game_id
            and names.player_name_key = season_matches.player_name_key
),

final as (
    select
        source_system,
        game_date,
        game_id,
        player_name_key,
        case method
            when 'exact' then player_name_key
            when 'alias' then alias_target
            when 'suffix_in_game' then in_scope_lookup
            when 'suffix_in_season' then season_lookup
        end as player_lookup,
        method,
        row_count
    from resolved
)

select * from final
