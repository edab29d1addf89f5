-- grain: model, game_date, game_id, check_id, severity · window: none, consumers cut dates
-- reads: audit_findings, partition_ledger
-- why: what the last audit of each partition found. A finding stands until the same rows were judged again (audits Q5).
with

final as (
    select
        invocation_id,
        model,
        game_date,
        game_id,
        check_id,
        severity,
        verdict,
        row_count,
        evidence,
        unit_fingerprint,
        found_at
    from {{ open_findings_sql(source('ledger', 'audit_findings'), source('ledger', 'partition_ledger')) }} as findings
)

select * from final
