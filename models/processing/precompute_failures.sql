-- grain: processor_name, game_date, entity_id, game_id · window: requested dates, keeps what was resolved
-- reads: expected entities, the five Phase 4 tables; schedule, lists, raw and player_game_summary of the season before
-- why: one row per player or team that should be in a Phase 4 table and is not. Whether he sat out or his games are
-- lost is decided from sources that are independent of each other (operations 4.3).
{{ config(event_time='game_date', partition_by=by_game_date(), cluster_by=['processor_name', 'failure_category', 'can_retry']) }}

{%- set columns = [
    'processor_name', 'game_date', 'season_year', 'entity_type', 'entity_id', 'game_id', 'failure_category',
    'failure_reason', 'failure_type', 'can_retry', 'is_correctable', 'expected_game_count', 'actual_game_count',
    'missing_game_dates', 'resolution_status',
] %}

with

expected as (
    select * from {{ reads(ref('expected_entities')) }}
    where phase = '4'
),

upcoming_players as (
    select * from {{ reads(ref('upcoming_player_game_context')) }}
),

histories as (
    select * from {{ reads(ref('int_players__season_histories')) }}
),

team_games as (
    select * from {{ reads(ref('int_schedule__team_games')) }}
    where is_final
),

defences as (
    select * from {{ reads(ref('team_defense_game_summary')) }}
),

categories as (
    select * from {{ ref('failure_categories') }}
),

produced as (
    {{ produced_entities(['4']) }}
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
        upcoming_players.player_lookup is not null as has_upcoming_row,
        case expected.processor_name
            when 'team_defense_zone_analysis' then {{ var('tdza_min_games') }}
            when 'player_shot_zone_analysis' then {{ var('psza_min_games') }}
            when 'player_daily_cache' then {{ var('pdc_min_games') }}
            else 0
        end as required_games
    from expected
    left join produced
        on
            expected.processor_name = produced.processor_name
            and expected.game_date = produced.game_date
            and expected.entity_id = produced.entity_id
            and expected.game_id = produced.game_id
    left join upcoming_players
        on
            expected.game_id = upcoming_players.game_id
            and expected.entity_id = upcoming_players.player_lookup
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

-- each missing player once per date, whichever tables he is missing from
missing_players as (
    select
        game_date,
        season_year,
        entity_id
    from missing
    where entity_type = 'PLAYER' and not is_bootstrap
    group by game_date, season_year, entity_id
),

player_histories as (
    select
        missing_players.game_date,
        missing_players.entity_id,
        count(*) as scheduled_games,
        {{ count_if("histories.what_happened = 'in_table'") }} as built_games,
        {{ count_if("histories.what_happened in ('in_raw_only', 'minutes_unknown')") }} as lost_games,
        {{ count_if("histories.what_happened = 'sat_out'") }} as sat_out_games,
        {{ count_if("histories.what_happened = 'unlisted'") }} as unlisted_games,
        {{ sorted_list("case when histories.what_happened <> 'in_table' then " ~ text_of('histories.game_date') ~ " end") }}
            as missing_game_dates
    from missing_players
    inner join histories
        on
            missing_players.season_year = histories.season_year
            and missing_players.entity_id = histories.player_lookup
            and missing_players.game_date > histories.game_date
    group by missing_players.game_date, missing_players.entity_id
),

missing_teams as (
    select
        game_date,
        season_year,
        entity_id
    from missing
    where entity_type = 'TEAM' and not is_bootstrap and processor_name = 'team_defense_zone_analysis'
),

team_histories as (
    select
        missing_teams.game_date,
        missing_teams.entity_id,
        count(*) as scheduled_games,
        count(defences.game_id) as built_games,
        count(*) - count(defences.game_id) as lost_games,
        0 as sat_out_games,
        0 as unlisted_games,
        {{ sorted_list("case when defences.game_id is null then " ~ text_of('team_games.game_date') ~ " end") }} as missing_game_dates
    from missing_teams
    inner join team_games
        on
            missing_teams.season_year = team_games.season_year
            and missing_teams.entity_id = team_games.team_abbr
            and missing_teams.game_date > team_games.game_date
    left join defences
        on
            team_games.game_date = defences.game_date
            and team_games.game_id = defences.game_id
            and team_games.team_abbr = defences.defending_team_abbr
    group by missing_teams.game_date, missing_teams.entity_id
),

all_histories as (
    select * from player_histories
    union all
    select * from team_histories
),

counted as (
    select
        missing.*,
        case when not missing.is_bootstrap then coalesce(all_histories.scheduled_games, 0) end as scheduled_games,
        case when not missing.is_bootstrap then coalesce(all_histories.built_games, 0) end as built_games,
        coalesce(all_histories.lost_games, 0) as lost_games,
        coalesce(all_histories.sat_out_games, 0) as sat_out_games,
        coalesce(all_histories.unlisted_games, 0) as unlisted_games,
        all_histories.missing_game_dates
    from missing
    left join all_histories
        on
            missing.game_date = all_histories.game_date
            and missing.entity_id = all_histories.entity_id
),

categorised as (
    select
        *,
        case
            when is_bootstrap then 'BOOTSTRAP'
            when held_by is not null then 'HELD_BY_CHECK'
            when game_id <> '' and not has_upcoming_row then 'MISSING_DEPENDENCY'
            when built_games >= required_games then 'PROCESSING_ERROR'
            when built_games + lost_games >= required_games then 'INCOMPLETE_DATA'
            else 'INSUFFICIENT_DATA'
        end as failure_category
    from counted
),

explained as (
    select
        *,
        case
            when failure_category = 'PROCESSING_ERROR' then 'PROCESSING_ERROR'
            when failure_category in ('MISSING_DEPENDENCY', 'HELD_BY_CHECK') then 'DATA_GAP'
            when is_bootstrap or scheduled_games < required_games then 'INSUFFICIENT_HISTORY'
            when lost_games > 0 and sat_out_games > 0 then 'MIXED'
            when lost_games > 0 then 'DATA_GAP'
            when unlisted_games > 0 then 'UNKNOWN'
            else 'PLAYER_DNP'
        end as failure_type,
        -- TRUE: loading or rebuilding something makes the row possible; NULL: nobody knows
        case
            when failure_category in ('MISSING_DEPENDENCY', 'PROCESSING_ERROR', 'INCOMPLETE_DATA', 'HELD_BY_CHECK') then true
            when is_bootstrap or built_games + lost_games + unlisted_games < required_games then false
        end as is_correctable,
        case
            when is_bootstrap then 'bootstrap: the first {{ var('bootstrap_days') }} days of a season have no Phase 4 rows'
            when failure_category = 'HELD_BY_CHECK' then {{ dbt.concat(["'held by '", 'held_by']) }}
            when failure_category = 'MISSING_DEPENDENCY' then 'no row in upcoming_player_game_context'
            when failure_category = 'PROCESSING_ERROR' then 'everything needed is there, the row is not'
            else {{ dbt.concat([
                text_of('built_games'), "' of '", text_of('required_games'), "' games needed; of the others '",
                text_of('lost_games'), "' lost, '", text_of('sat_out_games'), "' sat out, '", text_of('unlisted_games'),
                "' not listed'"
            ]) }}
        end as failure_reason
    from categorised
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
        explained.failure_type,
        categories.can_retry,
        explained.is_correctable,
        explained.scheduled_games as expected_game_count,
        explained.built_games as actual_game_count,
        explained.missing_game_dates,
        case when not explained.is_correctable then 'PERMANENT' else 'UNRESOLVED' end as resolution_status
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
