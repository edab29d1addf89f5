-- grain: game_id, team_abbr, player_name_key · window: requested dates · reads: injury report, resolved names, schedule
-- why: the last report of each team before tip-off and nothing else (definitions C6, A6).
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['team_abbr']) }}

with

team_games as (
    select * from {{ reads(ref('int_schedule__team_games')) }}
    where {{ in_window('game_date') }}
),

reports as (
    select * from {{ reads(ref('stg_nbacom__injury_report')) }}
    where coalesce(confidence_score >= {{ var('injury_min_confidence') }}, true)
),

names as (
    select * from {{ reads(ref('int_players__resolved_names')) }}
    where source_system = 'injury_report'
),

usable as (
    select
        team_games.game_id,
        team_games.game_date,
        team_games.team_abbr,
        reports.player_name_key,
        names.player_lookup,
        reports.injury_status,
        reports.reason,
        reports.reason_category,
        reports.reported_at,
        max(reports.reported_at) over (partition by team_games.game_id, team_games.team_abbr) as last_reported_at
    from reports
    inner join team_games
        on
            reports.game_date = team_games.game_date
            and reports.team_abbr = team_games.team_abbr
    left join names
        on
            reports.game_date = names.game_date
            and reports.player_name_key = names.player_name_key
    where {{ no_later_than_tip('reports.reported_at', 'team_games.tip_off_at') }}
),

final as (
    select
        game_id,
        game_date,
        team_abbr,
        player_name_key,
        player_lookup,
        injury_status,
        reason,
        reason_category,
        reported_at
    from usable
    where reported_at is null or reported_at = last_reported_at
    qualify row_number() over (
        partition by game_id, team_abbr, coalesce(player_lookup, player_name_key)
        order by reported_at desc nulls last, injury_status asc nulls last, player_name_key asc nulls last
    ) = 1
)

select * from final
