{#
    For data_gaps, as rows to join: the windows, which cell stands above which (cascade_parents), which model reads
    which on the same date, and what lies downstream of each model.
#}
{% macro gap_edges() %}
    {%- set above = cells_above() -%}
    {%- set below, same_day = models_below(), models_below(true) -%}
    {%- set windows, cell_edges, same_day_edges, downstream = [], [], [], [] -%}
    {%- for cell in above -%}
        {%- set window = {'first': cell.first, 'last': cell.last} -%}
        {%- if window not in windows -%}
            {%- do windows.append(window) -%}
        {%- endif -%}
        {%- do cell_edges.append([cell.model, cell.column, cell.ancestor, cell.ancestor_column, windows.index(window)]) -%}
    {%- endfor -%}
    {%- for ancestor, models in same_day.items() -%}
        {%- for model in models -%}
            {%- do same_day_edges.append([model, ancestor]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for ancestor, models in below.items() -%}
        {%- do downstream.append([ancestor, models | join(', ')]) -%}
    {%- endfor -%}
    {{ return({
        'windows': windows, 'cell_edges': cell_edges, 'same_day_edges': same_day_edges, 'downstream': downstream,
    }) }}
{% endmacro %}
