{#
    First statement of every dbt build, run, test and seed: refuses what cannot be right (D8) and writes down which
    range this invocation works on, so that every model sees the same one.
#}
{% macro open_run() %}
    {#- compile and docs render this hook, too, but build nothing -#}
    {%- if execute and flags.WHICH not in ['compile', 'generate'] -%}
        {%- do refuse_unknown_vars() -%}
        {%- do refuse_full_refresh_of_a_range() -%}
        {%- set range = requested_range() -%}
        {%- set mode = run_mode(range) -%}
        {%- set runs = requested_ranges_relation() -%}
        {%- do adapter.create_schema(api.Relation.create(database=runs.database, schema=runs.schema)) -%}
        {%- do run_query(create_requested_ranges_sql(runs)) -%}
        {%- do run_query(
            "insert into " ~ runs ~ " (invocation_id, start_date, end_date, range_source, mode, started_at) values ('"
            ~ invocation_id ~ "', cast('" ~ range.start ~ "' as date), cast('" ~ range.end ~ "' as date), '" ~ range.source
            ~ "', '" ~ mode ~ "', " ~ dbt.current_timestamp() ~ ")"
        ) -%}
        {%- do log('Game dates ' ~ range.start ~ ' to ' ~ range.end ~ ' (' ~ mode ~ ', range from ' ~ range.source ~ ')', info=true) -%}
    {%- endif -%}
{% endmacro %}

{# nba_orchestration.requested_ranges: one row per dbt invocation. #}
{% macro requested_ranges_relation() %}
    {{ return(api.Relation.create(
        database=target.database, schema=generate_schema_name('nba_orchestration', none) | trim, identifier='requested_ranges'
    )) }}
{% endmacro %}

{% macro create_requested_ranges_sql(relation) %}
    create table if not exists {{ relation }} (
        invocation_id {{ dbt.type_string() }},
        start_date date,
        end_date date,
        range_source {{ dbt.type_string() }},
        mode {{ dbt.type_string() }},
        started_at {{ dbt.type_timestamp() }}
    )
{% endmacro %}

{# A misspelled var would silently build something else. #}
{% macro refuse_unknown_vars() %}
    {%- for name in (invocation_args_dict.vars or {}) if name not in declared_vars() -%}
        {{ exceptions.raise_compiler_error(
            "Unknown var '" ~ name ~ "'. Nothing was built. Known vars: " ~ declared_vars() | join(', ')
        ) }}
    {%- endfor -%}
{% endmacro %}

{# --full-refresh drops every other date, a range promises to leave them alone. #}
{% macro refuse_full_refresh_of_a_range() %}
    {%- if flags.FULL_REFRESH and range_as_given().start -%}
        {{ exceptions.raise_compiler_error(
            "--full-refresh rebuilds the whole history and cannot be combined with start_date or NBA_WINDOW_START. "
            ~ "Nothing was built. Leave out one of the two."
        ) }}
    {%- endif -%}
{% endmacro %}
