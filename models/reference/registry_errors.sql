-- grain: source_system, player_name_key · window: everything built so far · reads: unresolved_player_names, partition_ledger
-- why: the names that nobody knows under the name and with the time that old queries ask for.
with

names as (
    select * from {{ ref('unresolved_player_names') }}
),

ledger as (
    select * from {{ source('ledger', 'partition_ledger') }}
    where state = 'SUCCESS'
),

-- when the date on which a name was first seen was last built
built as (
    select
        model,
        game_date,
        max(finished_at) as built_at
    from ledger
    where model in ('int_players__resolved_names', 'int_boxscores__player_lines')
    group by model, game_date
),

final as (
    select
        names.source_system,
        names.player_name_key,
        names.reason as error_message,
        names.first_seen_date,
        names.last_seen_date,
        names.occurrences,
        built.built_at as created_at
    from names
    left join built
        on
            names.first_seen_date = built.game_date
            and case
                when names.reason = 'no gamebook key' then 'int_players__resolved_names'
                else 'int_boxscores__player_lines'
            end = built.model
)

select * from final
