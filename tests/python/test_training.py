"""Trained systems: walk-forward, reproducible, and scored by SQL as the library scores them."""

import datetime as dt
import json
from pathlib import Path

import duckdb
import lightgbm
import numpy as np
import pytest
from backfill.base.errors import BackfillError
from backfill.base.warehouse import Warehouse
from backfill.models import training
from backfill.models.training import PARAMETERS, inputs_of, matrix, months_of, read_rows, train_version
from backfill.models.trees import BILLIONTHS, trees_of, version_of
from building import PROJECT, TABLES_ONLY, backfill, change, copied, dbt, planned, query, run_models
from test_point_in_time import forget_from, rows_of

P = "nba_predictions"
MONTHS = ("2023-01", "2023-02")
FIRST, LAST = "2023-01-01", "2023-02-28"
FIRST_DAY = dt.date(2023, 1, 1)
EVERY_DAY = dt.date(9999, 1, 1)
SEASON = "season_year = 2022"


@pytest.fixture(scope="module")
def trained(seasons: Path, warehouses: Path) -> Path:
    """Three seasons, with versions of January and February 2023 and the predictions that follow from them."""
    warehouse = copied(seasons, warehouses / "trained")
    one = backfill(warehouse, "train", "--months", MONTHS[0])
    assert one.returncode == 0 and "2 versions trained, 0 were there" in one.stdout, one.stdout + one.stderr
    # stopped after a month, it goes on where it was
    both = backfill(warehouse, "train", "--months", "..".join(MONTHS))
    assert both.returncode == 0 and "2 versions trained, 2 were there" in both.stdout, both.stdout + both.stderr
    stale = planned(warehouse, "--start", FIRST, "--end", LAST)["partitions"]
    named = {one["game_date"] for one in stale if one["model"] == "int_predictions__single_systems"}
    assert len(named) == 53 and {one["reason"] for one in stale} <= {"INPUT_CHANGED", "UPSTREAM"}
    healed = backfill(warehouse, "heal", "--start", FIRST, "--end", LAST)
    assert healed.returncode == 0, healed.stdout + healed.stderr
    assert planned(warehouse, "--start", FIRST, "--end", LAST)["partitions"] == []
    return warehouse


@pytest.fixture(scope="module")
def rows(trained: Path) -> training.Rows:
    """What is learned from."""
    return read_rows(Warehouse("duckdb", trained, 0), EVERY_DAY)


def test_a_version_learns_from_games_before_it_predicts(trained: Path) -> None:
    versions = query(
        trained,
        """select system_id, effective_from, trained_from, trained_through, training_rows
        from nba_models.model_versions order by system_id, effective_from""",
    )
    assert [(system, str(day)) for system, day, *_ in versions] == [
        (system, f"{month}-01") for system in sorted(PARAMETERS) for month in MONTHS
    ]
    assert all(through < day and since == dt.date(2021, 11, 2) for _, day, since, through, _ in versions)
    assert [count for *_, count in versions] == sorted(count for *_, count in versions[:2]) + sorted(
        count for *_, count in versions[2:]
    )


def test_the_same_rows_give_the_same_version(trained: Path, rows: training.Rows) -> None:
    known = dict(query(trained, "select system_id || effective_from, version from nba_models.model_versions"))
    for system in PARAMETERS:
        made = train_version(rows, system, dt.date(2023, 1, 1), dt.date(2023, 2, 1))
        assert made is not None and made.version == known[f"{system}2023-01-01"]
        assert made.metrics["mae"] < made.metrics["mae_of_season_average"]


def compiled_scores(warehouse: Path, system: str) -> str:
    """Macro scored_by_trees as SQL, of all rows of a season and the version of January."""
    inputs = f"""(
        select inputs.*, (select version from nba_models.model_versions
            where system_id = '{system}' and effective_from = date '2023-01-01') as version
        from nba_staging.int_predictions__model_inputs as inputs where {SEASON}
    )"""
    call = f"{{{{ scored_by_trees({json.dumps(inputs)}, 'nba_models.model_trees', model_inputs('{system}')) }}}}"
    outcome = dbt(warehouse, "compile", "--inline", call, window=(FIRST, FIRST))
    assert outcome.success, outcome.message
    return str(outcome.results[0].node.compiled_code)


