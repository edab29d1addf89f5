{#
    The 25 features of the store in their order (phase4 5.d): name, where the value may come from, and the default that
    the compatible array holds when nothing is known (definitions M1 to M3). Kinds: `fallback` = Phase 4, else Phase 3;
    `phase4` = Phase 4 only; `calculated` = from the contexts of the day.
#}
{% macro feature_definitions() %}
    {{ return([
        ('points_avg_last_5', 'fallback', 10), ('points_avg_last_10', 'fallback', 10), ('points_avg_season', 'fallback', 10),
        ('points_std_last_10', 'fallback', 5), ('games_in_last_7_days', 'fallback', 3), ('fatigue_score', 'phase4', 50),
        ('shot_zone_mismatch_score', 'phase4', 0), ('pace_score', 'phase4', 0), ('usage_spike_score', 'phase4', 0),
        ('rest_advantage', 'calculated', 0), ('injury_risk', 'calculated', 0), ('recent_trend', 'calculated', 0),
        ('minutes_change', 'calculated', 0), ('opponent_def_rating', 'fallback', 112), ('opponent_pace', 'fallback', 100),
        ('home_away', 'calculated', 0), ('back_to_back', 'calculated', 0), ('playoff_game', 'calculated', 0),
        ('pct_paint', 'fallback', 0.30), ('pct_mid_range', 'fallback', 0.20), ('pct_three', 'fallback', 0.35),
        ('pct_free_throw', 'calculated', 0.15), ('team_pace', 'fallback', 100), ('team_off_rating', 'fallback', 112),
        ('team_win_pct', 'calculated', 0.5),
    ]) }}
{% endmacro %}

{# For the arrays of the store: each feature or its default, each name, each source. #}
{% macro features_with_defaults(features) %}
    {%- set values = [] -%}
    {%- for name, kind, default in features -%}{%- do values.append('coalesce(' ~ name ~ ', ' ~ default ~ ')') -%}{%- endfor -%}
    {{ return(values) }}
{% endmacro %}

{% macro quoted_names(features) %}
    {%- set names = [] -%}
    {%- for name, kind, default in features -%}{%- do names.append("'" ~ name ~ "'") -%}{%- endfor -%}
    {{ return(names) }}
{% endmacro %}

{% macro source_columns(features) %}
    {%- set columns = [] -%}
    {%- for name, kind, default in features -%}{%- do columns.append(name ~ '_source') -%}{%- endfor -%}
    {{ return(columns) }}
{% endmacro %}

{# Per feature: the weight of its source in the quality score: Phase 4 or calculated 100, Phase 3 75, default 40. #}
{% macro source_weights(features) %}
    {%- set weights = [] -%}
    {%- for name, kind, default in features -%}
        {%- do weights.append("case " ~ name ~ "_source when 'default' then 40 when 'phase3' then 75 else 100 end") -%}
    {%- endfor -%}
    {{ return(weights) }}
{% endmacro %}

{# Per feature that Phase 4 can serve: 1 when it comes from the given source. #}
{% macro served_by(features, source) %}
    {%- set served = [] -%}
    {%- for name, kind, default in features if kind != 'calculated' -%}
        {%- do served.append("case when " ~ name ~ "_source = '" ~ source ~ "' then 1 else 0 end") -%}
    {%- endfor -%}
    {{ return(served) }}
{% endmacro %}

{# A long sum in groups of five: parsers nest a plain chain of additions one level per term. #}
{% macro grouped_sum(terms) -%}
    {%- for group in terms | batch(5) -%}
    ({{ group | join(' + ') }}){{ ' + ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
