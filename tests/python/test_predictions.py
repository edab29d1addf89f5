"""Predictions and their grading on three real seasons, against what an independent computation says."""

import hashlib
import math
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
import yaml
from backfill.base.errors import BackfillError
from backfill.base.phases import BUILT, FAILURE_TABLES, TAGS, parse_phases
from building import PROJECT, copied, dbt, query

P = "nba_predictions"
ZONES = ("paint", "mid_range", "three_pt")
SYSTEMS = PROJECT / "seeds/prediction_systems.csv"


def systems() -> list[str]:
    """Systems of the seed."""
    return [line.split(",")[0] for line in SYSTEMS.read_text().splitlines()[1:]]


#: Those that predict without a trained version; test_training.py trains the others.
UNTRAINED = [system for system in systems() if not system.startswith("gradient")]


def test_a_system_is_a_seed_row_and_a_model() -> None:
    folder = PROJECT / "models/intermediate/predictions"
    union = (folder / "int_predictions__single_systems.sql").read_text()
    (model,) = yaml.safe_load((folder / "int_predictions__single_systems.yml").read_text())["models"]
    for system in systems():
        if system != "ensemble_v1":
            assert (folder / f"int_predictions__{system}.sql").is_file(), system
            assert f"'{system}'" in union, system
            assert model["config"]["meta"]["reads"][f"int_predictions__{system}"] == "same_day"


def test_every_coefficient_is_used_and_every_use_is_a_coefficient() -> None:
    seeded = defaultdict(set)
    for line in (PROJECT / "seeds/prediction_coefficients.csv").read_text().splitlines()[1:]:
        system, coefficient = line.split(",")[:2]
        assert coefficient not in seeded[system], f"{system} {coefficient} stands twice"
        seeded[system].add(coefficient)
    used = {}
    for system in seeded:
        text = (PROJECT / f"models/intermediate/predictions/int_predictions__{system}.sql").read_text()
        (names,) = re.findall(r"prediction_coefficients\('\w+', \[(.*?)\]", text, re.S)
        used[system] = set(re.findall(r"'(\w+)'", names))
    assert used == dict(seeded)


def test_the_phases_of_the_command_line_are_those_of_the_project() -> None:
    macro = (PROJECT / "macros/processing/published_tables.sql").read_text()
    (listed,) = re.findall(r"macro failure_tables.*?return\((\{.*?\})\)", macro, re.S)
    assert {table: tuple(phases) for table, phases in yaml.safe_load(listed).items()} == FAILURE_TABLES
    tags = set(re.findall(r"phase\d\w?", (PROJECT / "dbt_project.yml").read_text()))
    for path in (PROJECT / "models/predictions").glob("*.yml"):
        for model in yaml.safe_load(path.read_text()).get("models", []):
            tags |= set(model["config"]["tags"])
    assert tags == set(TAGS)


@pytest.mark.parametrize(
    ("text", "phases"),
    [("3", "3"), ("3-4", "3 4"), ("4-5b", "4 5 5b"), ("3-5", "3 4 5 5b"), ("5", "5"), ("3,5B", "3 5b"), (None, None)],
)
def test_phases_are_read(text: str | None, phases: str | None) -> None:
    assert parse_phases(text) == (None if phases is None else set(phases.split()))


@pytest.mark.parametrize("text", ["2", "6", "4-3", "3-4-5", "five", ""])
def test_what_is_no_phase_is_refused(text: str) -> None:
    with pytest.raises(BackfillError, match="--phases"):
        parse_phases(text)
    assert BUILT == ("3", "4", "5", "5b")


FORMULAS = ("moving_average", "zone_matchup_v1", "similarity_balanced_v1")
FEATURES = f"{P}.ml_feature_store_v2"
#: What must lower no prediction -> (statement, systems that it must raise somewhere). Another tier of the opponent's
#: defence, or another venue, picks other games for similarity_balanced_v1: only its adjustments are monotone.
BETTER = {
    "a little fresher": (f"update {FEATURES} set fatigue_score = least(fatigue_score + 5, 100)", FORMULAS),
    "much fresher": (f"update {FEATURES} set fatigue_score = least(fatigue_score + 50, 100)", FORMULAS),
    "a weaker defence for his zones": (
        f"update {FEATURES} set shot_zone_mismatch_score = shot_zone_mismatch_score + 2",
        ("moving_average", "similarity_balanced_v1"),
    ),
    "a weaker defence in every zone": (
        "update nba_precompute.team_defense_zone_analysis set "
        + ", ".join(f"{zone}_defense_vs_league_avg = {zone}_defense_vs_league_avg + 4" for zone in ZONES),
        ("zone_matchup_v1",),
    ),
    "a faster game": (f"update {FEATURES} set pace_score = pace_score + 1", FORMULAS),
    "more of the ball": (
        f"update {FEATURES} set usage_spike_score = usage_spike_score + 1",
        ("moving_average", "similarity_balanced_v1"),
    ),
    "no game the day before": (f"update {FEATURES} set back_to_back = 0", ("moving_average",)),
}


