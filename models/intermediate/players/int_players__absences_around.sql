-- grain: game_id, player_lookup (every listed player) · window: requested dates, as of each date
-- reads: form and injury status of the day, player and team results of the season before the day
-- why: who is missing around a player, and the share of their usage that falls to him (definitions U6, U7, U8, C7).
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['player_lookup']) }}

with

form as (
    select * from {{ reads(ref('int_players__form_entering')) }}
),

injuries as (
    select * from {{ reads(ref('int_injuries__status_at_tip')) }}
),

played as (
    select * from {{ reads(ref('player_game_summary')) }}
    where seconds_played > 0
),

team_games as (
    select * from {{ reads(ref('int_schedule__team_games')) }}
),

reported_days as (
    select game_date from injuries
    group by game_date
),

-- share of his team's plays that a player uses, in billionths: usage% / 100 * (mean minutes of his last 7) / 48
shares as (
    select
        form.*,
        injuries.injury_status,
        injuries.reason as injury_reason,
        reported_days.game_date is not null as has_report,
        coalesce(injuries.injury_status = 'out', false) as is_out,
        cast(round(
            {{ double('form.avg_usage_rate_last_7_games') }} * 1e7 * form.seconds_last_7 / (form.games_last_7 * 60 * 48.0)
        ) as bigint) as play_share_e9,
        -- the player's own contribution to the team's counts, so that it can be taken out again for himself
        case
            when injuries.injury_status = 'out' and form.points_season >= {{ var('star_points_avg') }} * form.games_played_season
                then 1
            else 0
        end as is_star_out,
        case when injuries.injury_status in ('questionable', 'doubtful') then 1 else 0 end as is_questionable,
        case when injuries.injury_status = 'probable' then 1 else 0 end as is_probable
    from form
    left join reported_days on form.game_date = reported_days.game_date
    left join injuries
        on
            form.game_id = injuries.game_id
            and form.team_abbr = injuries.team_abbr
            and form.player_lookup = injuries.player_lookup
),

last_seven_finals as (
    select
        requested.game_id,
        requested.game_date,
        requested.team_abbr,
        earlier.game_id as earlier_game_id,
        earlier.game_date as earlier_game_date
    from team_games as requested
    inner join team_games as earlier
        on
            requested.season_year = earlier.season_year
            and requested.team_abbr = earlier.team_abbr
            and requested.game_date > earlier.game_date
            and earlier.is_final
    where {{ in_window('requested.game_date') }}
    qualify row_number() over (
        partition by requested.game_id, requested.team_abbr
        order by earlier.game_date desc, earlier.game_id desc
    ) <= 7
),

team_windows as (
    select
        game_id,
        team_abbr,
        count(*) as finals
    from last_seven_finals
    group by game_id, team_abbr
),

-- a man long absent frees nothing: his usage is already in the others' baseline
freed as (
    select
        shares.game_id,
        shares.team_abbr,
        shares.player_lookup,
        shares.play_share_e9 * count(*) as freed_share_games_e9
    from shares
    inner join last_seven_finals
        on
            shares.game_id = last_seven_finals.game_id
            and shares.team_abbr = last_seven_finals.team_abbr
    inner join played
        on
            last_seven_finals.earlier_game_date = played.game_date
            and last_seven_finals.earlier_game_id = played.game_id
            and shares.team_abbr = played.team_abbr
            and shares.player_lookup = played.player_lookup
    where shares.is_out
    group by shares.game_id, shares.team_abbr, shares.player_lookup, shares.play_share_e9
),

team_totals as (
    select
        shares.game_id,
        shares.team_abbr,
        coalesce({{ int64('sum(freed.freed_share_games_e9)') }}, 0) as freed_share_games_e9,
        coalesce({{ int64('sum(case when not shares.is_out then shares.play_share_e9 end)') }}, 0) as available_share_e9,
        {{ int64('sum(shares.is_star_out)') }} as stars_out,
        {{ int64('sum(shares.is_questionable)') }} as questionable,
        {{ int64('sum(shares.is_probable)') }} as probable
    from shares
    left join freed
        on
            shares.game_id = freed.game_id
            and shares.player_lookup = freed.player_lookup
    group by shares.game_id, shares.team_abbr
),

-- everybody's view: the team without himself
others as (
    select
        shares.*,
        team_totals.freed_share_games_e9 - coalesce(freed.freed_share_games_e9, 0) as freed_by_others_e9,
        team_totals.available_share_e9 + case when shares.is_out then coalesce(shares.play_share_e9, 0) else 0 end as sharing_e9,
        team_totals.stars_out - shares.is_star_out as stars_out,
        team_totals.questionable - shares.is_questionable as questionable,
        team_totals.probable - shares.is_probable as probable,
        team_windows.finals
    from shares
    inner join team_totals
        on
            shares.game_id = team_totals.game_id
            and shares.team_abbr = team_totals.team_abbr
    left join team_windows
        on
            shares.game_id = team_windows.game_id
            and shares.team_abbr = team_windows.team_abbr
    left join freed
        on
            shares.game_id = freed.game_id
            and shares.player_lookup = freed.player_lookup
),

final as (
    select
        game_id,
        game_date,
        team_abbr,
        player_lookup,
        injury_status as player_status,
        injury_reason as injury_report,
        case when has_report then stars_out end as star_teammates_out,
        case when has_report then questionable end as questionable_teammates,
        case when has_report then probable end as probable_teammates,
        case
            -- least() skips NULL on DuckDB: without a usage rate there is nothing to project
            when has_report and avg_usage_rate_last_7_games is not null
                -- u * (1 + F / S), F and S over the same number of finals, as one exact fraction; u when nothing is freed
                then coalesce(cast({{ double(rounded_quotient(
                    'least(' ~ scaled('avg_usage_rate_last_7_games', 2) ~ ' * (finals * sharing_e9 + freed_by_others_e9)'
                    ~ ', 10000 * finals * sharing_e9)',
                    'finals * sharing_e9'
                )) }} / 100 as numeric(6, 2)), avg_usage_rate_last_7_games)
        end as projected_usage_rate
    from others
)

select * from final
