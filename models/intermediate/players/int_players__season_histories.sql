-- grain: season_year, player_lookup, game_date, game_id: every final game a player's team played while he was with it
-- window: the season before the requested dates · reads: schedule, gamebook lists, raw box scores, player_game_summary
-- why: what became of each of a player's games, told from sources that are independent of each other (operations 4.3):
--   in_table          player_game_summary has him with minutes
--   in_raw_only       a raw box score has him with minutes, the table does not: lost in Phase 3
--   minutes_unknown   listed as active, no source has his minutes: lost in Phase 2
--   sat_out           listed as active without a second played, did not play or inactive
--   unlisted          his team played after his first listing with it, and no source mentions him: unknown, never a DNP
-- Ephemeral on purpose: a stored table could miss the same dates as the tables it judges.
{{ config(materialized='ephemeral') }}

with

team_games as (
    select * from {{ reads(ref('int_schedule__team_games')) }}
    where is_final
),

gamebook as (
    select
        game_id,
        game_date,
        team_abbr,
        player_lookup,
        max(case when player_status = 'active' then 1 else 0 end) as is_active,
        max(seconds_played) as seconds_played
    from {{ reads(ref('stg_nbacom__gamebook_player_stats')) }}
    where player_lookup is not null
    group by game_id, game_date, team_abbr, player_lookup
),

raw_games_played as (
    select * from {{ ref('int_players__raw_games_played') }}
),

built as (
    select * from {{ reads(ref('player_game_summary')) }}
    where seconds_played > 0
),

-- from each listing until the next: for which team his games count
stints as (
    select
        team_games.season_year,
        gamebook.player_lookup,
        gamebook.team_abbr,
        gamebook.game_date as listed_from,
        coalesce(
            lead(gamebook.game_date) over (
                partition by team_games.season_year, gamebook.player_lookup order by gamebook.game_date, gamebook.game_id
            ),
            cast('9999-12-31' as date)
        ) as listed_until
    from gamebook
    inner join team_games
        on
            gamebook.game_id = team_games.game_id
            and gamebook.team_abbr = team_games.team_abbr
),

his_games as (
    select
        stints.season_year,
        stints.player_lookup,
        team_games.game_date,
        team_games.game_id
    from stints
    inner join team_games
        on
            stints.season_year = team_games.season_year
            and stints.team_abbr = team_games.team_abbr
            and stints.listed_from < team_games.game_date
            and stints.listed_until > team_games.game_date
    union distinct
    select
        team_games.season_year,
        gamebook.player_lookup,
        gamebook.game_date,
        gamebook.game_id
    from gamebook
    inner join team_games
        on
            gamebook.game_id = team_games.game_id
            and gamebook.team_abbr = team_games.team_abbr
    union distinct
    select
        season_year,
        player_lookup,
        game_date,
        game_id
    from raw_games_played
    union distinct
    select
        season_year,
        player_lookup,
        game_date,
        game_id
    from built
),

lists as (
    select
        game_id,
        player_lookup,
        max(is_active) as is_active,
        max(seconds_played) as seconds_played
    from gamebook
    group by game_id, player_lookup
),

final as (
    select
        his_games.season_year,
        his_games.player_lookup,
        his_games.game_date,
        his_games.game_id,
        case
            when built.player_lookup is not null then 'in_table'
            when raw_games_played.player_lookup is not null then 'in_raw_only'
            when lists.player_lookup is null then 'unlisted'
            when lists.is_active = 1 and lists.seconds_played is null then 'minutes_unknown'
            else 'sat_out'
        end as what_happened
    from his_games
    left join built
        on
            his_games.game_id = built.game_id
            and his_games.player_lookup = built.player_lookup
    left join raw_games_played
        on
            his_games.game_id = raw_games_played.game_id
            and his_games.player_lookup = raw_games_played.player_lookup
    left join lists
        on
            his_games.game_id = lists.game_id
            and his_games.player_lookup = lists.player_lookup
)

select * from final
