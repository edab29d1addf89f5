{#
    How a model says which dates it reads. A model never mentions a date or a var: it writes in_window('game_date') for
    the dates it produces and reads(ref('...')) for its inputs, and the meta.reads of its YAML says how far back each
    input goes. Planner, tests and documentation read the same declaration.
#}

{# TRUE for the requested dates, with literal bounds so that BigQuery prunes partitions. #}
{% macro in_window(column) -%}
    {%- if execute -%}
        {{ column }} between cast('{{ window_start() }}' as date) and cast('{{ window_end() }}' as date)
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{#
    An input, cut to the dates that the model declares for it under meta.reads:

        whole_table          no cut: small tables without partitions
        content_addressed    no cut: rows that never change under the key by which they are read, as trees of a version
        same_day             the requested dates
        days: N              N days before each requested date, that date excluded
        days_through: N      the same, that date included
        season_to_date       the season so far, that date excluded (also for "last N games" of one season)
        season_through_date  the same, that date included
        season               the whole season, also after that date: only for what the schedule knows in advance

    The cut is on whole dates of the requested range; a model still compares dates row by row. In a unit test dbt hides
    the YAML of the tested model, so there the input is its fixture, uncut.
#}
{% macro reads(relation) -%}
    {%- if not execute or model.resource_type == 'unit_test' -%}
        {{ relation }}
    {%- else -%}
        {%- set bounds = read_bounds(declared_read(relation)) -%}
        {%- if bounds is none -%}
            {{ relation }}
        {%- else -%}
            (select * from {{ relation }} where game_date between cast('{{ bounds.first }}' as date) and cast('{{ bounds.last }}' as date))
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# The meta.reads entry of the current model for one parent; a missing entry is a compile error. #}
{% macro declared_read(relation) %}
    {%- set parent = relation.identifier | replace('__dbt__cte__', '') -%}
    {%- set declared = model.config.meta.get('reads', {}) -%}
    {%- if parent not in declared -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ ' reads ' ~ parent ~ ' but its YAML has no meta.reads entry for it'
        ) }}
    {%- endif -%}
    {{ return(declared[parent]) }}
{% endmacro %}

{# {first, last} as ISO dates, or none for whole_table. #}
{% macro read_bounds(window) %}
    {%- set start, end = modules.datetime.date.fromisoformat(window_start()), modules.datetime.date.fromisoformat(window_end()) -%}
    {%- set one_day = modules.datetime.timedelta(days=1) -%}
    {%- if window in ['whole_table', 'content_addressed'] -%}
        {{ return(none) }}
    {%- elif window == 'same_day' -%}
        {{ return({'first': start, 'last': end}) }}
    {%- elif window == 'season_to_date' -%}
        {{ return({'first': season_floor(start), 'last': end - one_day}) }}
    {%- elif window == 'season_through_date' -%}
        {{ return({'first': season_floor(start), 'last': end}) }}
    {%- elif window == 'season' -%}
        {{ return({'first': season_floor(start), 'last': season_floor(end).replace(year=season_floor(end).year + 1) - one_day}) }}
    {%- elif window is mapping and 'days' in window -%}
        {{ return({'first': start - modules.datetime.timedelta(days=window.days), 'last': end - one_day}) }}
    {%- elif window is mapping and 'days_through' in window -%}
        {{ return({'first': start - modules.datetime.timedelta(days=window.days_through), 'last': end}) }}
    {%- endif -%}
    {{ exceptions.raise_compiler_error(model.name ~ ': meta.reads has an unknown window ' ~ window) }}
{% endmacro %}

{#
    A date before which no game of the date's season was played: 12 October. No season opened earlier, and none ended later
    (2019-20 ended on 11 October 2020). season_year itself always comes from the schedule (audits R2).
#}
{% macro season_floor(day) %}
    {{ return(modules.datetime.date(day.year if (day.month, day.day) >= (10, 12) else day.year - 1, 10, 12)) }}
{% endmacro %}
