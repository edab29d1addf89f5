-- grain: version · window: none · reads: model_versions · why: trained versions of systems, whoever trained them.
with

versions as (
    select * from {{ source('models', 'model_versions') }}
),

final as (
    select
        version,
        system_id,
        inputs,
        effective_from,
        trained_through,
        trained_at
    from versions
)

select * from final
