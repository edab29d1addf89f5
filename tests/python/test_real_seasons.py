"""Three real seasons, built by `dbt build --vars` alone, and what must hold on them."""

import json
import subprocess
from pathlib import Path

import yaml
from building import PROJECT, backfill_command, backfill_environment, change, copied, query

GAMES = {2021: 1323, 2022: 1320, 2023: 1318}


def test_every_game_of_every_season(seasons: Path) -> None:
    """1,323 / 1,320 / 1,318 games; the Cup final of 2023-24 is out of scope; two rows a game in both team tables."""
    for table in ("team_offense_game_summary", "team_defense_game_summary"):
        counted = query(
            seasons,
            f"select season_year, count(distinct game_id), count(*) from nba_analytics.{table} group by 1 order by 1",
        )
        assert counted == [(season, games, 2 * games) for season, games in GAMES.items()]
    assert query(
        seasons,
        "select season_year, count(distinct game_id) from nba_analytics.player_game_summary group by 1 order by 1",
    ) == list(GAMES.items())
    assert query(seasons, "select count(*) from nba_raw.nbac_schedule") == [(sum(GAMES.values()) + 1,)]


def test_players_add_up_to_teams(seasons: Path) -> None:
    """Points in 100 % of the team-games, minutes 240 + 25 per overtime within one in at least 99.9 %."""
    ((teams, same_points, same_minutes, same_zones, with_zones),) = query(
        seasons,
        """
        select count(*), count_if(players.points = teams.points_scored),
            count_if(abs(players.seconds_played - 60 * (240 + 25 * teams.overtime_periods)) <= 60),
            count_if(players.paint = teams.team_paint_attempts and players.mid_range = teams.team_mid_range_attempts),
            count(teams.team_paint_attempts)
        from nba_analytics.team_offense_game_summary as teams
        left join (
            select game_id, team_abbr, sum(points) as points, sum(seconds_played) as seconds_played,
                sum(paint_attempts) as paint, sum(mid_range_attempts) as mid_range
            from nba_analytics.player_game_summary group by game_id, team_abbr
        ) as players on teams.game_id = players.game_id and teams.team_abbr = players.team_abbr
        """,
    )
    assert teams == 2 * sum(GAMES.values())
    assert same_points == teams
    assert same_minutes >= 0.999 * teams
    assert same_zones == with_zones == teams - 2 * 18  # the play-in games have no play-by-play


def test_usage_is_known(seasons: Path) -> None:
    ((played, filled),) = query(
        seasons, "select count(*), count(usage_rate) from nba_analytics.player_game_summary where seconds_played > 0"
    )
    assert filled >= 0.995 * played > 80_000


def test_no_player_is_dropped_for_his_name(seasons: Path) -> None:
    """Every active gamebook row with minutes or a statistic of a game in scope has its row."""
    ((expected, built),) = query(
        seasons,
        """
        select count(*), count(built.game_id)
        from nba_raw.nbac_gamebook_player_stats as raw
        left join nba_analytics.player_game_summary as built
            on raw.game_id = built.game_id and raw.player_lookup = built.player_lookup
        where raw.player_status = 'active' and raw.minutes <> '00:00'
            and raw.game_id in (select game_id from nba_staging.int_schedule__games)
        """,
    )
    assert expected == built > 80_000


def test_lines_join_for_every_game_that_has_one(seasons: Path) -> None:
    """Spreads and totals, on both team rows; props on the rows of players whose names resolve."""
    ((games, joined),) = query(
        seasons,
        """
        with raw_games as (
            select distinct games.game_id from nba_raw.odds_api_game_lines as lines
            inner join nba_staging.int_schedule__games as games
                on lines.game_date = games.game_date and lines.home_team_abbr = games.home_team_abbr
        )
        select count(*), count_if(context.lines = 2) from raw_games
        left join (
            select game_id, count(coalesce(game_spread, game_total)) as lines
            from nba_analytics.upcoming_team_game_context group by game_id
        ) as context on raw_games.game_id = context.game_id
        """,
    )
    assert joined == games > 3_800
    ((games, joined),) = query(
        seasons,
        """
        with raw_games as (
            select distinct games.game_id from nba_raw.odds_api_player_points_props as props
            inner join nba_staging.int_schedule__games as games
                on props.game_date = games.game_date and props.home_team_abbr = games.home_team_abbr
            where props.snapshot_timestamp <= games.tip_off_at
        )
        select count(*), count_if(context.lines > 0) from raw_games
        left join (
            select game_id, count(current_points_line) as lines
            from nba_analytics.upcoming_player_game_context group by game_id
        ) as context on raw_games.game_id = context.game_id
        """,
    )
    assert joined == games > 1_200
    ((lines, joined),) = query(
        seasons,
        """
        select count(*), count(context.current_points_line)
        from nba_raw.bettingpros_player_points_props as props
        inner join nba_staging.int_players__resolved_names as names
            on names.source_system = 'bettingpros' and props.game_date = names.game_date
            and props.player_lookup = names.player_name_key
        inner join nba_analytics.upcoming_player_game_context as context
            on props.game_date = context.game_date and names.player_lookup = context.player_lookup
        where props.bet_side = 'over'
        """,
    )
    assert joined == lines > 31_000


