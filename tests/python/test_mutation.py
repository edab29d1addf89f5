"""A sample of `make mutants`: its operators make the faults they say, and the tests tell a fault from a sound model."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from building import copied, dbt
from mutation.judge import DATA, SURVIVED, UNIT, WEEK, Judge, Model
from mutation.makers import OPERATORS, Mutant, Tree
from mutation.score import MODELS, Score, equivalents

# operator -> (a CTE, what it is written as afterwards)
FAULTS = {
    "bound": ("select 1 from t where a >= 7", ["a >= 6", "a >= 8"]),
    "comparison": ("select 1 from t where a < b", ["a <= b"]),
    "join": ("select 1 from t left join u on t.a = u.a", ["INNER JOIN u ON t.a = u.a"]),
    "predicate": ("select 1 from t where a < b and c is null", ["TRUE AND c IS NULL", "a < b AND TRUE"]),
    "coalesce": ("select coalesce(a, 0) as a from t", ["SELECT a AS a", "COALESCE(a, 1) AS a"]),
    "zone": ("select paint_makes, mid_range_makes from t", ["mid_range_makes AS paint_makes, mid_range_makes"]),
    "aggregate": ("select sum(a) as a, count(b) as b from t", ["AVG(a) AS a, COUNT(b)", "SUM(a) AS a, COUNT(*)"]),
    "partition": (
        "select 1 from t qualify row_number() over (partition by a, b order by c) = 1",
        ["BY 1, b", "BY a, 1"],
    ),
    "order": ("select sum(a) over w as a from t window w as (order by b, c)", ["ORDER BY b DESC, c"]),
}


@pytest.mark.parametrize("operator", list(OPERATORS))
def test_an_operator_makes_its_faults(operator: str) -> None:
    cte, expected = FAULTS[operator]
    tree = Tree.of("m", f"with t as (select 1), final as ({cte}) select * from final")
    sound = tree.sql()
    made = [tree.sql(mutant) for mutant in tree.edits if mutant.operator == operator]
    assert len(made) == len(expected)
    for sql, change in zip(made, expected, strict=True):
        assert change in sql and change not in sound
    assert tree.sql() == sound, "a mutant stayed in the tree"


def test_every_copy_in_a_column_changes_and_macros_are_left_alone() -> None:
    ratio = "case when (a) < 0 then -1 else 1 end * coalesce(a, 0) / coalesce(a, 0)"
    requested = "game_date between cast('2021-11-18' as date) and cast('2021-11-24' as date)"
    tree = Tree.of("m", f"with final as (select {ratio} as r, 1 as s from t where {requested}) select * from final")
    assert {mutant.operator for mutant in tree.edits} == {"coalesce"}
    assert all("COALESCE(a, 0)" not in tree.sql(mutant) for mutant in tree.edits)


@pytest.fixture(scope="module")
def judge(built_warehouse: Path) -> Iterator[Judge]:
    """The tests of one model, on a copy of the built warehouse."""
    judge = Judge(copied(built_warehouse, built_warehouse.parents[1] / "mutants"), "player_daily_cache")
    yield judge
    judge.close()


@pytest.fixture
def model(judge: Judge) -> Model:
    """The model that the sample is taken from."""
    return next(iter(judge.models.values()))


def test_the_sound_model_passes(judge: Judge, model: Model) -> None:
    assert model.data_tests and model.unit_tests
    assert judge.verdict(model) == (SURVIVED, "")


@pytest.mark.parametrize(
    ("fault", "noticed_by"),
    [
        ("final.where | predicate | player_context.games_played_season >= 5 -> dropped", UNIT),
        ("final.data_quality_issues | predicate | shot_zones.player_lookup IS NULL -> dropped", UNIT),
        ("final.join team_form | predicate | player_context.game_id = team_form.game_id -> dropped", DATA),
        ("final.join form | join | inner join -> left join", SURVIVED),
    ],
)
def test_a_fault_is_noticed(judge: Judge, model: Model, fault: str, noticed_by: str) -> None:
    named = {mutant.name: mutant for mutant in model.tree.edits}
    assert judge.verdict(model, named[f"{model.name}.{fault}"])[0] == noticed_by
    assert judge.verdict(model) == (SURVIVED, ""), "the mutant stayed in the warehouse"


def test_mutants_are_made_of_every_model_and_equivalent_ones_exist(built_warehouse: Path) -> None:
    outcome = dbt(built_warehouse, "compile", "--select", *MODELS, window=WEEK)
    nodes = [result.node for result in outcome.results if result.node.resource_type == "model"]
    trees = {node.name: Tree.of(node.name, node.compiled_code) for node in nodes}
    assert len(trees) == 15 and all(tree.edits for tree in trees.values())
    assert {mutant.operator for tree in trees.values() for mutant in tree.edits} == set(OPERATORS)
    for model, tree in trees.items():
        names = [mutant.name for mutant in tree.edits]
        assert len(set(names)) == len(names)
        assert set(equivalents(model)) - set(names) == set()


def test_the_list_of_equivalent_mutants_cannot_rot() -> None:
    one, two, three = (Mutant("m", "bound", "final", "a", "1", after) for after in ("2", "3", "4"))
    score = Score("m", {one: (DATA, "a_test"), two: (SURVIVED, ""), three: (SURVIVED, "")}, {two.name: "because"})
    assert (score.equivalent, score.survivors, score.percent) == ([two], [three], 50)
    score.listed |= {one.name: "because", "gone": "because"}
    below, noticed, gone = score.complaints()
    assert "below" in below and "noticed by a_test" in noticed and "does not exist" in gone
