-- grain: game_id, player_lookup, system_id · window: requested dates · reads: the model of each system
-- why: the predictions of all systems that need no other system, in the same columns.
{{ config(materialized='incremental', event_time='game_date', partition_by=by_game_date(), cluster_by=['system_id', 'player_lookup']) }}

with

final as (
    {%- for system_id in [
        'season_average', 'market_line', 'moving_average', 'zone_matchup_v1', 'similarity_balanced_v1', 'gradient_boosting_v1',
        'gradient_boosting_line_v1',
    ] %}
    {{ 'union all' if not loop.first }}
    select {{ prediction_columns() | join(', ') }} from {{ ref('int_predictions__' ~ system_id) }}
    {%- endfor %}
)

select * from final
