-- grain: processor_name, game_date, entity_id, game_id · window: requested dates, keeps what was resolved
-- reads: expected entities, raw box scores, the five Phase 3 tables
-- why: one row per player, team or game that should be in a Phase 3 table and is not, with the reason (operations 4).
{{ config(event_time='game_date', partition_by=by_game_date(), cluster_by=['processor_name', 'failure_category', 'can_retry']) }}

{%- set columns = [
    'processor_name', 'game_date', 'season_year', 'entity_type', 'entity_id', 'game_id', 'failure_category',
    'failure_reason', 'failure_type', 'can_retry', 'raw_record_count', 'resolution_status',
] %}

with

expected as (
    select * from {{ reads(ref('expected_entities')) }}
    where phase = '3'
),

box_scores as (
    select * from {{ reads(ref('int_boxscores__player_lines')) }}
),

team_boxes as (
    select * from {{ reads(ref('stg_nbacom__team_boxscore')) }}
),

categories as (
    select * from {{ ref('failure_categories') }}
),

produced as (
    {{ produced_entities(['3']) }}
),

players_in_raw as (
    select
        game_id,
        team_abbr,
        count(*) as players
    from box_scores
    group by game_id, team_abbr
),

teams_in_raw as (
    select
        game_date,
        team_abbr
    from team_boxes
    group by game_date, team_abbr
),

-- what is not there because a check holds it (audits Q3)
lacking as (
    /* depends on the past */
    {{ lacking_because_held() }}
    /* end */
),

missing as (
    select
        expected.*,
        coalesce(held_games.checks, held_dates.checks) as held_by,
        coalesce(players_in_raw.players, 0) as raw_players,
        teams_in_raw.team_abbr is not null as has_team_box
    from expected
    left join produced
        on
            expected.processor_name = produced.processor_name
            and expected.game_date = produced.game_date
            and expected.entity_id = produced.entity_id
            and expected.game_id = produced.game_id
    left join players_in_raw
        on
            expected.game_id = players_in_raw.game_id
            and expected.entity_id = players_in_raw.team_abbr
    left join teams_in_raw
        on
            expected.game_date = teams_in_raw.game_date
            and expected.entity_id = teams_in_raw.team_abbr
    left join lacking as held_games
        on
            expected.processor_name = held_games.processor_name
            and expected.game_date = held_games.game_date
            and expected.game_id = held_games.game_id
    left join lacking as held_dates
        on
            expected.processor_name = held_dates.processor_name
            and expected.game_date = held_dates.game_date
            and held_dates.game_id is null
    where produced.processor_name is null
),

-- a team box score is rebuilt from its players, if there are enough of them (definitions T1)
explained as (
    select
        *,
        case
            when held_by is not null then 'HELD_BY_CHECK'
            when entity_type = 'GAME' then 'MISSING_DEPENDENCY'
            when processor_name = 'upcoming_player_game_context' and entity_type = 'TEAM' then 'MISSING_DEPENDENCY'
            when processor_name not in ('team_offense_game_summary', 'team_defense_game_summary') then 'PROCESSING_ERROR'
            when has_team_box or raw_players >= {{ var('reconstruct_min_players') }} then 'PROCESSING_ERROR'
            when raw_players > 0 then 'INCOMPLETE_DATA'
            else 'MISSING_DEPENDENCY'
        end as failure_category,
        case
            when held_by is not null then {{ dbt.concat(["'held by '", 'held_by']) }}
            when entity_type = 'GAME' then 'final game without a box score in any source'
            when processor_name = 'upcoming_player_game_context' and entity_type = 'TEAM'
                then 'no player list of the team in raw'
            when processor_name not in ('team_offense_game_summary', 'team_defense_game_summary')
                then 'in raw, but not in the table'
            when has_team_box or raw_players >= {{ var('reconstruct_min_players') }} then 'in raw, but not in the table'
            when raw_players > 0 then {{ dbt.concat([
                "'no team box score, and only '", text_of('raw_players'),
                "' players to rebuild it from'"
            ]) }}
            else 'no team box score and no player of the team in raw'
        end as failure_reason,
        case when has_team_box then 1 else 0 end + raw_players as raw_record_count
    from missing
),

judged as (
    select
        explained.processor_name,
        explained.game_date,
        explained.season_year,
        explained.entity_type,
        explained.entity_id,
        explained.game_id,
        explained.failure_category,
        explained.failure_reason,
        case when explained.failure_category = 'PROCESSING_ERROR' then 'PROCESSING_ERROR' else 'DATA_GAP' end as failure_type,
        categories.can_retry,
        explained.raw_record_count,
        'UNRESOLVED' as resolution_status
    from explained
    left join categories on explained.failure_category = categories.failure_category
),

previous as (
    {{ previous_failures() }}
),

final as (
    {{ failures_with_history(columns) }}
)

select * from final
