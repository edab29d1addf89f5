{#
    Display name -> player_lookup: lower case, letters without decomposition spelled out, accents folded, everything
    but a-z and 0-9 dropped. Suffixes stay. 'José Alvarado' -> 'josealvarado', 'LeBron James Jr.' -> 'lebronjamesjr'.
#}
{% macro normalize_player_name(name) -%}
    {%- set spelled_out = {'đ': 'd', 'ø': 'o', 'ł': 'l', 'ß': 'ss', 'æ': 'ae', 'œ': 'oe', 'ð': 'd', 'þ': 'th', 'ı': 'i'} -%}
    {%- set ns = namespace(text='lower(' ~ name ~ ')') -%}
    {%- for letter, spelling in spelled_out.items() -%}
        {%- set ns.text = "replace(" ~ ns.text ~ ", '" ~ letter ~ "', '" ~ spelling ~ "')" -%}
    {%- endfor -%}
    nullif({{ remove_matches(fold_accents(ns.text), '[^a-z0-9]') }}, '')
{%- endmacro %}

{# player_lookup without jr, sr, ii, iii or iv at its end. #}
{% macro without_suffix(player_lookup) -%}
    {{ remove_matches(player_lookup, '(jr|sr|iii|ii|iv)$') }}
{%- endmacro %}
