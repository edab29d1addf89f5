{#
    The requested range: which game dates this invocation rebuilds. Decisions D1, D7 and D8.

    Where it comes from, first hit wins:
      1. vars        --vars '{start_date: 2021-11-01, end_date: 2021-11-30}'; only start_date = that one date
      2. environment NBA_WINDOW_START, NBA_WINDOW_END: the same, but dbt keeps its parsed project
      3. the run     open_run() chose a range when the run began and wrote it down
      4. the data    an empty warehouse: every date of the raw schedule; else since the last built date, minus
                     daily_lookback_days

    Nothing here may be called from config(): dbt would freeze the range into the parsed project.
#}

{# Names that --vars may carry. tests/python/test_range_contract.py holds this list against dbt_project.yml. #}
{% macro declared_vars() %}
    {{ return([
        'start_date', 'end_date', 'mode', 'max_range_days', 'daily_lookback_days', 'max_attempts', 'lease_minutes',
        'backfill_after_days', 'schema_prefix', 'paint_max_feet', 'play_by_play_tolerance_pct', 'audit_stop_share',
        'totals_tolerance', 'heaves_since_season', 'heaves_at_most', 'reconstruct_min_players', 'injury_min_confidence',
        'starter_share', 'star_points_avg', 'production_ready_pct', 'upgc_min_games', 'player_list_max_age_days',
        'bootstrap_days', 'tdza_min_games', 'tdza_ready_games', 'league_window_days', 'league_min_games',
        'league_min_teams', 'psza_min_games', 'psza_trend_min_games', 'psza_min_zone_games', 'pdc_min_games',
        'pdc_full_games', 'prediction_min_errors', 'prediction_min_tier_errors',
    ]) }}
{% endmacro %}

{# The first requested date as 'YYYY-MM-DD', '' while parsing. Unit tests override it. #}
{% macro window_start() %}
    {{ return(requested_range().start if execute else '') }}
{% endmacro %}

{# The last requested date as 'YYYY-MM-DD', inclusive, '' while parsing. Unit tests override it. #}
{% macro window_end() %}
    {{ return(requested_range().end if execute else '') }}
{% endmacro %}

{#
    {start, end, source}: checked, never empty. Raises a compile error for anything that is not a range. Looked for once
    in an invocation: models and hooks ask some 800 times.
#}
{% macro requested_range() %}
    {%- if 'requested_range' not in project_memory() -%}
        {%- set given = range_as_given() -%}
        {%- do project_memory().update({
            'requested_range': checked_range(given) if given.start else range_of_this_run() or range_from_data()
        }) -%}
    {%- endif -%}
    {{ return(project_memory()['requested_range']) }}
{% endmacro %}

{# What vars or environment say, unchecked except for an end without a start. #}
{% macro range_as_given() %}
    {%- set start, end, source = var('start_date', none), var('end_date', none), 'vars' -%}
    {%- for name in ['start_date', 'end_date'] if name in (invocation_args_dict.vars or {}) and not var(name, none) -%}
        {{ raise_range_error(name ~ ' is given and empty: a shell variable that is not set, for example') }}
    {%- endfor -%}
    {%- for name in ['NBA_WINDOW_START', 'NBA_WINDOW_END'] if env_var(name, 'unset') == '' -%}
        {{ raise_range_error(name ~ ' is set and empty') }}
    {%- endfor -%}
    {%- if not start and not end -%}
        {%- set start, end = env_var('NBA_WINDOW_START', ''), env_var('NBA_WINDOW_END', '') -%}
        {%- set source = 'environment' -%}
    {%- endif -%}
    {%- if end and not start -%}
        {{ raise_range_error("end_date is '" ~ end ~ "' but start_date is missing") }}
    {%- endif -%}
    {{ return({'start': (start or '') | string, 'end': (end or start or '') | string, 'source': source}) }}
{% endmacro %}

{# Both ends are calendar dates, in order, and not too far apart. #}
{% macro checked_range(given) %}
    {%- set first, last = parse_date('start_date', given.start), parse_date('end_date', given.end) -%}
    {%- if last < first -%}
        {{ raise_range_error('end_date ' ~ given.end ~ ' is before start_date ' ~ given.start) }}
    {%- endif -%}
    {%- set days = (last - first).days + 1 -%}
    {%- if days > var('max_range_days') -%}
        {{ raise_range_error(
            given.start ~ ' to ' ~ given.end ~ ' is ' ~ days ~ ' days, more than max_range_days (' ~ var('max_range_days') ~ ')'
        ) }}
    {%- endif -%}
    {{ return({'start': first.isoformat(), 'end': last.isoformat(), 'source': given.source}) }}
{% endmacro %}

{# text -> datetime.date; a compile error names the var and the text. #}
{% macro parse_date(name, text) %}
    {%- set parts = modules.re.match('^([0-9]{4})-([0-9]{2})-([0-9]{2})$', text) -%}
    {%- if parts -%}
        {%- set year, month, day = parts.group(1) | int, parts.group(2) | int, parts.group(3) | int -%}
        {%- set leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) -%}
        {%- set days_in_month = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] -%}
        {%- if 1946 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= days_in_month[month - 1] -%}
            {{ return(modules.datetime.date(year, month, day)) }}
        {%- endif -%}
    {%- endif -%}
    {{ raise_range_error(name ~ " is '" ~ text ~ "', which is not a date of the form YYYY-MM-DD") }}
{% endmacro %}

{% macro raise_range_error(what) %}
    {{ exceptions.raise_compiler_error(
        what ~ ". Nothing was built. Example: --vars '{start_date: 2021-11-01, end_date: 2021-11-30}'"
    ) }}
{% endmacro %}

{# The range that open_run() wrote down for this invocation, or none (dbt compile opens no run). #}
{% macro range_of_this_run() %}
    {%- set runs = ledger_relation('invocation_events') -%}
    {%- if load_relation(runs) -%}
        {%- set found = run_query(
            "select first_game_date, last_game_date from " ~ runs ~ " where invocation_id = '" ~ invocation_id ~ "'"
        ) -%}
        {%- if found.rows -%}
            {{ return({'start': found.rows[0][0] | string, 'end': found.rows[0][1] | string, 'source': 'run'}) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}

{# No range given: everything on an empty warehouse or with --full-refresh, else since the last built date. #}
{% macro range_from_data() %}
    {%- set schedule = source('nbacom', 'nbac_schedule') -%}
    {%- set known = run_query("select min(game_date), max(game_date) from " ~ schedule) if load_relation(schedule) else none -%}
    {%- if not known or not known.rows[0][0] -%}
        {{ raise_range_error('no range was given and ' ~ schedule ~ ' is empty, so there is nothing to build; load raw data first') }}
    {%- endif -%}
    {%- set first, last = parse_date('start_date', known.rows[0][0] | string), known.rows[0][1] | string -%}
    {%- set built = last_built_date() -%}
    {%- if built and not flags.FULL_REFRESH -%}
        {%- set since = parse_date('start_date', built) - modules.datetime.timedelta(days=var('daily_lookback_days')) -%}
        {%- set first = [first, since] | max -%}
    {%- endif -%}
    {{ return({'start': first.isoformat(), 'end': last, 'source': 'data'}) }}
{% endmacro %}

{# The earliest of the three result tables' newest dates: what all of them have. None when one is missing or empty. #}
{% macro last_built_date() %}
    {%- set newest = [] -%}
    {%- for name in ['player_game_summary', 'team_offense_game_summary', 'team_defense_game_summary'] -%}
        {%- set table = api.Relation.create(
            database=target.database, schema=generate_schema_name('nba_analytics', none) | trim, identifier=name
        ) -%}
        {%- set found = run_query("select max(game_date) from " ~ table ~ " where game_date >= cast('1946-11-01' as date)")
            if load_relation(table) else none -%}
        {%- do newest.append(found.rows[0][0] | string if found and found.rows[0][0] else none) -%}
    {%- endfor -%}
    {{ return(none if none in newest else newest | min) }}
{% endmacro %}

{# daily or backfill: given (var mode, environment NBA_RUN_MODE), or decided by the age of the last requested date (D7). Changes no value of any table. #}
{% macro run_mode(range) %}
    {%- set mode = var('mode', none) or env_var('NBA_RUN_MODE', '') or none -%}
    {%- if mode is not none and mode not in ['daily', 'backfill'] -%}
        {{ raise_range_error("mode is '" ~ mode ~ "', allowed are daily and backfill") }}
    {%- endif -%}
    {%- set age = (run_started_at.date() - parse_date('end_date', range.end)).days -%}
    {{ return(mode or ('backfill' if age > var('backfill_after_days') else 'daily')) }}
{% endmacro %}
