-- Graded and void together are the predictions on games whose results are there, of each system on each date, and graded are
-- the rows of prediction_accuracy (predictions G2).
with

games as (
    select game_id from {{ ref('player_game_summary') }}
    where {{ in_window('game_date') }}
    group by game_id
),

counted as (
    select
        predicted.game_date,
        predicted.system_id,
        count(*) as predictions,
        count(graded.game_id) as graded
    from {{ ref('player_prop_predictions') }} as predicted
    inner join games on predicted.game_id = games.game_id
    left join {{ ref('prediction_accuracy') }} as graded
        on
            predicted.game_id = graded.game_id
            and predicted.player_lookup = graded.player_lookup
            and predicted.system_id = graded.system_id
            and graded.{{ in_window('game_date') }}
    where predicted.{{ in_window('game_date') }}
    group by predicted.game_date, predicted.system_id
),

rollups as (
    select * from {{ ref('system_daily_performance') }}
    where {{ in_window('game_date') }}
)

select
    coalesce(counted.game_date, rollups.game_date) as game_date,
    coalesce(counted.system_id, rollups.system_id) as system_id,
    counted.predictions,
    counted.graded,
    rollups.predictions as predictions_of_rollup,
    rollups.graded as graded_of_rollup,
    rollups.void
from counted
full outer join rollups
    on
        counted.game_date = rollups.game_date
        and counted.system_id = rollups.system_id
where
    coalesce(counted.predictions <> rollups.predictions, true)
    or coalesce(counted.graded <> rollups.graded, true)
    or rollups.predictions <> rollups.graded + rollups.void