@pytest.fixture(scope="module")
def formulas(built_warehouse: Path, warehouses: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[str, str]]]:
    """A connection to a copy of the built warehouse, and system -> SQL of its predictions of a week."""
    warehouse = copied(built_warehouse, warehouses / "formulas")
    names = [f"int_predictions__{system}" for system in FORMULAS]
    outcome = dbt(warehouse, "compile", "--select", *names, window=("2021-12-01", "2021-12-07"))
    assert outcome.success, outcome.message
    sql = {result.node.name.removeprefix("int_predictions__"): result.node.compiled_code for result in outcome.results}
    with duckdb.connect(str(warehouse)) as connection:
        yield connection, sql


@pytest.mark.parametrize("change", list(BETTER))
def test_better_circumstances_lower_no_prediction(formulas: tuple, change: str) -> None:
    """Of every player of a week, by every formula: fresher, a weaker defence, a faster game, more of the ball."""
    connection, compiled = formulas
    statement, raised = BETTER[change]
    wanted = "select game_id, player_lookup, predicted_points from ({}) as predictions"
    for system, sql in compiled.items():
        before = {row[:2]: row[2] for row in connection.execute(wanted.format(sql)).fetchall()}
        connection.execute("begin")
        try:
            connection.execute(statement)
            after = {row[:2]: row[2] for row in connection.execute(wanted.format(sql)).fetchall()}
        finally:
            connection.execute("rollback")
        assert before.keys() == after.keys() and len(before) > 300, system
        assert all(after[key] >= before[key] for key in before), system
        assert (after != before) == (system in raised), system


def test_minutes_are_no_input_of_a_formula(formulas: tuple) -> None:
    """So more of them lower none: what a formula knows of a player's minutes is what he scored in them."""
    _, compiled = formulas
    assert set(compiled) == set(FORMULAS)
    for system, sql in compiled.items():
        assert "minutes" not in sql, system


def test_everybody_is_accounted_for(seasons: Path) -> None:
    """Rows and open failures are the feature store times the systems, disjoint, on every date."""
    wrong = query(
        seasons,
        f"""
        with expected as (
            select game_date, count(*) as players from {P}.ml_feature_store_v2 group by game_date
        ),
        found as (
            select game_date, system_id, count(*) as n, count(distinct game_id || ' ' || player_lookup) as entities
            from (
                select game_date, system_id, game_id, player_lookup from {P}.player_prop_predictions
                union all
                select game_date, system_id, game_id, player_lookup from nba_processing.prediction_failures
                where resolution_status <> 'RESOLVED' and processor_name = 'player_prop_predictions'
            ) group by game_date, system_id
        )
        select * from expected left join found using (game_date)
        where coalesce(n <> players or entities <> players, true)
        """,
    )
    assert wrong == []
    counted = query(
        seasons,
        f"""select system_id, count(distinct game_date) from {P}.player_prop_predictions
        where system_id <> 'market_line' group by system_id""",
    )
    assert len(counted) == len(UNTRAINED) - 1
    assert {dates for system, dates in counted if system != "similarity_balanced_v1"} == {590}
    assert query(
        seasons,
        "select count(*) from nba_processing.prediction_failures where failure_category not in "
        "('NO_LINE', 'INSUFFICIENT_DATA', 'NO_MODEL')",
    ) == [(0,)]


def test_graded_and_void_are_what_was_predicted(seasons: Path) -> None:
    ((predicted, graded, void),) = query(
        seasons, f"select sum(predictions), sum(graded), sum(void) from {P}.system_daily_performance"
    )
    assert query(seasons, f"select count(*) from {P}.player_prop_predictions") == [(predicted,)]
    assert query(seasons, f"select count(*) from {P}.prediction_accuracy") == [(graded,)]
    assert predicted == graded + void > 600_000


def test_no_line_is_a_constant(seasons: Path) -> None:
    ((share,),) = query(
        seasons,
        f"""select max(n) / sum(n) from (
            select points_line, count(*) as n from {P}.player_prop_predictions
            where system_id = 'market_line' group by 1
        )""",
    )
    assert 0.01 < share < 0.10


def test_the_season_average_is_what_was_measured(seasons: Path) -> None:
    """The baseline's errors, measured once with other tools: 4.725 and 4.620 for all who played, 5.344 with a line."""
    found = {
        row[:2]: float(row[2])
        for row in query(
            seasons,
            f"""select season_year, population, mae from {P}.system_season_performance
            where system_id = 'season_average'""",
        )
    }
    assert found[2022, "all"] == pytest.approx(4.725, abs=0.01)
    assert found[2023, "all"] == pytest.approx(4.620, abs=0.01)
    assert found[2022, "lined"] == pytest.approx(5.344, abs=0.01)
    assert found[2021, "lined"] == pytest.approx(5.337, abs=0.01)


def drawn(day: date, draw: int) -> int:
    """How often a draw of the bootstrap holds a date: a Poisson number with mean 1 from a digest of both."""
    below = int(hashlib.md5(f"{day} {draw}".encode()).hexdigest()[:8], 16) / 2**32
    times, chance, total = 0, math.exp(-1), math.exp(-1)
    while below >= total and times < 7:
        times += 1
        chance /= times
        total += chance
    return times


