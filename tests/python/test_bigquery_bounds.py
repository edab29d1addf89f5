"""Cost proof, static half: literals that match meta.reads prune partitions, and each way to lose that is seen."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
import sqlglot
from backfill.cost.scans import Bounds, Catalog, Relation, scans
from bigquery import bounds
from bigquery.compiled import analysed, catalog, compiled, reads
from googlesql import check_statements
from sqlglot import exp

START, END = date(2022, 1, 10), date(2022, 1, 12)


def test_every_read_is_bounded_as_declared() -> None:
    assert bounds.problems(compiled(), catalog(), reads(), START, END) == {}


def test_nothing_is_refused_for_want_of_a_partition_filter() -> None:
    refused = {problem for read in reads().values() for problem in bounds.unfiltered(read)}
    assert not refused


def test_what_is_read_whole_is_still_there() -> None:
    tables = {scan.table for read in reads().values() for scan in read if not scan.prunes}
    assert set(bounds.READ_WHOLE) <= tables


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        ("same_day", "2022-01-10", "2022-01-12"),
        ("season_to_date", "2021-10-12", "2022-01-11"),
        ("season_through_date", "2021-10-12", "2022-01-12"),
        ("season", "2021-10-12", "2022-10-11"),
        ({"days": 30}, "2021-12-11", "2022-01-11"),
        ({"days_through": 400}, "2020-12-06", "2022-01-12"),
    ],
)
def test_windows_mean_what_the_range_contract_says(window: Any, first: str, last: str) -> None:
    assert bounds.declared_bounds(window, START, END) == Bounds(date.fromisoformat(first), date.fromisoformat(last))


# ---- three ways to break it: each is seen ---------------------------------------------------------------------------


def _partitioned_models() -> list[str]:
    """Models that read a partitioned table themselves, except those that read it whole for a reason."""
    return [
        key
        for key, read in reads().items()
        if key.startswith("model.") and any(scan.partitioned and scan.table not in bounds.READ_WHOLE for scan in read)
    ]


def _without_one_predicate(sql: str) -> list[str]:
    """The statement without its first, its second ... comparison of game_date with dates."""
    pattern = r"(\w+\.)?game_date between cast\('[-0-9]+' as date\) and cast\('[-0-9]+' as date\)"
    return [f"{sql[: hit.start()]}1 = 1{sql[hit.end() :]}" for hit in re.finditer(pattern, sql)]


def test_a_removed_partition_predicate_is_seen_in_every_model() -> None:
    models = _partitioned_models()
    assert len(models) > 20
    for key in models:
        node = compiled()["nodes"][key]
        broken = _without_one_predicate(node["compiled_code"])
        assert broken, key
        # a second predicate on rows that are already bounded changes nothing: one that matters is enough
        assert any(any(bounds.unbounded(scans(sql, catalog()))) for sql in broken), key


def test_wider_dates_than_declared_are_seen() -> None:
    (node,) = [node for node in compiled()["nodes"].values() if node["name"] == "int_players__form_entering"]
    assert "cast('2021-10-12' as date)" in node["compiled_code"]
    wider = node["compiled_code"].replace("cast('2021-10-12' as date)", "cast('2020-10-12' as date)")
    found = bounds.problems(compiled(), catalog(), {node["unique_id"]: scans(wider, catalog())}, START, END)
    assert "meta.reads says ['season_to_date']" in found["int_players__form_entering"][0]


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        pytest.param("count(*)", "list_sum(list_value(1))", "Function not found", id="function of DuckDB only"),
        pytest.param(".season_year", ".season_yaer", "season_yaer", id="column that no contract has"),
    ],
)
def test_what_bigquery_does_not_know_is_seen(written: str, instead: str, message: str) -> None:
    node = next(
        node
        for node in compiled()["nodes"].values()
        if "phase4" in node["tags"] and node["resource_type"] == "model" and written in (node["compiled_code"] or "")
    )
    broken = node["compiled_code"].replace(written, instead, 1)
    sound, unsound = (
        check_statements(compiled(), analysed().outputs, [sql]) for sql in (node["compiled_code"], broken)
    )
    assert not sound, sound
    assert any(message in problem.message for problem in unsound), unsound


# ---- what counts as a bound -----------------------------------------------------------------------------------------

DAYS = "between cast('2022-01-10' as date) and cast('2022-01-12' as date)"
SMALL = Catalog(
    {
        "raw.games": Relation("raw.games", ("game_id", "game_date", "points"), "game_date"),
        "raw.players": Relation("raw.players", ("player", "game_id")),
        "staging.newest": Relation(
            "staging.newest",
            ("game_id", "game_date"),
            None,
            "select game_id, game_date from p.raw.games "
            "qualify row_number() over (partition by game_date, game_id order by points) = 1",
        ),
        "staging.newest_of_all": Relation(
            "staging.newest_of_all",
            ("game_id", "game_date"),
            None,
            "select game_id, game_date from p.raw.games "
            "qualify row_number() over (partition by game_id order by points) = 1",
        ),
    }
)


@pytest.mark.parametrize(
    ("sql", "prunes"),
    [
        (f"select points from p.raw.games where game_date {DAYS}", True),
        (f"select points from (select * from p.raw.games) as g where g.game_date {DAYS}", True),
        (f"with g as (select * from p.raw.games) select points from g where game_date {DAYS}", True),
        ("select points from p.raw.games where game_date in ('2022-01-10', '2022-01-11')", True),
        ("select points from p.raw.games where game_date >= '2022-01-10' and game_date < '2022-01-12'", True),
        (f"select game_id from p.staging.newest where game_date {DAYS}", True),
        (
            "select 1 as x from p.raw.players as a "
            f"left join p.raw.games as b on a.game_id = b.game_id and b.game_date {DAYS}",
            True,
        ),
        (
            "select * from (select game_date, count(*) as n from p.raw.games group by game_date) as g "
            f"where game_date {DAYS}",
            True,
        ),
        (
            "select * from (select game_date from p.raw.games union all select game_date from p.raw.games) as g "
            f"where game_date {DAYS}",
            True,
        ),
        ("select points from p.raw.games", False),
        ("select points from p.raw.games where game_date >= '2022-01-10'", False),
        ("select points from p.raw.games where game_date = current_date()", False),
        (f"select points from p.raw.games where date_add(game_date, interval 1 day) {DAYS}", False),
        (f"select points from p.raw.games where game_date {DAYS} or points > 3", False),
        (f"select game_id from p.staging.newest_of_all where game_date {DAYS}", False),
        (
            "select * from (select max(game_date) as game_date from p.raw.games group by game_id) as g "
            f"where game_date {DAYS}",
            False,
        ),
        (f"select * from (select * from p.raw.games limit 5) as g where game_date {DAYS}", False),
        (
            "select a.points from p.raw.games as a inner join p.raw.games as b on a.game_date = b.game_date "
            f"where b.game_date {DAYS}",
            False,
        ),
        (
            "select 1 as x from p.raw.games as a "
            f"left join p.raw.players as b on a.game_id = b.game_id and a.game_date {DAYS}",
            False,
        ),
    ],
)
def test_only_literals_that_bigquery_prunes_by_count(sql: str, prunes: bool) -> None:
    assert all(scan.prunes for scan in scans(sql, SMALL)) is prunes


def test_columns_are_those_that_the_result_needs() -> None:
    (scan,) = scans(f"with g as (select * from p.raw.games) select game_id from g where game_date {DAYS}", SMALL)
    assert scan.columns == {"game_id", "game_date"}
    assert scan.bounds == Bounds(START, END)


def test_merges_are_read_from_their_clauses() -> None:
    merge = (
        "merge into p.raw.games as t using (select * from p.raw.players) as s on false "
        f"when not matched by source and t.game_date {DAYS} then delete "
        "when not matched then insert (game_id) values (game_id)"
    )
    target, source = scans(merge, SMALL)
    assert (target.table, target.bounds, source.table) == ("raw.games", Bounds(START, END), "raw.players")
    whole = scans(merge.replace(f" and t.game_date {DAYS}", ""), SMALL)[0]
    assert not whole.prunes
    assert isinstance(sqlglot.parse_one(merge, dialect="bigquery"), exp.Merge)
