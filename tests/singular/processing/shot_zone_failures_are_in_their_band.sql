-- As many players without a shot-zone row as a sound season has, in each band of season weeks that is built whole: more means
-- lost games, fewer that the minimum number of games is not enforced (story 2, definitions A13). And each band is there once.
with

rates as (
    {{ shot_zone_failure_rates(read_bounds('season') if execute else none) }}
)

select
    season_year,
    season_day_from,
    share_without_row_pct,
    low_pct,
    high_pct,
    verdict
from rates
where true
qualify verdict in ('TOO_HIGH', 'TOO_LOW') or count(*) over (partition by season_year, season_day_from) > 1
