-- grain: model, game_date · window: none, consumers cut dates
-- reads: expected_partitions, latest_attempts, input_changes, changed_partitions
-- why: every partition that has to be built, the reason, and where the reason begins. The reach goes forward: a change on
-- a date makes stale exactly the partitions whose declared windows hold it.
--   NOT_SCHEDULED    it has rows, and the schedule has no game on its date (any more)
--   NEVER_RAN        expected, and no build has produced it
--   FAILED           the last attempt failed
--   SKIPPED          it was not attempted, because something before it failed
--   NO_RECORD        it has rows, and no build that the ledger knows of
--   CONTENT_CHANGED  it no longer holds what was built: somebody wrote to the table
--   ACCEPTED         somebody accepted what a check holds back: it can be published (audits Q7)
--   CODE_CHANGED     the code of the model is another one
--   CHECK_CHANGED    a check of it is another one: it is audited again, not built (audits Q6); reaches nothing
--   INPUT_CHANGED    an input no longer holds what it was built from
--   UPSTREAM         it reads a partition that is itself stale
{{ config(materialized='ephemeral') }}
{%- set models = ledgered_models() if execute else [] %}
{%- set direct = direct_edges(models) %}
{%- set windows, reaches = [], [] %}
{%- for model_name, paths in reach_of_models(models).items() %}
    {%- for path in paths %}
        {%- set window = {'first': path.first, 'last': path.last} %}
        {%- if window not in windows %}
            {%- do windows.append(window) %}
        {%- endif %}
        {%- do reaches.append([model_name, path.ancestor, windows.index(window)]) %}
    {%- endfor %}
{%- endfor %}

with

expected as (
    select * from {{ ref('expected_partitions') }}
),

latest as (
    select * from {{ ref('latest_attempts') }}
),

input_changes as (
    select * from {{ ref('input_changes') }}
),

changed as (
    select * from {{ ref('changed_partitions') }}
),

content as (
    select * from {{ ref('partition_content') }}
    where game_date is not null
),

newly_accepted as (
    select
        findings.model,
        findings.game_date
    from {{ ref('open_findings') }} as findings
    inner join (
        select model, game_date, game_id, check_id, unit_fingerprint from {{ source('ledger', 'acceptances') }}
        where game_date >= cast('1946-11-01' as date)
        union all
        select model, game_date, game_id, check_id, unit_fingerprint from {{ ref('accepted_findings') }}
    ) as acceptances
        on
            findings.model = acceptances.model
            and findings.game_date = acceptances.game_date
            and coalesce(findings.game_id, '') = coalesce(acceptances.game_id, '')
            and findings.check_id = acceptances.check_id
            and findings.unit_fingerprint = acceptances.unit_fingerprint
    where findings.verdict in ('HELD', 'FLAGGED')
    group by findings.model, findings.game_date
),

code_versions as (
    select model, code_version
    from (
        select model, code_version, seen_at from {{ source('ledger', 'code_versions') }}
        union all
        select model, code_version, finished_at as seen_at from latest
        where success_attempt is not null
    ) as seen
    qualify row_number() over (partition by model order by seen_at desc) = 1
),

-- as code_versions; the command line writes them under another name
check_versions as (
    select model, check_version
    from (
        select replace(model, 'checks:', '') as model, code_version as check_version, seen_at
        from {{ source('ledger', 'code_versions') }}
        where model like 'checks:%'
        union all
        select model, check_version, finished_at as seen_at from latest
        where success_attempt is not null and check_version is not null
    ) as seen
    qualify row_number() over (partition by model order by seen_at desc) = 1
),

edges as (
    {{- constant_rows(['model', 'parent', 'window_number'], direct.edges or [['', '', 0]]) }}
),

edge_windows as (
    {{- windows_on_dates(direct.windows, 'input_changes') }}
),

wholes as (
    {{- constant_rows(['model', 'parent'], direct.wholes or [['', '']]) }}
),

-- where the changes of an input begin: the first partition in its window that changed after the build
input_causes as (
    select
        input_changes.model,
        input_changes.game_date,
        coalesce(min({{ text_of('changed.game_date') }}) || ' ', '') || input_changes.parent as cause
    from input_changes
    inner join edges
        on
            input_changes.model = edges.model
            and input_changes.parent = edges.parent
    inner join edge_windows
        on
            edges.window_number = edge_windows.window_number
            and input_changes.game_date = edge_windows.game_date
    left join changed
        on
            input_changes.parent = changed.model
            and edge_windows.first_date <= changed.game_date
            and edge_windows.last_date >= changed.game_date
            and (changed.changed_at is null or changed.changed_at > input_changes.finished_at)
    group by input_changes.model, input_changes.game_date, input_changes.parent, edges.window_number
    union all
    select
        input_changes.model,
        input_changes.game_date,
        input_changes.parent || ' (the whole table)' as cause
    from input_changes
    inner join wholes
        on
            input_changes.model = wholes.model
            and input_changes.parent = wholes.parent
),

first_causes as (
    select model, game_date, min(cause) as cause
    from input_causes
    group by model, game_date
),

