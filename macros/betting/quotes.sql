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

{#
    The market's probability of the first of two prices, without the bookmaker's margin: its share of both implied ones,
    four decimals. NULL without both prices.
#}
{% macro no_vig_probability(price, other_price) -%}
    cast(round(
        ({{ implied_probability(price) }}) / (({{ implied_probability(price) }}) + ({{ implied_probability(other_price) }})), 4
    ) as numeric(5, 4))
{%- endmacro %}

{# What a stake of one wins at an American price, four decimals; NULL without a price. #}
{% macro profit_at(price) -%}
    cast(round(case when {{ price }} < 0 then 100 / {{ double('-' ~ price) }} else {{ double(price) }} / 100 end, 4) as numeric(9, 4))
{%- endmacro %}
