{#
    The cells that column_health counts: of every published table its critical and never-zero columns, of every raw table
    the columns that cascade_parents names: {table: {relation, phase, columns: {name: {critical, never_zero, allowed, is_number}}}}.
    `allowed` is the largest share of NULLs on one date, percent: 0, or the null_budget of the column but at least 1.
#}
{% macro column_cells() %}
    {%- set cells = {} -%}
    {%- for table in published_tables() -%}
        {%- set node = project_node(table.name) -%}
        {%- set contract, columns = column_contract(node), {} -%}
        {%- for name in contract.critical_columns -%}
            {%- set budget = contract.null_budget.get(name, 0) -%}
            {%- set allowed = budget.max if budget is mapping else budget -%}
            {%- do columns.update({name: {'critical': true, 'never_zero': false, 'allowed': [allowed, 1] | max if allowed else 0}}) -%}
        {%- endfor -%}
        {%- for name, policy in contract.zero_policy.items() if policy == 'never_zero' -%}
            {%- set known = columns.get(name, {'critical': false, 'allowed': 100}) -%}
            {%- do columns.update({name: {'critical': known.critical, 'never_zero': true, 'allowed': known.allowed}}) -%}
        {%- endfor -%}
        {%- for name, rules in columns.items() -%}
            {%- do rules.update({'is_number': is_number(node.columns[name])}) -%}
        {%- endfor -%}
        {%- do cells.update({table.name: {'relation': name_in_this_warehouse(node), 'phase': table.phase, 'columns': columns}}) -%}
    {%- endfor -%}
    {%- for table in published_tables() -%}
        {%- for parents in column_contract(project_node(table.name)).cascade_parents.values() -%}
            {%- for parent in parents if parent.model not in published_tables() | map(attribute='name') -%}
                {%- set raw = raw_source(parent.model) -%}
                {%- if parent.model not in cells -%}
                    {%- do cells.update({parent.model: {'relation': name_in_this_warehouse(raw), 'phase': '2', 'columns': {}}}) -%}
                {%- endif -%}
                {%- do cells[parent.model].columns.update({parent.column: {
                    'critical': false, 'never_zero': false, 'allowed': 100, 'is_number': is_number(raw.columns[parent.column]),
                }}) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(cells) }}
{% endmacro %}

{# TRUE for a column of the manifest that holds a number. #}
{% macro is_number(column) %}
    {{ return(modules.re.match('(?i)^(bigint|int64|double|float64|(numeric|decimal)([(].*[)])?)$', column.data_type or '') is not none) }}
{% endmacro %}

{# The declared source of this name. #}
{% macro raw_source(name) %}
    {%- for source in graph.sources.values() if source.name == name -%}
        {{ return(source) }}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error('there is no raw table ' ~ name) }}
{% endmacro %}

{#
    Every cell above a cell, along cascade_parents: [{model, column, ancestor, ancestor_column, first, last}], with
    the window (recipes of macros/ledger/edges.sql) through which the model reads the ancestor; several per pair when
    there are several ways.
#}
{% macro cells_above() %}
    {%- set names, parents = [], {} -%}
    {%- for table in published_tables() -%}
        {%- do names.append(table.name) -%}
        {%- do parents.update({table.name: column_contract(project_node(table.name)).cascade_parents}) -%}
    {%- endfor -%}
    {%- set windows, cells, above = windows_above(), column_cells(), [] -%}
    {%- for name in names -%}
        {%- for column in cells[name].columns -%}
            {%- set found, open = [], [(name, column)] -%}
            {#- breadth first; no chain has more links than there are tables -#}
            {%- for round in range(2 * names | length) -%}
                {%- set next = [] -%}
                {%- for model, model_column in open -%}
                    {%- for parent in parents.get(model, {}).get(model_column, []) if (parent.model, parent.column) not in found -%}
                        {%- do found.append((parent.model, parent.column)) -%}
                        {%- do next.append((parent.model, parent.column)) -%}
                    {%- endfor -%}
                {%- endfor -%}
                {%- do open.clear() -%}
                {%- do open.extend(next) -%}
            {%- endfor -%}
            {%- for ancestor, ancestor_column in found -%}
                {%- for window in windows[name].get(ancestor, [{'first': [], 'last': []}]) -%}
                    {%- do above.append({
                        'model': name, 'column': column, 'ancestor': ancestor, 'ancestor_column': ancestor_column,
                        'first': window.first, 'last': window.last,
                    }) -%}
                {%- endfor -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(above) }}
{% endmacro %}

{# {model: {ancestor: [{first, last}]}} for ledgered models and the raw tables behind them. #}
{% macro windows_above() %}
    {%- if 'windows_above' in project_memory() -%}
        {{ return(project_memory()['windows_above']) }}
    {%- endif -%}
    {%- set models, windows = ledgered_models(), {} -%}
    {%- set reach = reach_of_models(models) -%}
    {%- for node in models -%}
        {%- set found = {} -%}
        {%- for path in reach[node.name] + [{'ancestor': node.name, 'first': [], 'last': []}] -%}
            {%- set window = {'first': path.first, 'last': path.last} -%}
            {%- if window not in found.setdefault(path.ancestor, []) -%}
                {%- do found[path.ancestor].append(window) -%}
            {%- endif -%}
            {%- for edge in read_edges(project_node(path.ancestor)) if edge.kind == 'source' and edge.parent != edge.recorded.name -%}
                {%- set own = window_recipes(edge.window) -%}
                {%- set window = {'first': recipe_after(path.first, own.first), 'last': recipe_after(path.last, own.last)} -%}
                {%- set raw = edge.recorded.name -%}
                {%- if window not in found.setdefault(raw, []) -%}
                    {%- do found[raw].append(window) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do windows.update({node.name: found}) -%}
    {%- endfor -%}
    {%- do project_memory().update({'windows_above': windows}) -%}
    {{ return(windows) }}
{% endmacro %}

{#
    {model: [models that read it]}, directly or through others, in build order, for ledgered models and raw tables: what a
    gap in it reaches. With `same_day` only those that read the same date of it.
#}
{% macro models_below(same_day=false) %}
    {%- set below = {} -%}
    {%- for model, ancestors in windows_above().items() -%}
        {%- for ancestor, windows in ancestors.items() if ancestor != model and (not same_day or [] in windows | map(attribute='last') | list) -%}
            {%- do below.setdefault(ancestor, []).append(model) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(below) }}
{% endmacro %}
