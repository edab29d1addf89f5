{# `backfill accept` on either engine: dbt run-operation accept_finding --args '{model: ..., reason: ...}' (audits Q7). #}
{% macro accept_finding(model_name, game_date, game_id, check_id, unit_fingerprint, reason, accepted_by) %}
    {%- do run_query(
        'insert into ' ~ ledger_relation('acceptances') ~ ' (' ~ ledger_tables()['acceptances'].keys() | join(', ') ~ ') select '
        ~ text_literal(model_name) ~ ", cast('" ~ game_date ~ "' as date), "
        ~ (text_literal(game_id) if game_id is not none else 'cast(null as ' ~ dbt.type_string() ~ ')') ~ ', '
        ~ text_literal(check_id) ~ ', ' ~ unit_fingerprint ~ ', ' ~ text_literal(reason) ~ ', ' ~ text_literal(accepted_by)
        ~ ', ' ~ utc_now()
    ) -%}
{% endmacro %}