@pytest.mark.parametrize("system", list(PARAMETERS))
def test_sql_scores_as_the_library_does(trained: Path, rows: training.Rows, system: str) -> None:
    """On every row of a season, played or not, to a millionth of a point; and so does the walk in Python."""
    names = inputs_of(system)
    sql = compiled_scores(trained, system)
    with duckdb.connect(str(trained), read_only=True) as connection:
        scores = dict(((game, player), score) for game, player, score in connection.execute(sql).fetchall())
        asked = connection.execute(
            f"""select game_id, player_lookup, {", ".join(names)}
            from nba_staging.int_predictions__model_inputs where {SEASON}"""
        ).fetchall()
    usable, table, learned = matrix(rows, system)
    chosen = usable & rows.before(dt.date(2023, 1, 1))
    booster = lightgbm.train({**PARAMETERS[system], "verbose": -1}, lightgbm.Dataset(table[chosen], learned[chosen]))
    expected = booster.predict(np.array([row[2:] for row in asked], dtype=float))
    found = np.array([scores[row[:2]] for row in asked]) / BILLIONTHS
    assert len(asked) > 40_000
    assert np.abs(found - expected).max() < 1e-6
    trees = trees_of(booster.dump_model())
    for row in asked[::4_000]:
        assert sum(tree.score_x1e9(row[2:]) for tree in trees) == scores[row[:2]]
    published = dict(
        query(
            trained,
            f"""select (game_id, player_lookup), predicted_points from {P}.player_prop_predictions
            where system_id = '{system}' and game_date = date '2023-01-10'""",
        )
    )
    assert len(published) > 50
    line = names.index("points_line") + 2 if "line" in system else None
    for row in asked:
        if (points := published.get(row[:2])) is not None:
            whole = scores[row[:2]] / BILLIONTHS + (row[line] if line else 0)
            assert float(points) == pytest.approx(max(whole, 0), abs=0.0051)


def test_trained_predictions_are_published_and_missing_ones_say_why(trained: Path) -> None:
    assert query(
        trained,
        f"""select system_id, min(game_date), max(game_date) from {P}.player_prop_predictions
        where system_id like 'gradient%' group by system_id order by system_id""",
    ) == [(system, dt.date(2023, 1, 1), dt.date(2023, 2, 28)) for system in sorted(PARAMETERS)]
    reasons = query(
        trained,
        """select count_if(failure_category = 'NO_MODEL'), count_if(game_date between '2023-01-01' and '2023-02-28')
        from nba_processing.prediction_failures
        where failure_category = 'NO_MODEL' and resolution_status <> 'RESOLVED'""",
    )
    assert reasons[0][0] > 50_000 and reasons[0][1] == 0
    better = query(
        trained,
        f"""select system_id, mae_minus_season_average < 0 from {P}.system_season_performance
        where season_year = 2022 and population = 'lined' and system_id like 'gradient%'""",
    )
    assert sorted(better) == [(system, True) for system in sorted(PARAMETERS)]


def test_forgetting_the_future_and_its_models_changes_no_prediction(trained: Path, tmp_path: Path) -> None:
    warehouse = copied(trained, tmp_path / "blind")
    day = dt.date(2023, 1, 17)
    table = f"{P}.player_prop_predictions"
    expected = rows_of(warehouse, table, day)
    forget_from(warehouse, day)
    change(
        warehouse,
        f"update nba_models.model_versions set inputs = 'none', trained_at = now() where effective_from > '{day}'",
        "update nba_models.model_trees set value_x1e9 = [1] where version in "
        f"(select version from nba_models.model_versions where effective_from > '{day}')",
    )
    run_models(warehouse, day.isoformat(), day.isoformat(), *TABLES_ONLY)
    assert rows_of(warehouse, "nba_analytics.player_game_summary", day)[0] == 0, "the results were not forgotten"
    assert expected[0] > 500
    assert rows_of(warehouse, table, day) == expected


