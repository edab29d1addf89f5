-- Failures that sound data does not have: the seed gives each category a budget, 0 for everything that can be repaired.
with

open_failures as (
    {{ all_failures(['processor_name', 'game_date', 'failure_category', 'resolution_status']) }}
)

select
    open_failures.processor_name,
    open_failures.failure_category,
    categories.budget,
    count(*) as failures,
    min(open_failures.game_date) as first_date,
    max(open_failures.game_date) as last_date
from open_failures
inner join {{ ref('failure_categories') }} as categories on open_failures.failure_category = categories.failure_category
where open_failures.resolution_status <> 'RESOLVED' and open_failures.{{ in_window('game_date') }}
group by open_failures.processor_name, open_failures.failure_category, categories.budget
having count(*) > categories.budget
