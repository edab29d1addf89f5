"""Verdicts are state: no repetition and no other command forgets one; right data closes it, or somebody who accepts."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from backfill.base.verdicts import open_checks, open_findings
from backfill.base.warehouse import Warehouse
from building import (
    BUILT,
    backfill,
    backfill_environment,
    change,
    copied,
    dbt,
    fingerprints,
    load_first_season,
    planned,
    query,
)
from dbt.adapters.duckdb.connections import DuckDBConnectionManager

RAW_PLAYERS, RAW_TEAMS = "nba_raw.nbac_gamebook_player_stats", "nba_raw.nbac_team_boxscore"
RAW_EVENTS = "nba_raw.bigdataball_play_by_play"
#: The first date after the fixture: nothing was ever published for it.
DAY = "2021-12-10"
#: The last dates of the fixture: nothing is built after them.
BUILT_DAY, END = "2021-12-08", "2021-12-09"
RANGE = ("--start", DAY, "--end", DAY)


def games(warehouse: Path, day: str = DAY) -> list[str]:
    """Ids of the games of a date, in order."""
    rows = query(warehouse, f"select distinct game_id from {RAW_PLAYERS} where game_date = '{day}' order by 1")
    return [game for (game,) in rows]


def a_player(game: str) -> str:
    """Condition for one player of a game who played long."""
    return (
        f"game_id = '{game}' and player_lookup = (select min(player_lookup) from {RAW_PLAYERS} "
        f"where game_id = '{game}' and player_status = 'active' and minutes > '20')"
    )


def a_team(game: str) -> str:
    """Condition for the home team's box score."""
    return f"game_date = '{game[:4]}-{game[4:6]}-{game[6:8]}' and team_abbr = '{game[-3:]}'"


def says_sound(text: str) -> bool:
    """TRUE when a text calls anything sound, finished or complete."""
    calm = re.sub(r"not sound|not finished|not \*\*|\*\*not finished\*\*|\bsound  |\| sound \|", "", text)
    return bool(re.search(r"\bsound\b|is complete|finished: |Everything is built|Nothing to do:", calm))


