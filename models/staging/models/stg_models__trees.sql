-- grain: version, tree · window: none · reads: model_trees · why: the trees of each version as arrays, one item a node.
with

trees as (
    select * from {{ source('models', 'model_trees') }}
),

final as (
    select
        version,
        effective_from,
        tree,
        input,
        threshold,
        left_child,
        right_child,
        unknown_goes_left,
        value_x1e9
    from trees
)

select * from final
