{#
    Trained models as data (predictions T1 to T3): `backfill train` writes a version, its trees as arrays and what it was
    trained on; scoring it is SQL. open_run() creates the tables, so that a warehouse without a version builds, too.
#}

{% macro model_relation(name) %}
    {{ return(in_this_warehouse(api.Relation.create(
        database=target.database, schema=generate_schema_name('nba_models', none) | trim, identifier=name
    ))) }}
{% endmacro %}

{# name -> {column: type}, as models/predictions/_predictions__sources.yml describes them. #}
{% macro model_tables() %}
    {%- set is_bigquery = target.type == 'bigquery' -%}
    {%- set text, number = dbt.type_string(), 'int64' if is_bigquery else 'bigint' -%}
    {%- set numbers, decimals, flags = ('array<int64>', 'array<float64>', 'array<bool>') if is_bigquery else ('bigint[]', 'double[]', 'boolean[]') -%}
    {{ return({
        'model_versions': {
            'version': text, 'system_id': text, 'effective_from': 'date', 'trained_through': 'date', 'trained_from': 'date',
            'training_rows': number, 'training_digest': text, 'inputs': text, 'parameters': text,
            'trained_at': dbt.type_timestamp(),
        },
        'model_trees': {
            'version': text, 'effective_from': 'date', 'tree': number, 'input': numbers, 'threshold': decimals, 'left_child': numbers,
            'right_child': numbers, 'unknown_goes_left': flags, 'value_x1e9': numbers,
        },
        'model_metrics': {'version': text, 'metric': text, 'value': type_double()},
    }) }}
{% endmacro %}

{% macro create_model_tables() %}
    {%- set versions = model_relation('model_versions') -%}
    {%- do adapter.create_schema(api.Relation.create(database=target.database, schema=versions.schema)) -%}
    {%- for name, columns in model_tables().items() -%}
        {%- set definitions = [] -%}
        {%- for column, type in columns.items() -%}{%- do definitions.append(column ~ ' ' ~ type) -%}{%- endfor -%}
        {%- do run_query(
            'create table if not exists ' ~ model_relation(name) ~ ' (' ~ definitions | join(', ') ~ ')'
            ~ (' partition by effective_from cluster by version' if target.type == 'bigquery' and name == 'model_trees' else '')
        ) -%}
    {%- endfor -%}
{% endmacro %}

{# TRUE for versions that can be in force on a requested date: for a year at most, so that no scan grows with their number. #}
{% macro can_be_in_force(effective_from) -%}
    {%- if execute and model.resource_type != 'unit_test' -%}
        {%- set first = modules.datetime.date.fromisoformat(window_start()) - modules.datetime.timedelta(days=366) -%}
        {{ effective_from }} between cast('{{ first }}' as date) and cast('{{ window_end() }}' as date)
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{#
    What trained systems are told of a player, in this order: names of int_predictions__model_inputs. A version keeps the
    names it was trained on, and predicts only while they are these.
#}
{% macro model_inputs(system_id) %}
    {%- set names = [] -%}
    {%- for name, kind, default in feature_definitions() -%}{%- do names.append(name) -%}{%- endfor -%}
    {%- set names = names + [
        'days_rest', 'days_rest_before_last_game', 'avg_minutes_per_game_last_7', 'minutes_in_last_7_days',
        'minutes_in_last_14_days', 'games_in_last_14_days', 'games_played_season', 'minutes_avg_last_10',
        'usage_rate_last_10', 'ts_pct_last_10', 'avg_usage_rate_last_7_games', 'projected_usage_rate',
        'star_teammates_out', 'questionable_teammates', 'probable_teammates', 'report_status', 'game_spread', 'game_total',
        'player_age', 'opponent_days_rest', 'travel_miles', 'form_against_season', 'points_per_minute', 'minutes_missing',
        'points_missing', 'share_of_team_points', 'rank_in_minutes', 'points_avg_previous_season',
    ] -%}
    {{ return(names + ['points_line', 'market_probability_over'] if system_id == 'gradient_boosting_line_v1' else names) }}
{% endmacro %}

{#
    The score of each row by the version in force, in points: SUM over the trees of the value of the leaf that the row falls
    into. CTE names in, a query out: rows with game_id, player_lookup, version and the inputs as columns; trees as
    stg_models__trees. An unknown input is a number that no input has; sums of whole billionths do not depend on order.
#}
{% macro scored_by_trees(rows, trees, inputs, depth=6) -%}
    {%- set unknown = '-1e300' -%}
    {%- set values = [] -%}
    {%- for name in inputs -%}{%- do values.append('coalesce(' ~ double(name) ~ ', ' ~ unknown ~ ')') -%}{%- endfor -%}
    select
        game_id,
        player_lookup,
        {{ int64('sum(' ~ item_at('value_x1e9', 'node') ~ ')') }} as score_x1e9
    from (
    {%- for level in range(depth) %}
        select
            game_id,
            player_lookup,
            asked,
            input,
            threshold,
            left_child,
            right_child,
            unknown_goes_left,
            value_x1e9,
            case
                when {{ item_at('asked', item_at('input', 'node')) }} = {{ unknown }}
                    then case when {{ item_at('unknown_goes_left', 'node') }} then {{ item_at('left_child', 'node') }} else {{ item_at('right_child', 'node') }} end
                when {{ item_at('asked', item_at('input', 'node')) }} <= {{ item_at('threshold', 'node') }} then {{ item_at('left_child', 'node') }}
                else {{ item_at('right_child', 'node') }}
            end as node
        from (
    {%- endfor %}
            select
                scored.game_id,
                scored.player_lookup,
                scored.asked,
                trees.input,
                trees.threshold,
                trees.left_child,
                trees.right_child,
                trees.unknown_goes_left,
                trees.value_x1e9,
                1 as node
            from (
                select
                    game_id,
                    player_lookup,
                    version,
                    {{ value_array(values) }} as asked
                from {{ rows }}
            ) as scored
            inner join {{ trees }} as trees on scored.version = trees.version
    {%- for level in range(depth) %}
        ) as level_{{ level }}
    {%- endfor %}
    ) as leaves
    group by game_id, player_lookup
{%- endmacro %}
