-- grain: season_year, season_day_from · window: none · reads: coverage_reconciliation, schedule, the published bands
-- why: the share of expected players without a shot-zone row by season week. Too many means lost games; too few means
-- that the rule of the minimum number of games is not enforced (operations 1.15, definitions A13).
{{ config(materialized='view') }}

{{ shot_zone_failure_rates() }}
