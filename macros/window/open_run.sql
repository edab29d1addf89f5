{#
    First statement of every dbt build, run, test and seed: refuses what cannot be right (D8), writes down which range
    this invocation works on, so that every model sees the same one, and takes the lease of its dates. Creates the tables
    of the ledger.
#}
{% macro open_run() %}
    {#- compile and docs render this hook, too, but build nothing -#}
    {%- if execute and flags.WHICH not in ['compile', 'generate'] -%}
        {%- do refuse_unknown_vars() -%}
        {%- do refuse_full_refresh_of_a_range() -%}
        {%- do refuse_what_thins_inputs() -%}
        {%- do refuse_a_warehouse_without_raw() -%}
        {%- set range = requested_range() -%}
        {%- do refuse_a_retry_of_other_dates(range) -%}
        {%- set mode = run_mode(range) -%}
        {%- do create_ledger_tables() -%}
        {%- do create_model_tables() -%}
        {%- do run_query(open_invocation_sql(range, mode)) -%}
        {%- do take_lease(range) -%}
        {%- do log('Game dates ' ~ range.start ~ ' to ' ~ range.end ~ ' (' ~ mode ~ ', range from ' ~ range.source ~ ')', info=true) -%}
    {%- endif -%}
{% endmacro %}

{# Every model would fail for the same reason, and say it in its own words. #}
{% macro refuse_a_warehouse_without_raw() %}
    {%- if flags.WHICH in ['build', 'run'] and not load_relation(source('nbacom', 'nbac_schedule')) -%}
        {{ exceptions.raise_compiler_error(
            'There is no raw data here: ' ~ source('nbacom', 'nbac_schedule') ~ ' does not exist in ' ~ target.database
            ~ ". Nothing was built. Load it: backfill raw load DIR, or raw simulate; or set NBA_DUCKDB_PATH to the warehouse "
            ~ 'that has it.'
        ) }}
    {%- endif -%}
{% endmacro %}

{# A misspelled var would silently build something else. #}
{% macro refuse_unknown_vars() %}
    {%- for name in (invocation_args_dict.vars or {}) if name not in declared_vars() -%}
        {{ exceptions.raise_compiler_error(
            "Unknown var '" ~ name ~ "'. Nothing was built. Known vars: " ~ declared_vars() | join(', ')
        ) }}
    {%- endfor -%}
{% endmacro %}

{# Flags that cut what a model reads: it would replace dates with less than they hold, and nothing would look wrong. #}
{% macro refuse_what_thins_inputs() %}
    {%- for flag, why in {
        'empty': 'reads no row of any input, and would empty the requested dates',
        'sample': 'reads a part of the inputs, and would thin the requested dates',
        'event_time_start': 'cuts inputs by date; the range is start_date and end_date',
        'event_time_end': 'cuts inputs by date; the range is start_date and end_date',
        'defer': 'reads tables of another warehouse, whose content the ledger does not know',
    }.items() if invocation_args_dict.get(flag) -%}
        {{ exceptions.raise_compiler_error(
            '--' ~ flag | replace('_', '-') ~ ' (or DBT_' ~ flag | upper ~ ') ' ~ why ~ '. Nothing was built. Leave it out.'
        ) }}
    {%- endfor -%}
{% endmacro %}

{#
    dbt retry repeats what failed with the vars of the failed command. A range of the environment or of the data is not
    kept: failed models would be built on other dates, and the retry would pass.
#}
{% macro refuse_a_retry_of_other_dates(range) %}
    {#- the command's own word, not a word of an option: options may stand before it -#}
    {%- set is_retry = modules.re.match('dbt( --[a-z-]+([ =][^ -][^ ]*)?)* retry( |$)', flags.INVOCATION_COMMAND or '') -%}
    {%- if is_retry and range.source != 'vars' -%}
        {{ exceptions.raise_compiler_error(
            'dbt retry knows only a range given in --vars, and the command that failed had none: its dates may have been others '
            ~ 'than ' ~ range.start ~ ' to ' ~ range.end ~ '. Nothing was built. Run backfill heal, or the same command again.'
        ) }}
    {%- endif -%}
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
