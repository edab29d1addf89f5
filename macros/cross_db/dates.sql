{# Whole days from the earlier to the later date. #}
{% macro days_between(earlier, later) -%} {{ return(adapter.dispatch('days_between', 'nba_backfill')(earlier, later)) }} {%- endmacro %}
{% macro default__days_between(earlier, later) %}{{ return("date_diff('day', " ~ earlier ~ ", " ~ later ~ ")") }}{% endmacro %}
{% macro bigquery__days_between(earlier, later) %}{{ return('date_diff(' ~ later ~ ', ' ~ earlier ~ ', day)') }}{% endmacro %}

{# The date n days earlier. #}
{% macro days_before(day, n) -%} {{ return(adapter.dispatch('days_before', 'nba_backfill')(day, n)) }} {%- endmacro %}
{% macro default__days_before(day, n) %}{{ return('cast(' ~ day ~ ' - interval (' ~ n ~ ') day as date)') }}{% endmacro %}
{% macro bigquery__days_before(day, n) %}{{ return('date_sub(' ~ day ~ ', interval ' ~ n ~ ' day)') }}{% endmacro %}

{# Days since 1970-01-01: an integer that RANGE frames accept on both engines. #}
{% macro day_number(day) -%} {{ return(adapter.dispatch('day_number', 'nba_backfill')(day)) }} {%- endmacro %}
{% macro default__day_number(day) %}{{ return("date_diff('day', cast('1970-01-01' as date), " ~ day ~ ")") }}{% endmacro %}
{% macro bigquery__day_number(day) %}{{ return('unix_date(' ~ day ~ ')') }}{% endmacro %}

{# 2021-10-19 -> '20211019'. #}
{% macro date_digits(day) -%} replace(cast({{ day }} as {{ dbt.type_string() }}), '-', '') {%- endmacro %}

{#
    A clock reading in New York, stored without zone -> the instant. NULL stays NULL. The hour that the end of daylight
    time repeats is its first occurrence; DuckDB alone would take the second.
#}
{% macro eastern_to_utc(clock) -%} {{ return(adapter.dispatch('eastern_to_utc', 'nba_backfill')(clock)) }} {%- endmacro %}
{% macro default__eastern_to_utc(clock) -%}
    {%- set zones = "timezone('UTC', timezone('America/New_York', " -%}
    {{ return(
        'least(' ~ zones ~ clock ~ ')), ' ~ zones ~ clock ~ ' - interval 1 hour)) + interval 1 hour)'
    ) }}
{%- endmacro %}
{% macro bigquery__eastern_to_utc(clock) %}{{ return("timestamp(datetime(" ~ clock ~ "), 'America/New_York')") }}{% endmacro %}

{# Clock reading of an instant in a time zone (text), without zone. #}
{% macro local_clock(instant, zone) -%} {{ return(adapter.dispatch('local_clock', 'nba_backfill')(instant, zone)) }} {%- endmacro %}
{% macro default__local_clock(instant, zone) %}{{ return("timezone(" ~ zone ~ ", timezone('UTC', " ~ instant ~ "))") }}{% endmacro %}
{% macro bigquery__local_clock(instant, zone) %}{{ return('datetime(' ~ instant ~ ', ' ~ zone ~ ')') }}{% endmacro %}

{# Hours that a time zone is ahead of UTC at 12:00 UTC of a date; negative in America. #}
{% macro utc_offset_hours(day, zone) -%} {{ return(adapter.dispatch('utc_offset_hours', 'nba_backfill')(day, zone)) }} {%- endmacro %}
{% macro default__utc_offset_hours(day, zone) -%}
    {%- set noon = 'cast(' ~ day ~ " as timestamp) + interval 12 hour" -%}
    {{ return("date_diff('hour', " ~ noon ~ ', ' ~ default__local_clock(noon, zone) ~ ')') }}
{%- endmacro %}
{% macro bigquery__utc_offset_hours(day, zone) -%}
    {%- set noon = 'timestamp_add(timestamp(' ~ day ~ '), interval 12 hour)' -%}
    {{ return('datetime_diff(datetime(' ~ noon ~ ', ' ~ zone ~ "), datetime(" ~ noon ~ ", 'UTC'), hour)") }}
{%- endmacro %}

{# A date and an hour of the day -> clock reading without zone. #}
{% macro clock_at_hour(day, hour) -%} {{ return(adapter.dispatch('clock_at_hour', 'nba_backfill')(day, hour)) }} {%- endmacro %}
{% macro default__clock_at_hour(day, hour) %}{{ return('cast(' ~ day ~ ' as timestamp) + to_hours(cast(' ~ hour ~ ' as integer))') }}{% endmacro %}
{% macro bigquery__clock_at_hour(day, hour) %}{{ return('timestamp_add(timestamp(' ~ day ~ '), interval ' ~ hour ~ ' hour)') }}{% endmacro %}

{# Clock reading -> '7:30 PM'. #}
{% macro clock_text(clock) -%} {{ return(adapter.dispatch('clock_text', 'nba_backfill')(clock)) }} {%- endmacro %}
{% macro default__clock_text(clock) %}{{ return("strftime(" ~ clock ~ ", '%-I:%M %p')") }}{% endmacro %}
{% macro bigquery__clock_text(clock) %}{{ return("ltrim(format_datetime('%I:%M %p', " ~ clock ~ "), '0')") }}{% endmacro %}

{# Birthdays between a birth date and a later date. #}
{% macro whole_years_between(birth_date, day) -%}
    extract(year from {{ day }}) - extract(year from {{ birth_date }})
    - case
        when extract(month from {{ day }}) * 100 + extract(day from {{ day }})
            < extract(month from {{ birth_date }}) * 100 + extract(day from {{ birth_date }}) then 1
        else 0
    end
{%- endmacro %}

{# This instant as a clock reading in UTC, of the type that contracts call timestamp. #}
{% macro utc_now() -%} cast({{ dbt.current_timestamp() }} as {{ dbt.type_timestamp() }}) {%- endmacro %}

{# The last 12 October on or before a date: before it no game of that date's season was played (see season_floor). Eleven
   days and nine months earlier it is 1 January, which tells the year with one look at the date. #}
{% macro season_start(day) -%} {{ return(adapter.dispatch('season_start', 'nba_backfill')(day)) }} {%- endmacro %}
{% macro default__season_start(day) -%}
    {{ return('make_date(cast(extract(year from ' ~ day ~ ' - interval 11 day - interval 9 month) as integer), 10, 12)') }}
{%- endmacro %}
{% macro bigquery__season_start(day) -%}
    {{ return('date(extract(year from date_sub(date_sub(' ~ day ~ ', interval 11 day), interval 9 month)), 10, 12)') }}
{%- endmacro %}

{# When the running transaction began, as utc_now(); BigQuery has a transaction per statement, so there it is now. #}
{% macro transaction_started_at() -%} {{ return(adapter.dispatch('transaction_started_at', 'nba_backfill')()) }} {%- endmacro %}
{% macro default__transaction_started_at() %}{{ return('cast(transaction_timestamp() as ' ~ dbt.type_timestamp() ~ ')') }}{% endmacro %}
{% macro bigquery__transaction_started_at() %}{{ return('current_timestamp()') }}{% endmacro %}

{# Whole hours from a time, as utc_now() gives it, until now. #}
{% macro hours_since(time) -%} {{ return(adapter.dispatch('hours_since', 'nba_backfill')(time)) }} {%- endmacro %}
{% macro default__hours_since(time) %}{{ return("cast(floor(date_diff('second', " ~ time ~ ', ' ~ utc_now() ~ ') / 3600) as bigint)') }}{% endmacro %}
{% macro bigquery__hours_since(time) %}{{ return('timestamp_diff(current_timestamp(), ' ~ time ~ ', hour)') }}{% endmacro %}