@pytest.fixture(scope="module")
def story(current: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A date with five odd games, built once; what was done to each, and the raw data as it was."""
    warehouse = copied(current, tmp_path_factory.mktemp("story"))
    sound = copied(current, tmp_path_factory.mktemp("sound"))
    lost, also_lost, one_less, doubled, two_more, *others = games(warehouse)
    assert len(others) >= 3
    shots = f"""
        delete from {RAW_EVENTS} where rowid in (
            select rowid from (
                select rowid, count(*) over (partition by home_team_abbr) as shots,
                    row_number() over (partition by home_team_abbr order by event_sequence) as nth
                from {RAW_EVENTS}
                where game_date = '{DAY}' and home_team_abbr in ('{lost[-3:]}', '{also_lost[-3:]}')
                and event_type = 'shot'
            ) where nth <= 0.06 * shots + 1
        )
    """
    named = ("player_lookup", "player_name")
    columns = [name for name, *_ in query(warehouse, f"describe {RAW_PLAYERS}") if name not in named]
    change(
        warehouse,
        shots,
        f"update {RAW_TEAMS} set fg_attempted = fg_attempted - 1 where {a_team(one_less)}",
        f"insert into {RAW_PLAYERS} ({', '.join(named)}, {', '.join(columns)}) "
        f"select player_lookup || 'again', player_name || ' Again', {', '.join(columns)} from {RAW_PLAYERS} "
        f"where {a_player(doubled)}",
        f"update {RAW_PLAYERS} set points = points + 2 where {a_player(two_more)}",
    )
    first = backfill(warehouse, "run", *RANGE)
    yield {
        "warehouse": warehouse,
        "sound": sound,
        "first": first,
        "lost": [lost, also_lost],
        "flagged": one_less,
        "held": [doubled, two_more],
        "others": others,
    }


def test_two_odd_games_are_held_and_everything_else_is_there(story: dict[str, Any]) -> None:
    said, warehouse = story["first"].stdout, story["warehouse"]
    assert story["first"].returncode == 1
    assert not says_sound(said), said
    for game in story["held"]:
        assert f"held {game} in player_game_summary" in said
    assert "player_total" in said and "team_total" in said
    assert "backfill accept player_game_summary" in said
    published = {
        game
        for (game,) in query(
            warehouse, f"select distinct game_id from nba_analytics.player_game_summary where game_date = '{DAY}'"
        )
    }
    assert published == {*story["lost"], story["flagged"], *story["others"]}
    aside = query(warehouse, "select distinct game_id from nba_orchestration.held__player_game_summary order by 1")
    assert [game for (game,) in aside] == sorted(story["held"])
    # every other table has the whole date
    for table in ("team_offense_game_summary", "upcoming_player_game_context"):
        ((found,),) = query(
            warehouse, f"select count(distinct game_id) from nba_analytics.{table} where game_date = '{DAY}'"
        )
        assert found == len(games(warehouse)), table
    ((features,),) = query(
        warehouse, f"select count(distinct game_id) from nba_predictions.ml_feature_store_v2 where game_date = '{DAY}'"
    )
    assert features == len(games(warehouse))


def test_play_by_play_that_contradicts_is_left_out_and_said(story: dict[str, Any]) -> None:
    rows = query(
        story["warehouse"],
        "select game_id, bool_and(list_contains(quality_issues, 'play_by_play_incomplete')) "
        f"from nba_analytics.player_game_summary where game_date = '{DAY}' group by game_id "
        "having count(paint_attempts) = 0",
    )
    assert {game for game, *_ in rows} == set(story["lost"])
    assert all(flagged for *_, flagged in rows)


def test_a_small_difference_is_published_with_a_flag(story: dict[str, Any]) -> None:
    found = open_findings(Warehouse("duckdb", story["warehouse"]))
    (flag,) = [one for one in found if not one.is_held and one.game_id == story["flagged"]]
    assert (flag.model, flag.check) == ("player_game_summary", "player_totals_equal_team_totals")
    assert "fg_attempts" in flag.said
    ((issues,),) = query(
        story["warehouse"],
        "select bool_and(list_contains(quality_issues, 'player_totals_equal_team_totals')) "
        f"from nba_analytics.player_game_summary where game_id = '{story['flagged']}'",
    )
    assert issues


def test_whoever_is_held_has_a_failure_that_names_the_check(story: dict[str, Any]) -> None:
    rows = query(
        story["warehouse"],
        "select game_id, count(*), min(failure_reason) from nba_processing.analytics_failures "
        f"where game_date = '{DAY}' and failure_category = 'HELD_BY_CHECK' group by game_id",
    )
    assert {game for game, *_ in rows} == set(story["held"])
    assert all(count >= 16 and "player_totals_equal_team_totals" in reason for _, count, reason in rows)
    unaccounted = query(
        story["warehouse"],
        f"select * from nba_processing.coverage_reconciliation where game_date = '{DAY}' "
        "and state in ('both', 'unaccounted', 'unexpected_record')",
    )
    assert unaccounted == []


def test_a_flag_is_written_once_however_often_it_is_judged(story: dict[str, Any], tmp_path: Path) -> None:
    warehouse = copied(story["warehouse"], tmp_path / "judged")
    before = fingerprints(warehouse)
    change(
        warehouse,
        "update nba_orchestration.partition_ledger set check_version = 'looser', "
        f"finished_at = finished_at - interval 1 day where model = 'player_game_summary' and game_date = '{DAY}'",
    )
    assert backfill(warehouse, "heal", *RANGE).returncode == 1
    attempts = "select max(attempt) from nba_orchestration.partition_ledger where model = 'player_game_summary' and "
    assert query(warehouse, attempts + f"game_date = '{DAY}'") == [(2,)]
    assert fingerprints(warehouse) == before


def test_no_command_in_any_order_forgets_it(story: dict[str, Any]) -> None:
    warehouse = story["warehouse"]
    before = fingerprints(warehouse)
    for command in (
        *[("run", *RANGE)] * 3,
        ("heal", *RANGE),
        ("run", *RANGE, "--phases", "4"),
        ("plan", *RANGE),
        ("verify", *RANGE),
        ("coverage", *RANGE),
        ("gaps", *RANGE),
        ("why", "player_game_summary", DAY),
        ("status", "--season", "2021"),
        ("report", *RANGE),
        ("run", *RANGE),
    ):
        outcome = backfill(warehouse, *command)
        assert outcome.returncode != 0, command
        assert not says_sound(outcome.stdout), (command, outcome.stdout)
    for arguments in (("build", "--exclude-resource-type", "unit_test"), ("test", "--select", "test_type:data")):
        outcome = dbt(warehouse, *arguments, window=(DAY, DAY))
        assert not outcome.success
        assert "not sound" in outcome.message and story["held"][0] in outcome.message
    assert fingerprints(warehouse) == before
    history = backfill(warehouse, "history", "--date", DAY, "--model", "player_game_summary").stdout
    assert "held" in history


def test_mended_raw_heals_to_what_clean_raw_gives(story: dict[str, Any], tmp_path: Path) -> None:
    warehouse, sound = copied(story["warehouse"], tmp_path / "mended"), story["sound"]
    change(
        warehouse,
        f"attach '{sound}' as clean (read_only)",
        *(
            statement
            for table in (RAW_PLAYERS, RAW_TEAMS, RAW_EVENTS)
            for statement in (
                f"delete from {table} where game_date = '{DAY}'",
                f"insert into {table} select * from clean.{table} where game_date = '{DAY}'",
            )
        ),
    )
    healed = backfill(warehouse, "heal", *RANGE)
    assert healed.returncode == 0, healed.stdout
    assert says_sound(healed.stdout)
    assert backfill(sound, "run", *RANGE).returncode == 0
    assert fingerprints(warehouse) == fingerprints(sound)
    assert query(warehouse, "select count(*) from nba_orchestration.held__player_game_summary") == [(0,)]


def test_last_good_rows_stay_until_somebody_accepts_and_other_content_voids_it(current: Path, tmp_path: Path) -> None:
    warehouse = copied(current, tmp_path / "accepted")
    before = fingerprints(warehouse)
    game = games(warehouse, END)[0]
    unit = ("player_game_summary", END, game)
    days = ("--start", END, "--end", END)
    points = f"select sum(points) from nba_analytics.player_game_summary where game_id = '{game}'"
    ((good,),) = query(warehouse, points)
    change(warehouse, f"update {RAW_PLAYERS} set points = points + 2 where {a_player(game)}")
    for _ in range(2):
        outcome = backfill(warehouse, "run", *days)
        assert outcome.returncode == 1 and not says_sound(outcome.stdout), outcome.stdout
    assert query(warehouse, points) == [(good,)]

    wrong = backfill(warehouse, "accept", *unit, "--check", "no_such_check", "--reason", "x")
    assert wrong.returncode == 1 and "backfill accept player_game_summary" in wrong.stderr
    checks = {one.check for one in open_findings(Warehouse("duckdb", warehouse), held=True)}
    assert checks == {"numbers_are_plausible", "player_totals_equal_team_totals"}
    outcomes = [
        backfill(warehouse, "accept", *unit, "--check", check, "--reason", "as played") for check in sorted(checks)
    ]
    assert [outcome.returncode for outcome in outcomes] == [1, 0], [outcome.stdout for outcome in outcomes]
    assert query(warehouse, points) == [(good + 2,)]
    assert backfill(warehouse, "heal", *days).returncode == 0
    assert backfill(warehouse, "verify", *days).returncode == 0
    assert dbt(warehouse, "test", "--select", "test_type:data", window=(END, END)).success

    change(warehouse, f"update {RAW_PLAYERS} set points = points + 2 where {a_player(game)}")
    again = backfill(warehouse, "heal", *days)
    assert again.returncode == 1 and f"held {game}" in again.stdout
    assert query(warehouse, points) == [(good + 2,)]
    change(warehouse, f"update {RAW_PLAYERS} set points = points - 4 where {a_player(game)}")
    healed = backfill(warehouse, "heal", *days)
    assert healed.returncode == 0, healed.stdout
    assert fingerprints(warehouse) == before


def test_too_much_is_not_a_few_odd_games(current: Path, tmp_path: Path) -> None:
    warehouse = copied(current, tmp_path / "systematic")
    before = query(warehouse, "select count(*) from nba_analytics.player_game_summary")
    change(warehouse, f"update {RAW_PLAYERS} set points = points + 1 where game_date = '{DAY}' and points > 10")
    for _ in range(2):
        outcome = backfill(warehouse, "run", *RANGE)
        assert outcome.returncode == 1
        assert "this looks systematic" in " ".join(outcome.stdout.split())
        assert query(warehouse, "select count(*) from nba_analytics.player_game_summary") == before
    ((state,),) = query(
        warehouse,
        "select state from nba_orchestration.partition_states "
        f"where model = 'player_game_summary' and game_date = '{DAY}'",
    )
    assert state == "RAN_FAILED"
    ((features,),) = query(
        warehouse, f"select count(*) from nba_predictions.ml_feature_store_v2 where game_date = '{DAY}'"
    )
    assert features == 0


def test_no_reader_ever_sees_a_held_row_or_half_a_date(current: Path, tmp_path: Path) -> None:
    """A second reader in the same process looks after every statement node of builds that hold rows."""
    warehouse = copied(current, tmp_path / "watched")
    held = games(warehouse)[:2]
    change(warehouse, *(f"update {RAW_PLAYERS} set points = points + 2 where {a_player(game)}" for game in held))
    looks: list[tuple[int, int]] = []

    def look(event: Any) -> None:
        if event.info.name not in ("NodeStart", "NodeFinished") or DuckDBConnectionManager._ENV is None:
            return
        with DuckDBConnectionManager._ENV.conn.cursor() as reader:
            looks.append(
                reader.execute(
                    f"select count(case when game_id in {tuple(held)} then 1 end), count(distinct game_id) from "
                    f" nba_analytics.player_game_summary where game_date = '{DAY}'"
                ).fetchone()
            )

    whole = len(games(warehouse)) - len(held)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (backfill_environment(warehouse) | {"NBA_WINDOW_START": DAY, "NBA_WINDOW_END": DAY}).items():
            patch.setenv(name, value)
        from backfill.base.dbt import invoke

        invoke(["build", "--exclude-resource-type", "unit_test"], "duckdb", [look])
    assert len(looks) >= 200
    assert {seen for seen, _ in looks} == {0}
    assert {found for _, found in looks} == {0, whole}


def test_the_first_build_of_a_table_is_audited_too(real_raw: Path, warehouse: Path) -> None:
    load_first_season(real_raw, warehouse)
    game = games(warehouse, "2021-10-19")[0]
    change(warehouse, f"update {RAW_PLAYERS} set points = points + 2 where {a_player(game)}")
    outcome = backfill(warehouse, "run", "--start", "2021-10-19", "--end", "2021-10-19")
    assert outcome.returncode == 1 and f"held {game}" in outcome.stdout
    rows = query(warehouse, "select distinct game_id from nba_analytics.player_game_summary")
    assert {found for (found,) in rows} == set(games(warehouse, "2021-10-19")) - {game}


def test_a_full_refresh_keeps_the_last_good_rows_of_a_held_unit(current: Path, tmp_path: Path) -> None:
    warehouse = copied(current, tmp_path / "refreshed")
    before = query(warehouse, "select count(*), sum(points) from nba_analytics.player_game_summary")
    game = games(warehouse, END)[0]
    change(warehouse, f"update {RAW_PLAYERS} set points = points + 2 where {a_player(game)}")
    assert not dbt(
        warehouse, "run", "--select", "int_boxscores__player_lines", "player_game_summary", "--full-refresh"
    ).success
    in_range = f"where game_date <= '{END}'"
    assert query(warehouse, f"select count(*), sum(points) from nba_analytics.player_game_summary {in_range}") == before


def test_a_failed_check_of_a_range_is_state_too(current: Path, tmp_path: Path) -> None:
    warehouse = copied(current, tmp_path / "range")
    change(
        warehouse,
        f"update nba_analytics.player_game_summary set is_player_resolved = false where game_date = '{END}'",
    )
    assert not dbt(warehouse, "test", "--select", "unresolved_names_are_rare", window=(END, END)).success
    (check,) = {check.name for check in open_checks(Warehouse("duckdb", warehouse))}
    assert check == "unresolved_names_are_rare"
    status = json.loads(backfill(warehouse, "status", "--json").stdout)
    assert status["is_done"] is False and status["open_checks"][0].startswith(check)
    healed = backfill(warehouse, "heal", "--start", END, "--end", END)
    assert healed.returncode == 0, healed.stdout
    assert open_checks(Warehouse("duckdb", warehouse)) == []


def test_a_warehouse_may_have_another_name(current: Path, tmp_path: Path) -> None:
    """A view that named its database would be lost when the file is renamed or copied."""
    named = query(
        current,
        "select schema_name || '.' || view_name from duckdb_views() where not internal and sql like '%nba.nba_%'",
    )
    assert named == []
    (tmp_path / "elsewhere").mkdir()
    warehouse = Path(shutil.copy(current, tmp_path / "elsewhere" / "a backup.duckdb"))
    for command in (("plan", "--start", END), ("gaps", "--start", END), ("coverage", "--start", END)):
        outcome = backfill(warehouse, *command)
        assert outcome.returncode == 0, outcome.stderr
    rows = query(warehouse, "select count(*) from nba_orchestration.partition_states where state = 'HAS_DATA'")
    assert rows[0][0] > 500


def test_a_changed_check_judges_again_and_builds_nothing(current: Path, tmp_path: Path) -> None:
    warehouse = copied(current, tmp_path / "checks")
    game = games(warehouse, END)[0]
    table = "nba_analytics.player_game_summary"
    before = fingerprints(warehouse)
    # as if another code of the checks had judged the last three dates, and let a wrong row of one game pass
    change(
        warehouse,
        "update nba_orchestration.partition_ledger set check_version = 'looser' "
        f"where model = 'player_game_summary' and game_date >= '{BUILT_DAY}'",
        f"update {table} set margin = 99 where game_id = '{game}' and player_lookup = "
        f"(select min(player_lookup) from {table} where game_id = '{game}' and margin is not null)",
        "update nba_orchestration.partition_ledger set output_fingerprint = (select "
        f"cast(sum(hash(t)) % 9223372036854775783 as bigint) from {table} as t where game_date = '{END}') "
        f"where model = 'player_game_summary' and game_date = '{END}'",
    )
    plan = planned(warehouse, "--start", BUILT[0], "--end", END)
    # what reads the row that was changed by hand is stale by itself, and what reads that after it
    found = {(one["model"], one["game_date"]) for one in plan["partitions"] if one["reason"] == "CHECK_CHANGED"}
    assert found == {("player_game_summary", day) for day in (BUILT_DAY, END)}
    assert {one["reason"] for one in plan["partitions"]} == {"CHECK_CHANGED", "INPUT_CHANGED", "UPSTREAM"}
    assert [step["models"] for step in plan["steps"] if step["audits_only"]] == [["player_game_summary"]]

    outcome = backfill(warehouse, "run", "--start", BUILT_DAY, "--end", END)
    assert outcome.returncode == 1 and f"held {game} in player_game_summary: margins_are_points" in outcome.stdout
    assert planned(warehouse, "--start", BUILT[0], "--end", BUILT_DAY)["partitions"] == []
    after = fingerprints(warehouse, f"game_date < '{END}'")
    assert after == fingerprints(current, f"game_date < '{END}'")
    assert query(warehouse, f"select count(*) from {table} where game_id = '{game}'") == [(0,)]
    attempts = query(
        warehouse,
        "select count(distinct (inputs, code_version)), max(attempt) from nba_orchestration.partition_ledger "
        f"where model = 'player_game_summary' and game_date = '{END}'",
    )
    assert attempts == [(1, 2)]

    # judged once more by the checks of today it stays held; a build of it gives what it always gave
    change(
        warehouse,
        "update nba_orchestration.partition_ledger "
        "set check_version = 'looser', finished_at = finished_at - interval 1 day "
        f"where model = 'player_game_summary' and game_date = '{END}'",
    )
    assert backfill(warehouse, "heal", "--start", END, "--end", END).returncode == 1
    attempt = (
        "select max(attempt) from nba_orchestration.partition_ledger "
        f"where model = 'player_game_summary' and game_date = '{END}'"
    )
    assert query(warehouse, attempt) == [(3,)]
    assert query(warehouse, f"select count(*) from {table} where game_id = '{game}'") == [(0,)]
    rebuilt = backfill(warehouse, "run", "--start", END, "--end", END, "--rebuild")
    assert rebuilt.returncode == 0, rebuilt.stdout
    assert fingerprints(warehouse) == before
