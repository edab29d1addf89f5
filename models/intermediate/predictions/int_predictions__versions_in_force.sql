-- grain: game_date, system_id: trained systems on precompute days that have a version · window: none, consumers cut dates
-- reads: versions, precompute days, systems
-- why: which version predicts a date: the latest that begins by then, a year before it at the most, trained on the inputs
-- that the system has now. A date
-- changes only when its own version does, so a new month makes nothing before it stale.
{{ config(materialized='view') }}

with

days as (
    select * from {{ ref('int_schedule__precompute_days') }}
),

versions as (
    select * from {{ ref('stg_models__versions') }}
    where inputs = case system_id
        {%- for system_id in ['gradient_boosting_v1', 'gradient_boosting_line_v1'] %}
        when '{{ system_id }}' then '{{ model_inputs(system_id) | join(' ') }}'
        {%- endfor %}
    end
),

final as (
    select
        days.game_date,
        versions.system_id,
        versions.version,
        versions.effective_from,
        versions.trained_through
    from days
    inner join versions
        on
            days.game_date >= versions.effective_from
            and {{ days_before('days.game_date', 366) }} <= versions.effective_from
    qualify row_number() over (
        partition by days.game_date, versions.system_id
        order by versions.effective_from desc, versions.trained_at desc, versions.version desc
    ) = 1
)

select * from final
