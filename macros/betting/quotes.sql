{#
    TRUE when a quote or report may be used for a game: stamped no later than tip-off. A row without a stamp passes
    (its source promises a pre-game value, definitions G7, A6); without any known start nothing stamped passes.
#}
{% macro no_later_than_tip(stamp, tip_off_at, source_start_at=none) -%}
    ({{ stamp }} is null or {{ stamp }} <= {{ 'coalesce(' ~ tip_off_at ~ ', ' ~ source_start_at ~ ')' if source_start_at else tip_off_at }})
{%- endmacro %}

{#
    An American price, NULL for what none can be: between -100 and 100 stand only zeros of suspended markets and prices of
    another form (decimal odds).
#}
{% macro american_price(price) -%}
    case when abs({{ price }}) >= 100 then {{ price }} end
{%- endmacro %}

{# Probability in an American price a: -a / (100 - a) for favourites (a < 0), else 100 / (100 + a). NULL stays NULL. #}
{% macro implied_probability(price) -%}
    case when {{ price }} < 0 then -{{ double(price) }} / (100 - {{ price }}) else 100 / {{ double('100 + ' ~ price) }} end
{%- endmacro %}
