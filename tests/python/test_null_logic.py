"""No model takes an unknown value for a known one; what looks like it is listed with the reason why it is right."""

import pytest
from bigquery.compiled import compiled
from null_logic import swallowed

#: model -> place -> why NULL has the answer that it gets there
RIGHT = {
    "analytics_failures": {"final.created_at": "nothing was recorded before: the failure begins now"},
    "chain_status": {"final.status": "whoever serves a box score is counted in the players who were expected"},
    "coverage_reconciliation": {"final.state": "a category that the seed does not know is to be investigated"},
    "data_gaps": {"gaps.severity": "no known gap behind the cell: the severity of a gap that nobody knows"},
    "int_players__absences_around": {
        "shares.is_star_out": "not on the report is not out; without any report the sums are NULL",
        "shares.is_questionable": "not on the report; without any report the sums are NULL",
        "shares.is_probable": "not on the report; without any report the sums are NULL",
    },
    "int_players__resolved_names": {"resolved.method": "no candidate row: no candidate, and the next method is asked"},
    "partition_states": {
        "final.state": "no attempt, content, coverage or running build: each is the absence that the state says",
        "candidates.where": "no attempt has no rows",
        "closing_circuits.where": "not behind an open circuit",
        "open_circuits.where": "not behind an open circuit",
    },
    "player_composite_factors": {"raw_factors.raw_mismatch": "without shares the weighted mean divides by 0: NULL"},
    "precompute_failures": {"final.created_at": "nothing was recorded before: the failure begins now"},
    "prediction_failures": {"final.created_at": "nothing was recorded before: the failure begins now"},
    "stale_partitions": {
        "candidates.where": "no attempt has no rows",
        "closing_circuits.where": "not behind an open circuit",
        "open_circuits.where": "not behind an open circuit",
    },
    "staleness": {
        "candidates.where": "no attempt has no rows",
        "closing_circuits.where": "not behind an open circuit",
        "open_circuits.where": "not behind an open circuit",
    },
    "upcoming_player_game_context": {
        "final.l5_sample_quality": "the form has a row for every listed player, with 0 games where there are none",
        "final.l10_sample_quality": "the form has a row for every listed player, with 0 games where there are none",
        "final.quality_tier": "the form has a row for every listed player, with 0 games where there are none",
        "final.quality_score": "the form has a row for every listed player, with 0 games where there are none",
    },
    "upcoming_team_game_context": {
        "final.quality_tier": "no final game in the window counts as a complete window: the first branch has it",
        "final.quality_score": "no final game in the window counts as a complete window: the first branch has it",
    },
}

JOINED = """
with t as (select a.id, b.n, b.m from x.a as a left join x.b as b on a.id = b.id), final as (select {})
select * from final
"""
FAULTS = {
    "NULL falls to ELSE": (
        "case when n < 5 then null else m - m + 1 end as c, case when n < 5 then null else 0 end as d",
        ["d"],
    ),
    "a step below every limit": ("case when n >= 5 then 'much' when n >= 2 then 'some' else 'little' end as c", ["c"]),
    "a simple CASE": ("case n when 1 then 'one' else 'other' end as c", ["c"]),
    "a filter": ("id from t where n <> 3", ["where"]),
    "guarded": ("case when n is null then 'unknown' when n > 2 then 'much' else 'little' end as c", []),
    "guarded by the row": ("case when n > 2 then case when m > 1 then 1 else 0 end end as c", []),
    "passed on": ("case when n > 2 then 2 else n end as c, (case when n < 0 then -1 else 1 end) * n as d", []),
    "answered": ("case when coalesce(n, 0) > 2 then 'much' else 'little' end as c, count(n) as d", []),
}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_the_check_finds_what_it_is_for(fault: str) -> None:
    expression, places = FAULTS[fault]
    if " from t" not in expression:
        expression += " from t"
    assert [found.place for found in swallowed(JOINED.format(expression))] == places


def test_no_model_takes_unknown_for_known() -> None:
    found: dict[str, dict[str, str]] = {}
    models = [node for node in compiled()["nodes"].values() if node["resource_type"] == "model"]
    assert len(models) > 50
    for node in models:
        for one in swallowed(node["compiled_code"], "bigquery"):
            found.setdefault(node["name"], {})[f"{one.cte}.{one.place}"] = one.unknown
    judged = {model: set(places) for model, places in RIGHT.items()}
    assert {model: set(places) for model, places in found.items()} == judged
