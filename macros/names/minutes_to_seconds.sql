{#
    Playing time as printed -> whole seconds: '34:12' -> 2052, '34.000000:12' is the same in an older feed, '36' and '36.5'
    are minutes, 'PT34M12.00S' is the feed's ISO form; anything else ('', '-', 'DNP') -> NULL (definitions P3).
#}
{% macro minutes_to_seconds(text) -%}
    case
        when {{ matches(text, '^[0-9]+([.]0+)?:[0-9][0-9]$') }}
            then 60 * {{ int64(extract_group(text, '^([0-9]+)[.:]')) }} + {{ int64(extract_group(text, ':([0-9][0-9])$')) }}
        when {{ matches(text, '^[0-9]+([.][0-9]+)?$') }}
            then cast(round(60 * {{ try_cast(text, type_double()) }}) as bigint)
        when {{ matches(text, '^PT[0-9]+M[0-9]+([.][0-9]+)?S$') }}
            then 60 * {{ int64(extract_group(text, '^PT([0-9]+)M')) }}
                + cast(round({{ try_cast(extract_group(text, 'M([0-9.]+)S$'), type_double()) }}) as bigint)
    end
{%- endmacro %}
