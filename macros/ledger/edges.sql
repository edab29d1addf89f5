{#
    What each partition is made of, from meta.reads of the models: a partition (model, date) reads, of every parent, the
    dates of a declared window. Hooks, staleness and plan all take their edges from here.
#}

{# Models whose partitions the ledger follows: all incremental ones, in dependency order. #}
{% macro ledgered_models() %}
    {%- if 'ledgered_models' in project_memory() -%}
        {{ return(project_memory()['ledgered_models']) }}
    {%- endif -%}
    {%- set unordered = {} -%}
    {%- for name, node in project_nodes().items() if node.resource_type == 'model' and node.config.materialized == 'incremental' -%}
        {%- do unordered.update({name: node}) -%}
    {%- endfor -%}
    {%- set ordered = [] -%}
    {#- as many rounds as there are models, at most: each round takes those whose parents are taken -#}
    {%- for round in unordered -%}
        {%- for name, node in unordered.items() | sort if node not in ordered -%}
            {%- set waiting = [] -%}
            {%- for edge in read_edges(node) if edge.kind == 'ledger' and unordered[edge.parent] not in ordered -%}
                {%- do waiting.append(edge.parent) -%}
            {%- endfor -%}
            {%- if not waiting -%}
                {%- do ordered.append(node) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do project_memory().update({'ledgered_models': ordered}) -%}
    {{ return(ordered) }}
{% endmacro %}

{#
    The parents of a model, with the window of each: [{parent, window, kind, relation, recorded}], the last of them
    recorded_relation() of the parent. Ephemeral parents are replaced by their own. Kinds:
        ledger   an incremental model; its partitions are in partition_ledger
        source   a view that is a function of each of its dates; its partitions are in source_ledger
        dated    a table or view with game_date that is always current; its content is looked at
        whole    read whole_table: a seed, the registry
#}
{% macro read_edges(node) %}
    {%- set known = project_memory().setdefault('read_edges', {}) -%}
    {%- if node.name in known -%}
        {{ return(known[node.name]) }}
    {%- endif -%}
    {%- set edges = [] -%}
    {#- what is read by a key that says its content makes nothing stale: the key does -#}
    {%- for parent, window in node.config.meta.get('reads', {}).items() if window != 'content_addressed' -%}
        {%- set parent_node = project_node(parent) -%}
        {%- if parent_node.config.materialized == 'ephemeral' -%}
            {#- through two ephemeral parents a model can have the same edge twice -#}
            {%- for edge in read_edges(parent_node) if edge not in edges -%}
                {%- do edges.append(edge) -%}
            {%- endfor -%}
        {%- else -%}
            {%- set recorded = recorded_relation(parent_node) -%}
            {%- do edges.append({
                'parent': parent, 'window': window, 'kind': edge_kind(parent_node, window, recorded),
                'relation': name_in_this_warehouse(parent_node), 'recorded': recorded,
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do known.update({node.name: edges}) -%}
    {{ return(edges) }}
{% endmacro %}

{# The edges of all ledgered models. #}
{% macro every_edge() %}
    {%- if 'every_edge' not in project_memory() -%}
        {%- set edges = [] -%}
        {%- for node in ledgered_models() -%}
            {%- do edges.extend(read_edges(node)) -%}
        {%- endfor -%}
        {%- do project_memory().update({'every_edge': edges}) -%}
    {%- endif -%}
    {{ return(project_memory()['every_edge']) }}
{% endmacro %}

{% macro project_node(name) %}
    {%- set found = project_nodes().get(name) -%}
    {%- if not found -%}
        {{ exceptions.raise_compiler_error('meta.reads names ' ~ name ~ ', which is no model and no seed') }}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}

{# Models and seeds by name. #}
{% macro project_nodes() %}
    {%- if 'nodes' not in project_memory() -%}
        {%- set nodes = {} -%}
        {%- for node in graph.nodes.values() if node.resource_type in ['model', 'seed'] -%}
            {%- do nodes.update({node.name: node}) -%}
        {%- endfor -%}
        {%- do project_memory().update({'nodes': nodes}) -%}
    {%- endif -%}
    {{ return(project_memory()['nodes']) }}
{% endmacro %}

{#
    What one invocation works out about the project once: dbt copies a node each time graph is asked for it, and hooks
    ask for all of them again and again. Kept in graph, which all nodes of an invocation share; under its id, because a
    program that hands dbt a parsed project shares graph between invocations.
#}
{% macro project_memory() %}
    {{ return(graph.setdefault('nba_backfill', {}).setdefault(invocation_id, {})) }}
{% endmacro %}

{% macro edge_kind(node, window, recorded) %}
    {%- if window == 'whole_table' -%}
        {{ return('whole') }}
    {%- elif node.config.materialized == 'incremental' -%}
        {{ return('ledger') }}
    {%- elif recorded -%}
        {{ return('source') }}
    {%- endif -%}
    {{ return('dated') }}
{% endmacro %}

{#
    Whose rows tell what a view holds on each date, when the view is a function of each of its dates: the raw table behind
    a staging view (one source, which has a game_date, and no whole-table reading of it as of the schedule), or the view
    itself where meta.recorded_by_date says so. None for anything else.
#}
{% macro recorded_relation(node) %}
    {%- if node.resource_type == 'model' and node.config.meta.recorded_by_date -%}
        {{ return(node) }}
    {%- elif node.resource_type == 'model' and 'staging' in node.tags and node.depends_on.nodes | length == 1 -%}
        {%- set source = graph.sources.get(node.depends_on.nodes[0]) -%}
        {%- if source and 'game_date' in source.columns -%}
            {{ return(source) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}

{#
    A declared window as two recipes, for the first and the last date it reaches from a date: steps that are applied in
    order, a number of days to go back or 'season' for the begin of the season ('end' for its end). So windows can be
    put after one another: what a parent reads, seen from the child.
#}
{% macro window_recipes(window) %}
    {%- if window == 'same_day' -%}
        {{ return({'first': [], 'last': []}) }}
    {%- elif window == 'season_to_date' -%}
        {{ return({'first': ['season'], 'last': [1]}) }}
    {%- elif window == 'season_through_date' -%}
        {{ return({'first': ['season'], 'last': []}) }}
    {%- elif window == 'season' -%}
        {{ return({'first': ['season'], 'last': ['end']}) }}
    {%- elif window is mapping and 'days' in window -%}
        {{ return({'first': [window.days], 'last': [1]}) }}
    {%- elif window is mapping and 'days_through' in window -%}
        {{ return({'first': [window.days_through], 'last': []}) }}
    {%- endif -%}
    {{ exceptions.raise_compiler_error('unknown window ' ~ window) }}
{% endmacro %}

{# One recipe after the other, shortened: days add up, the begin of a season is its own begin. #}
{% macro recipe_after(earlier, later) %}
    {%- set steps = earlier | list -%}
    {%- for step in later -%}
        {%- if step is number and steps and steps[-1] is number -%}
            {%- set sum = steps.pop() + step -%}
            {%- do steps.append(sum) -%}
        {%- elif not (step == 'season' and steps and steps[-1] == 'season') -%}
            {%- do steps.append(step) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(steps) }}
{% endmacro %}

{# SQL: the date that a recipe reaches from a date. #}
{% macro date_by_recipe(recipe, day) %}
    {%- set reached = namespace(date=day) -%}
    {%- for step in recipe -%}
        {%- if step == 'season' -%}
            {%- set reached.date = season_start(reached.date) -%}
        {%- elif step == 'end' -%}
            {%- set reached.date = days_before(season_start(days_before(reached.date, -366)), 1) -%}
        {%- else -%}
            {%- set reached.date = days_before(reached.date, step) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(reached.date) }}
{% endmacro %}

{# SQL: the parent's date lies in the window of the model's date. The same windows as read_bounds(). #}
{% macro window_condition(window, day, parent) %}
    {%- set recipes = window_recipes(window) -%}
    {{ return(
        parent ~ ' >= ' ~ date_by_recipe(recipes.first, day) ~ ' and ' ~ parent ~ ' <= ' ~ date_by_recipe(recipes.last, day)
    ) }}
{% endmacro %}

{#
    Every ledgered model that a model depends on, directly or through others, with the window through which it does:
    {model: [{ancestor, first, last}]}, recipes as above. `ordered` is ledgered_models().
#}
{% macro reach_of_models(ordered) %}
    {%- set reach = {} -%}
    {%- for node in ordered -%}
        {%- set found = [] -%}
        {%- for edge in read_edges(node) if edge.kind == 'ledger' -%}
            {%- set own = window_recipes(edge.window) -%}
            {%- set paths = [{'ancestor': edge.parent, 'first': own.first, 'last': own.last}] -%}
            {%- for behind in reach[edge.parent] -%}
                {%- do paths.append({
                    'ancestor': behind.ancestor,
                    'first': recipe_after(own.first, behind.first), 'last': recipe_after(own.last, behind.last),
                }) -%}
            {%- endfor -%}
            {%- for path in paths if path not in found -%}
                {%- do found.append(path) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do reach.update({node.name: found}) -%}
    {%- endfor -%}
    {{ return(reach) }}
{% endmacro %}

{#
    The direct edges of all models as rows of a query, so that one join does for all of them: {edges: [[model, parent,
    window number]], windows: [recipes], wholes: [[model, parent]]}.
#}
{% macro direct_edges(models) %}
    {%- set edges, windows, wholes = [], [], [] -%}
    {%- for node in models -%}
        {%- for edge in read_edges(node) -%}
            {%- if edge.kind == 'whole' and [node.name, edge.parent] not in wholes -%}
                {%- do wholes.append([node.name, edge.parent]) -%}
            {%- elif edge.kind != 'whole' -%}
                {%- set window = window_recipes(edge.window) -%}
                {%- if window not in windows -%}
                    {%- do windows.append(window) -%}
                {%- endif -%}
                {%- set row = [node.name, edge.parent, windows.index(window)] -%}
                {#- through two ephemeral parents a model can have the same edge twice -#}
                {%- if row not in edges -%}
                    {%- do edges.append(row) -%}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return({'edges': edges, 'windows': windows, 'wholes': wholes}) }}
{% endmacro %}

{# SQL: a query of constant rows, texts and whole numbers; at least one row. Hundreds of UNION ALL would be slow to plan. #}
{% macro constant_rows(columns, rows) %}
    {%- set tuples = [] -%}
    {%- for row in rows -%}
        {%- set values = [] -%}
        {%- for value in row -%}
            {%- do values.append(value | string if value is number else "'" ~ value ~ "'") -%}
        {%- endfor -%}
        {%- do tuples.append(values) -%}
    {%- endfor -%}
    {{ return(adapter.dispatch('constant_rows', 'nba_backfill')(columns, tuples)) }}
{%- endmacro %}
{% macro default__constant_rows(columns, tuples) %}
    select {{ columns | join(', ') }}
    from (
        values
        {%- for values in tuples %}
        ({{ values | join(', ') }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as constant_rows ({{ columns | join(', ') }})
{%- endmacro %}
{% macro bigquery__constant_rows(columns, tuples) %}
    select {{ columns | join(', ') }}
    from unnest(
        [
        {%- for values in tuples %}
        {%- set first = loop.first %}
            struct(
                {%- for value in values %}{{ value }}{{ ' as ' ~ columns[loop.index0] if first }}{{ ', ' if not loop.last }}{% endfor -%}
            ){{ ',' if not loop.last }}
        {%- endfor %}
        ]
    )
{%- endmacro %}

{# SQL: window_number, game_date, first_date, last_date of every window on every date of a query. #}
{% macro windows_on_dates(windows, dates) %}
    {%- for window in windows %}
    {{ 'union all' if not loop.first }}
    select
        {{ loop.index0 }} as window_number,
        game_date,
        {{ date_by_recipe(window.first, 'game_date') }} as first_date,
        {{ date_by_recipe(window.last, 'game_date') }} as last_date
    from (select game_date from {{ dates }} group by game_date) as dates
    {%- else %}
    select 0 as window_number, cast(null as date) as game_date, cast(null as date) as first_date, cast(null as date) as last_date
    {%- endfor %}
{%- endmacro %}

{#
    Where the content of every partition is: `dated` name -> {relation, volatile columns}, for the ledgered models and
    what they read by date (of a staging view its raw table); `wholes` name -> relation, for what is read as a whole.
#}
{% macro partition_relations() %}
    {%- set dated, wholes = {}, {} -%}
    {%- for node in ledgered_models() -%}
        {%- do dated.update({node.name: {'relation': name_in_this_warehouse(node), 'volatile': node.config.meta.get('volatile_columns', [])}}) -%}
        {%- for edge in read_edges(node) if edge.kind == 'source' -%}
            {%- do dated.update({edge.parent: {'relation': name_in_this_warehouse(edge.recorded), 'volatile': []}}) -%}
        {%- endfor -%}
        {%- for edge in read_edges(node) if edge.kind == 'dated' -%}
            {%- do dated.update({edge.parent: {'relation': edge.relation, 'volatile': []}}) -%}
        {%- endfor -%}
        {%- for edge in read_edges(node) if edge.kind == 'whole' -%}
            {%- do wholes.update({edge.parent: edge.relation}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return({'dated': dated, 'wholes': wholes}) }}
{% endmacro %}
