-- Which code the audit of each model is; the command line compares it with what judged a partition (audits Q6).
-- dbt compile --select check_versions
{{ constant_rows(['model', 'check_version'], check_versions()) }}
