-- grain: model, game_date, parent · window: none · reads: partition_content, latest_attempts
-- why: inputs of attempted partitions whose content is no longer the one that the attempt read.
{{ config(materialized='ephemeral') }}
{%- set direct = direct_edges(ledgered_models() if execute else []) %}

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

edges as (
    {{- constant_rows(['model', 'parent', 'window_number'], direct.edges or [['', '', 0]]) }}
),

wholes as (
    {{- constant_rows(['model', 'parent'], direct.wholes or [['', '']]) }}
),

windows as (
    {{- windows_on_dates(direct.windows, 'built') }}
),

-- what every parent's window holds now, spelled as record_partitions() spells it
inputs as (
    select
        built.model,
        built.game_date,
        edges.parent,
        {{ fingerprint_of_partitions('content.fingerprint') }} as fingerprint
    from built
    inner join edges on built.model = edges.model
    inner join windows
        on
            edges.window_number = windows.window_number
            and built.game_date = windows.game_date
    left join content
        on
            edges.parent = content.model
            and windows.first_date <= content.game_date
            and windows.last_date >= content.game_date
    group by built.model, built.game_date, edges.parent, edges.window_number
    union all
    select
        built.model,
        built.game_date,
        wholes.parent,
        content.fingerprint
    from built
    inner join wholes on built.model = wholes.model
    inner join content on wholes.parent = content.model
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
