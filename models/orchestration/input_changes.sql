-- grain: model, game_date, parent · window: none · reads: partition_content, latest_attempts
-- why: inputs of attempted partitions whose content is no longer the one that the attempt read.
{{ config(materialized='ephemeral') }}
{%- set models = ledgered_models() if execute else [] %}

with

content as (
    select * from {{ ref('partition_content') }}
),

-- compared with the last attempt, failed or not
built as (
    select
        model,
        game_date,
        last_inputs as inputs,
        last_finished_at as finished_at
    from {{ ref('latest_attempts') }}
),

-- what every parent's window holds now, spelled as record_partitions() spells it
inputs as (
    {%- for node in models %}
    {%- set outer = loop %}
    {%- for edge in read_edges(node) %}
    {{ 'union all' if not (outer.first and loop.first) }}
    {%- if edge.kind == 'whole' %}
    select built.model, built.game_date, '{{ edge.parent }}' as parent, content.fingerprint
    from built
    inner join content on content.model = '{{ edge.parent }}'
    where built.model = '{{ node.name }}'
    {%- else %}
    select children.model, children.game_date, children.parent, {{ fingerprint_of_partitions('content.fingerprint') }} as fingerprint
    from (select model, game_date, '{{ edge.parent }}' as parent from built where model = '{{ node.name }}') as children
    left join content
        on
            children.parent = content.model
            and {{ window_condition(edge.window, 'children.game_date', 'content.game_date') }}
    group by children.model, children.game_date, children.parent
    {%- endif %}
    {%- endfor %}
    {%- else %}
    select '' as model, cast(null as date) as game_date, '' as parent, 0 as fingerprint
    {%- endfor %}
),

compared as (
    select
        inputs.model,
        inputs.game_date,
        inputs.parent,
        inputs.parent || '=' || {{ text_of('inputs.fingerprint') }} as input_now,
        built.inputs as inputs_then,
        built.finished_at
    from inputs
    inner join built
        on
            inputs.model = built.model
            and inputs.game_date = built.game_date
),

final as (
    select
        model,
        game_date,
        parent,
        input_now,
        finished_at
    from compared
    where strpos(', ' || inputs_then || ',', ', ' || input_now || ',') = 0
)

select * from final