judged as (
    select
        expected.model,
        expected.game_date,
        case
            when not expected.is_scheduled and content.row_count > 0 then 'NOT_SCHEDULED'
            when latest.success_attempt is null and content.row_count > 0 then 'NO_RECORD'
            when latest.last_state = 'FAILED' then 'FAILED'
            when latest.last_state = 'SKIPPED' then 'SKIPPED'
            when latest.success_attempt is null and expected.not_expected_because is null then 'NEVER_RAN'
            -- what nobody expects and nobody has stays as it is, whatever its inputs do
            when
                expected.not_expected_because is not null and coalesce(content.row_count, 0) = 0
                and coalesce(latest.row_count, 0) = 0 then cast(null as {{ dbt.type_string() }})
            when
                coalesce(content.row_count, 0) <> latest.row_count
                or coalesce(content.fingerprint, 0) <> latest.output_fingerprint then 'CONTENT_CHANGED'
            when latest.code_version <> code_versions.code_version then 'CODE_CHANGED'
            when first_causes.cause is not null then 'INPUT_CHANGED'
            when newly_accepted.model is not null then 'ACCEPTED'
            when check_versions.check_version is distinct from coalesce(latest.check_version, 'none')
                and check_versions.check_version is not null then 'CHECK_CHANGED'
        end as reason,
        coalesce(
            case
                when latest.last_state in ('SUCCESS', 'HELD') and coalesce(content.row_count, 0) = latest.row_count
                    and coalesce(content.fingerprint, 0) = latest.output_fingerprint
                    and latest.code_version = code_versions.code_version then first_causes.cause
            end,
            {{ text_of('expected.game_date') }} || ' ' || expected.model
        ) as cause,
        latest.last_state = 'FAILED' and latest.failures_in_a_row >= {{ var('max_attempts') }}
        and first_causes.cause is null and latest.last_code_version = code_versions.code_version as is_circuit_open
    from expected
    left join latest
        on
            expected.model = latest.model
            and expected.game_date = latest.game_date
    left join content
        on
            expected.model = content.model
            and expected.game_date = content.game_date
    left join code_versions on expected.model = code_versions.model
    left join check_versions on expected.model = check_versions.model
    left join first_causes
        on
            expected.model = first_causes.model
            and expected.game_date = first_causes.game_date
    left join newly_accepted
        on
            expected.model = newly_accepted.model
            and expected.game_date = newly_accepted.game_date
),

direct as (
    select model, game_date, reason, cause, is_circuit_open from judged
    where reason is not null
),

-- partitions that exist or have to: what can become stale through a parent
candidates as (
    select
        expected.model,
        expected.game_date
    from expected
    left join latest
        on
            expected.model = latest.model
            and expected.game_date = latest.game_date
    where expected.not_expected_because is null or latest.row_count > 0
),

-- the distinct windows through which models reach back, once per date
windows as (
    {{- windows_on_dates(windows, 'candidates') }}
),

reaches as (
    {{- constant_rows(['model', 'ancestor', 'window_number'], reaches or [['', '', 0]]) }}
),

-- a circuit closes by itself when anything before the partition is about to change
closing_circuits as (
    select
        direct.model,
        direct.game_date
    from direct
    inner join reaches on direct.model = reaches.model
    inner join windows
        on
            reaches.window_number = windows.window_number
            and direct.game_date = windows.game_date
    inner join direct as ancestors
        on
            reaches.ancestor = ancestors.model
            and windows.first_date <= ancestors.game_date
            and windows.last_date >= ancestors.game_date
    where direct.is_circuit_open
    group by direct.model, direct.game_date
),

open_circuits as (
    select
        direct.model,
        direct.game_date
    from direct
    left join closing_circuits
        on
            direct.model = closing_circuits.model
            and direct.game_date = closing_circuits.game_date
    where direct.is_circuit_open and closing_circuits.model is null
),

-- what reads, directly or through others, a partition that is stale by itself; behind an open circuit it waits
upstream as (
    select
        candidates.model,
        candidates.game_date,
        min(ancestors.cause) as cause,
        count(open_circuits.model) > 0 as is_blocked
    from candidates
    left join direct
        on
            candidates.model = direct.model
            and candidates.game_date = direct.game_date
    inner join reaches on candidates.model = reaches.model
    inner join windows
        on
            reaches.window_number = windows.window_number
            and candidates.game_date = windows.game_date
    inner join direct as ancestors
        on
            reaches.ancestor = ancestors.model
            and windows.first_date <= ancestors.game_date
            and windows.last_date >= ancestors.game_date
            and ancestors.reason <> 'CHECK_CHANGED'
    left join open_circuits
        on
            ancestors.model = open_circuits.model
            and ancestors.game_date = open_circuits.game_date
    where direct.model is null or direct.reason in ('FAILED', 'SKIPPED')
    group by candidates.model, candidates.game_date
),

final as (
    select
        direct.model,
        direct.game_date,
        direct.reason,
        direct.cause,
        open_circuits.model is not null as is_circuit_open,
        coalesce(upstream.is_blocked, false) as is_blocked
    from direct
    left join upstream
        on
            direct.model = upstream.model
            and direct.game_date = upstream.game_date
    left join open_circuits
        on
            direct.model = open_circuits.model
            and direct.game_date = open_circuits.game_date
    union all
    select
        upstream.model,
        upstream.game_date,
        'UPSTREAM' as reason,
        upstream.cause,
        false as is_circuit_open,
        upstream.is_blocked
    from upstream
    left join direct
        on
            upstream.model = direct.model
            and upstream.game_date = direct.game_date
    where direct.model is null
)

select * from final