def test_stored_keys_of_the_gamebook_are_reproduced(seasons: Path) -> None:
    """The normalised name equals the stored key of the reference source in every row."""
    assert query(
        seasons,
        """
        select count(*) from nba_staging.stg_nbacom__gamebook_player_stats as stg
        anti join nba_raw.nbac_gamebook_player_stats as raw using (game_id, player_lookup)
        """,
    ) == [(0,)]


def test_tip_off_is_the_instant_of_the_eastern_clock(seasons: Path) -> None:
    """Standard time: 19:30 Eastern is 00:30 UTC; daylight saving time: 23:30 UTC."""
    assert query(
        seasons,
        """
        select distinct hour(game_date_est), datediff('hour', game_date_est, tip_off_at) as hours_ahead
        from nba_raw.nbac_schedule as raw
        inner join nba_staging.int_schedule__games as games on raw.game_id = games.nba_game_id
        where raw.game_date in ('2021-11-06', '2021-11-08') and hour(game_date_est) = 19 order by hours_ahead
        """,
    ) == [(19, 4), (19, 5)]


def may_be_constant() -> dict[str, set[str]]:
    """Table -> numbers that may be one value for 30 dates; the contract says why. A constant is a placeholder."""
    models = [
        model
        for path in PROJECT.glob("models/*/*.yml")
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
    ]
    return {
        model["name"]: {
            column["name"]
            for column in model.get("columns", [])
            if {"may_be_constant", "may_be_unknown"} & set(column.get("config", {}).get("meta", {}))
        }
        for model in models
    }


def test_no_computed_number_is_constant(seasons: Path) -> None:
    """Over any 30 consecutive game dates after week 6 every computed number of the ten tables takes several values."""
    columns = query(
        seasons,
        """
        select table_schema || '.' || table_name, column_name from information_schema.columns
        where table_schema in ('nba_analytics', 'nba_precompute', 'nba_predictions')
            -- rollups of a date or a season: what is counted there may be one number
            and table_name not in ('system_daily_performance', 'system_season_performance', 'prediction_calibration')
            and (data_type in ('BIGINT', 'DOUBLE') or data_type like 'DECIMAL%')
        """,
    )
    exempt = may_be_constant()
    checked = 0
    for table in sorted({table for table, _ in columns}):
        names = [name for of, name in columns if of == table and name not in exempt[table.partition(".")[2]]]
        spans = query(
            seasons,
            f"""
            with days as (
                select game_date, season_year, opening_night,
                    (row_number() over (partition by season_year order by game_date) - 1) // 30 as span
                from (
                    select distinct game_date, season_year, opening_night from nba_staging.int_schedule__games
                    where game_date - opening_night >= 42
                )
            )
            select {", ".join(f"count(distinct built.{name})" for name in names)}
            from {table} as built inner join days on built.game_date = days.game_date
            group by days.season_year, days.span having count(distinct days.game_date) = 30
            """,
        )
        assert len(spans) >= 12, f"{table} covers only {len(spans)} spans"
        constant = {name for counts in spans for name, values in zip(names, counts, strict=True) if values < 2}
        assert constant == set(), f"{table}: {constant}"
        checked += len(names)
    assert checked > 150


def test_a_lost_ledger_is_noticed(seasons: Path, tmp_path: Path) -> None:
    """Three built seasons that no build is known of: plan ends, and names every partition."""
    warehouse = copied(seasons, tmp_path / "copy")
    ledger = ("partition_ledger", "source_ledger", "model_runs", "invocation_events")
    change(warehouse, *(f"delete from nba_orchestration.{table}" for table in ledger))
    outcome = subprocess.run(
        backfill_command("plan", "--json"),
        env=backfill_environment(warehouse),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert outcome.returncode == 1, outcome.stderr
    partitions = json.loads(outcome.stdout)["partitions"]
    assert {partition["reason"] for partition in partitions} >= {"NO_RECORD"}
    built = {(partition["model"], partition["game_date"]) for partition in partitions}
    assert len([key for key in built if key[0] == "player_game_summary"]) == 632
