-- grain: game_id, player_lookup: with a line, on dates with a version · window: requested dates
-- reads: model inputs and versions in force of the day, trees of these versions
-- why: where boosted trees expect a player against his line, from everything known before tip-off, the line and its no-vig
-- probability included: the version in force on the date, trained on games before it.
{{ config(materialized='ephemeral') }}

with

inputs as (
    select * from {{ reads(ref('int_predictions__model_inputs')) }}
    where points_line is not null
),

versions as (
    select * from {{ reads(ref('int_predictions__versions_in_force')) }}
    where system_id = 'gradient_boosting_line_v1'
),

trees as (
    select * from {{ reads(ref('stg_models__trees')) }}
    where {{ can_be_in_force('effective_from') }}
),

asked as (
    select
        inputs.*,
        versions.version
    from inputs
    inner join versions on inputs.game_date = versions.game_date
),

scores as (
    {{ scored_by_trees('asked', 'trees', model_inputs('gradient_boosting_line_v1')) }}
),

scored as (
    select
        asked.game_id,
        asked.game_date,
        asked.season_year,
        asked.player_lookup,
        asked.version,
        {{ at_least_zero('cast(asked.points_line as numeric(5, 2)) + ' ~ ratio('scores.score_x1e9', 10 ** 9, 2, 5)) }} as points
    from asked
    inner join scores
        on
            asked.game_id = scores.game_id
            and asked.player_lookup = scores.player_lookup
),

final as (
    {{ rows_of_system('gradient_boosting_line_v1', 'scored', base='points', version='version') }}
)

select * from final
