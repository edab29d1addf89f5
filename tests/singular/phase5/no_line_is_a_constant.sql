-- No value is the line of more than a tenth of the players with one, where there are at least 500: the old system put 20.0
-- where it had none (story 22).
select
    points_line,
    share_pct
from (
    select
        points_line,
        100 * count(*) / sum(count(*)) over () as share_pct,
        sum(count(*)) over () as lined
    from {{ ref('player_prop_predictions') }}
    where system_id = 'market_line' and {{ in_window('game_date') }}
    group by points_line
) as shares
where lined >= 500 and share_pct > 10
