{#
    What every system's model is written with: its numbers from the seed, adjustments in points, and the columns that all
    systems share, so that int_predictions__single_systems can put them under one another (docs/predictions.md).
#}

{# One row with a column per coefficient of a system, for a cross join. A name that the seed lacks is NULL everywhere. #}
{% macro prediction_coefficients(system_id, names) -%}
    select
        {%- for name in names %}
        max(case when coefficient = '{{ name }}' then value end) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('prediction_coefficients') }}
    where system_id = '{{ system_id }}'
{%- endmacro %}

{# The adjustments that a prediction is made of, beside its base. #}
{% macro prediction_adjustments() %}
    {{ return(['fatigue', 'shot_zone', 'pace', 'usage', 'home', 'back_to_back', 'opponent', 'similarity']) }}
{% endmacro %}

{# The columns of a prediction, in the order of rows_of_system(). #}
{% macro prediction_columns() %}
    {%- set columns = ['system_id', 'game_id', 'game_date', 'season_year', 'player_lookup', 'model_version', 'predicted_points', 'base_points'] -%}
    {%- for name in prediction_adjustments() -%}{%- do columns.append(name ~ '_adjustment') -%}{%- endfor -%}
    {{ return(columns + ['similar_games', 'similarity_mean', 'similarity_min', 'missing_inputs']) }}
{% endmacro %}

{# A score times a coefficient, in points with two decimals; NULL when the score is. Exact on both engines. #}
{% macro points_for(score, coefficient) -%}
    {{ ratio(scaled(score, 1) ~ ' * ' ~ scaled(coefficient, 3), 10 ** 4, 2, 5) }}
{%- endmacro %}

{# Points that a tired player loses: 100 is fresh (predictions S3). NULL when nobody knows how tired he is. #}
{% macro points_for_tiredness(score) -%}
    case when {{ score }} < tired_below then tired when {{ score }} < weary_below then weary when {{ score }} is not null then 0 end
{%- endmacro %}

{% macro points_for_venue(is_home) -%}
    case when {{ is_home }} then at_home when not {{ is_home }} then away end
{%- endmacro %}

{#
    The rows of one system, from a relation with game_id, game_date, season_year and player_lookup. base: points before
    adjustments; without it there is no row. adjustments: {name of prediction_adjustments(): expression}; a NULL one is
    left out of the sum and named in missing_inputs (predictions S1). No prediction is below 0, nor above `highest`.
#}
{% macro rows_of_system(system_id, source, base, adjustments={}, highest=none, missing={}, similarity={}, version=none) -%}
    {%- set terms, lacking = ['coalesce(' ~ base ~ ', 0)'], [] -%}
    {%- for name, points in adjustments.items() -%}
        {%- do terms.append('coalesce(' ~ points ~ ', 0)') -%}
        {%- if name not in missing -%}
            {%- do lacking.append('case when ' ~ points ~ " is null then '" ~ name ~ "' end") -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for names in missing.values() -%}
        {%- for name, condition in names.items() -%}
            {%- do lacking.append('case when ' ~ condition ~ " then '" ~ name ~ "' end") -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set total = terms | join(' + ') -%}
    select
        '{{ system_id }}' as system_id,
        game_id,
        game_date,
        season_year,
        player_lookup,
        {{ version or formula_version(system_id) }} as model_version,
        cast(
            case
                when {{ total }} < 0 then 0
                {%- if highest %}
                when {{ total }} > {{ highest }} then {{ highest }}
                {%- endif %}
                else {{ total }}
            end as numeric(5, 2)
        ) as predicted_points,
        cast({{ base }} as numeric(5, 2)) as base_points,
        {%- for name in prediction_adjustments() %}
        cast({{ adjustments.get(name, 'null') }} as numeric(5, 2)) as {{ name }}_adjustment,
        {%- endfor %}
        {{ int64(similarity.get('games', 'null')) }} as similar_games,
        cast({{ similarity.get('mean', 'null') }} as numeric(5, 2)) as similarity_mean,
        {{ int64(similarity.get('min', 'null')) }} as similarity_min,
        {{ text_array(lacking) if lacking else no_texts() }} as missing_inputs
    from {{ source }}
    where {{ base }} is not null
{%- endmacro %}

{# SQL: the version of a system that is a formula: a digest of its model's code and of the coefficients. #}
{% macro formula_version(system_id) -%}
    {%- if not execute or model.resource_type == 'unit_test' -%}
        'formula'
    {%- else -%}
        {%- set code = modules.re.sub('--[^\n]*', '', project_node('int_predictions__' ~ ('points' if system_id == 'ensemble_v1' else system_id)).raw_code) -%}
        '{{ local_md5(code ~ project_node('prediction_coefficients').checksum.checksum)[:12] }}'
    {%- endif -%}
{%- endmacro %}