def test_versions_trained_on_changed_rows_are_named_and_trained_anew(trained: Path, tmp_path: Path) -> None:
    warehouse = copied(trained, tmp_path / "changed")
    listed = json.loads(backfill(warehouse, "models", "--json").stdout)["versions"]
    assert {row["state"] for row in listed} == {"current"} and len(listed) == 4
    change(
        warehouse,
        """update nba_analytics.player_game_summary set points = points + 40
        where game_date = '2023-01-20' and seconds_played > 1800""",
    )
    outcome = backfill(warehouse, "models", "--system", "gradient_boosting_v1")
    assert outcome.returncode == 1 and "1 were trained on rows that have changed since" in outcome.stdout
    again = backfill(warehouse, "train", "--stale", "--system", "gradient_boosting_v1", "--months", "..".join(MONTHS))
    assert "1 versions trained, 2 were there" in again.stdout
    states = [row["state"] for row in json.loads(backfill(warehouse, "models", "--json").stdout)["versions"]]
    assert sorted(states) == ["current", "current", "current", "replaced", "rows have changed"]


def test_what_cannot_be_trained_is_refused(trained: Path, tmp_path: Path) -> None:
    early = backfill(trained, "train", "--months", "2021-11", "--system", "gradient_boosting_v1")
    assert early.returncode == 1 and "no month has enough games before it" in early.stderr
    for arguments, said in (
        (("--system", "xgboost_v1"), "trained systems are"),
        (("--months", "January"), "examples are"),
        (("--months", "1999-01"), "no month of 1999-01"),
    ):
        outcome = backfill(trained, "train", *arguments)
        assert outcome.returncode == 1 and said in outcome.stderr, arguments
    assert months_of(Warehouse("duckdb", trained, 0))[0] == dt.date(2021, 11, 1)


def test_a_tree_that_sql_could_not_walk_is_refused() -> None:
    leaf = {"leaf_value": 1.0}
    split = {"split_feature": 0, "threshold": 1.0, "decision_type": "<=", "default_left": True, "missing_type": "NaN"}
    deep = leaf
    for _ in range(7):
        deep = {**split, "left_child": deep, "right_child": leaf}
    with pytest.raises(ValueError, match="7 steps deep"):
        trees_of({"tree_info": [{"tree_structure": deep}]})
    with pytest.raises(ValueError, match="=="):
        trees_of(
            {
                "tree_info": [
                    {"tree_structure": {**split, "decision_type": "==", "left_child": leaf, "right_child": leaf}}
                ]
            }
        )
    (sound,) = trees_of(
        {"tree_info": [{"tree_structure": {**split, "left_child": leaf, "right_child": {"leaf_value": 2}}}]}
    )
    assert [sound.score_x1e9(row) for row in ([1.0], [1.5], [None])] == [BILLIONTHS, 2 * BILLIONTHS, BILLIONTHS]
    assert version_of("a", FIRST_DAY, ["x"], {}, [sound]) != version_of("b", FIRST_DAY, ["x"], {}, [sound])


def test_training_without_the_library_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, rows: training.Rows
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "lightgbm", None)
    with pytest.raises(BackfillError, match="LightGBM"):
        train_version(rows, "gradient_boosting_v1", dt.date(2023, 1, 1), None)


def test_the_names_that_python_reads_are_those_of_the_macro(trained: Path) -> None:
    for system in PARAMETERS:
        outcome = dbt(trained, "compile", "--inline", f"select '{{{{ model_inputs('{system}') | join(' ') }}}}'")
        assert outcome.results[0].node.compiled_code == f"select '{' '.join(inputs_of(system))}'"
    assert (PROJECT / "macros/predictions/trained_models.sql").is_file()