def test_intervals_are_those_of_a_bootstrap_by_date(seasons: Path) -> None:
    days = query(
        seasons,
        """select game_date, absolute_error_x100, graded, error_minus_average_x100
        from nba_staging.int_predictions__graded_days
        where season_year = 2022 and system_id = 'ensemble_v1' and population = 'all' and graded > 0""",
    )
    means, differences = [], []
    for draw in range(1000):
        weights = [drawn(row[0], draw) for row in days]
        games = sum(weight * row[2] for weight, row in zip(weights, days, strict=True))
        means.append(sum(weight * row[1] for weight, row in zip(weights, days, strict=True)) / games / 100)
        differences.append(sum(weight * row[3] for weight, row in zip(weights, days, strict=True)) / games / 100)
    ((low, high, difference_low, difference_high),) = query(
        seasons,
        f"""select mae_low, mae_high, mae_minus_season_average_low, mae_minus_season_average_high
        from {P}.system_season_performance
        where season_year = 2022 and system_id = 'ensemble_v1' and population = 'all'""",
    )
    for values, ends in ((means, (low, high)), (differences, (difference_low, difference_high))):
        values.sort()
        assert [float(end) for end in ends] == pytest.approx([values[24], values[975]], abs=0.00051)


def test_a_claim_is_what_its_interval_says(seasons: Path) -> None:
    rows = query(
        seasons,
        f"""select system_id, beats_season_average, mae_minus_season_average_high, beats_market, mae_minus_market_high
        from {P}.system_season_performance""",
    )
    assert len(rows) == 3 * 2 * len(UNTRAINED)
    for _, beats_average, average_high, beats_market, market_high in rows:
        assert beats_average == (average_high is not None and average_high < 0)
        assert beats_market == (market_high is not None and market_high < 0)
    assert {system for system, _, _, beats_market, _ in rows if beats_market} == set()
    assert any(beats for system, beats, *_ in rows if system == "market_line")
    assert not any(beats for system, beats, *_ in rows if system == "season_average")


def quantile_of_bins(errors: list[int], k: int) -> float:
    """The error below which k twentieths lie, in hundredths, with a straight line inside each half point."""
    counts = defaultdict(int)
    for error in errors:
        counts[(error + 25) // 50] += 1
    below = 0
    for place in sorted(counts):
        if 20 * below < k * len(errors) <= 20 * (below + counts[place]):
            share = (k * len(errors) / 20 - below) / counts[place]
            return 50 * place - 25 + 50 * share
        below += counts[place]
    raise AssertionError(k)


def test_intervals_come_from_the_errors_of_the_year_before(seasons: Path) -> None:
    """Of sampled dates and systems: quantiles and probabilities, worked out anew from predictions and results."""
    chosen = random.Random(7)
    days = [day for (day,) in query(seasons, f"select distinct game_date from {P}.player_prop_predictions order by 1")]
    checked = 0
    for day in chosen.sample(days[20:], 6):
        system = chosen.choice(UNTRAINED)
        past = query(
            seasons,
            f"""select cast(round(100 * predicted_points) as int), 100 * points from {P}.player_prop_predictions
            inner join nba_analytics.player_game_summary as results using (game_id, player_lookup)
            where seconds_played > 0 and system_id = '{system}' and results.game_date < date '{day}'
            and results.game_date >= date '{day - timedelta(days=365)}'""",
        )
        for predicted, p10, p50, p90, line, over, push in query(
            seasons,
            f"""select cast(round(100 * predicted_points) as int), points_p10, points_p50, points_p90, points_line,
                probability_over, probability_push
            from {P}.player_prop_predictions where game_date = date '{day}' and system_id = '{system}'
            order by player_lookup limit 25""",
        ):
            tier = min(predicted // 500, 5)
            own = [actual - earlier for earlier, actual in past if min(earlier // 500, 5) == tier]
            errors = own if len(own) >= 200 else [actual - earlier for earlier, actual in past]
            for published, k in ((p10, 2), (p50, 10), (p90, 18)):
                expected = max(0.0, predicted + quantile_of_bins(errors, k)) / 100
                assert float(published) == pytest.approx(expected, abs=0.0101), (day, system, k)
            if line is not None and system != "market_line":
                above = sum(predicted + error > 100 * math.floor(line) + 50 for error in errors) / len(errors)
                exactly = sum(abs(predicted + error - 100 * line) <= 50 for error in errors) / len(errors)
                assert float(over) == pytest.approx(above, abs=0.03)
                assert float(push) == pytest.approx(exactly if line == math.floor(line) else 0, abs=0.03)
            checked += 1
    assert checked > 100


def test_eighty_percent_intervals_hold_eighty_percent(seasons: Path) -> None:
    """In the seasons that have a whole year of errors before them; the first has only its own weeks."""
    rows = query(
        seasons,
        f"""select system_id, season_year, inside_80_pct from {P}.system_season_performance
        where population = 'all' and season_year in (2022, 2023)""",
    )
    assert len(rows) == 2 * len(UNTRAINED)
    assert [row for row in rows if not 78.5 <= row[2] <= 81.5] == []
