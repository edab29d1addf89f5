-- grain: game_id, team_abbr, player_lookup · window: none, consumers cut dates · reads: gamebook
-- why: who was listed for a game, and nothing about how he played: what is built from lists alone (names, listings) does
-- not become stale when a statistic is corrected. A view, so that its content is always that of raw; each build records
-- what its dates hold.
{{ config(materialized='view', post_hook='{{ record_sources() }}') }}

with

gamebook as (
    select * from {{ ref('stg_nbacom__gamebook_player_stats') }}
),

final as (
    select
        game_id,
        game_date,
        season_year,
        team_abbr,
        player_lookup,
        player_name,
        -- listed for both teams of one game: first the side where he is closest to playing (definitions G9)
        row_number() over (
            partition by game_date, game_id, player_lookup
            order by
                case player_status when 'active' then 0 when 'dnp' then 1 else 2 end,
                processed_at desc,
                team_abbr asc
        ) as side_rank
    from gamebook
    where player_lookup is not null
)

select * from final
