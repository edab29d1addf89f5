"""Layout of the raw tables, the rows of one season, and parquet files.

The columns are those of the raw contract, in its order. Every table ends with the three columns of ``LOADED``; they
are filled here, so a row holds the columns before them only.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import chain, repeat
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from .game import EVENT_COLUMNS, Event

REGISTRY_TABLE = "nba_players_registry"
PLAY_BY_PLAY = "bigdataball_play_by_play"

TYPES = {
    "string": pa.string(),
    "date": pa.date32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us"),
}
LOADED = "source_file_path:string data_hash:string processed_at:timestamp"

#: ``name:type`` of every column before ``LOADED``, by table.
LAYOUT = {
    "nbac_schedule": """
        game_id:string game_date:date game_date_est:timestamp season_year:int64 game_status:int64
        home_team_tricode:string away_team_tricode:string winning_team_tricode:string home_team_score:int64
        away_team_score:int64 is_playoffs:bool is_regular_season:bool is_primetime:bool neutral_site_flag:bool
        arena_name:string arena_city:string arena_state:string postponed_status:string data_source:string""",
    "nbac_gamebook_player_stats": """
        game_id:string game_date:date season_year:int64 home_team_abbr:string away_team_abbr:string
        player_name:string player_lookup:string team_abbr:string player_status:string dnp_reason:string
        minutes:string minutes_decimal:float64 points:int64 field_goals_made:int64 field_goals_attempted:int64
        three_pointers_made:int64 three_pointers_attempted:int64 free_throws_made:int64 free_throws_attempted:int64
        offensive_rebounds:int64 defensive_rebounds:int64 total_rebounds:int64 assists:int64 steals:int64
        blocks:int64 turnovers:int64 personal_fouls:int64 plus_minus:int64 starter:bool
        name_resolution_status:string name_resolution_confidence:float64""",
    "nbac_player_boxscores": """
        game_id:string nba_game_id:string game_date:date player_lookup:string team_abbr:string starter:bool
        minutes:string""",
    "nbac_team_boxscore": """
        game_id:string nba_game_id:string game_date:date season_year:int64 team_abbr:string is_home:bool
        minutes:string points:int64 fg_made:int64 fg_attempted:int64 three_pt_made:int64 three_pt_attempted:int64
        ft_made:int64 ft_attempted:int64 offensive_rebounds:int64 defensive_rebounds:int64 total_rebounds:int64
        assists:int64 steals:int64 blocks:int64 turnovers:int64 personal_fouls:int64 plus_minus:int64""",
    "nbac_injury_report": """
        report_date:date report_hour:int64 game_date:date game_id:string team:string player_full_name:string
        player_lookup:string injury_status:string reason:string reason_category:string confidence_score:float64""",
    "bdl_player_boxscores": """
        game_id:string game_date:date season_year:int64 game_status:string is_postseason:bool home_team_abbr:string
        away_team_abbr:string team_abbr:string player_full_name:string player_lookup:string minutes:string
        rebounds:int64 points:int64 field_goals_made:int64 field_goals_attempted:int64 three_pointers_made:int64
        three_pointers_attempted:int64 free_throws_made:int64 free_throws_attempted:int64 offensive_rebounds:int64
        defensive_rebounds:int64 assists:int64 steals:int64 blocks:int64 turnovers:int64 personal_fouls:int64""",
    PLAY_BY_PLAY: """
        game_id:string nba_game_id:string game_date:date season_year:int64 home_team_abbr:string
        away_team_abbr:string event_sequence:int64 period:int64 event_type:string event_subtype:string shot_made:bool
        shot_type:string shot_distance:float64 player_1_lookup:string player_1_team_abbr:string
        player_2_lookup:string player_2_role:string elapsed_seconds:int64 score_home:int64 score_away:int64""",
    "odds_api_player_points_props": """
        game_id:string odds_api_event_id:string game_date:date game_start_time:timestamp home_team_abbr:string
        away_team_abbr:string snapshot_timestamp:timestamp minutes_before_tipoff:int64 bookmaker:string
        player_name:string player_lookup:string points_line:float64 over_price_american:int64
        under_price_american:int64 line_order:int64 data_source:string""",
    "bettingpros_player_points_props": """
        game_date:date market_type:string bp_event_id:int64 offer_id:string bet_side:string player_name:string
        player_lookup:string player_team:string validated_team:string bookmaker:string points_line:float64
        odds_american:int64 is_active:bool is_best_line:bool bookmaker_last_update:timestamp opening_line:float64
        opening_timestamp:timestamp""",
    "odds_api_game_lines": """
        game_id:string game_date:date commence_time:timestamp home_team_abbr:string away_team_abbr:string
        bookmaker_key:string market_key:string outcome_name:string outcome_price:float64 outcome_point:float64
        snapshot_timestamp:timestamp snapshot_kind:string data_source:string""",
    REGISTRY_TABLE: """
        universal_player_id:string player_lookup:string player_name:string birth_date:date team_abbr:string
        season:string first_game_date:date last_game_date:date games_played:int64""",
}
SCHEMAS: dict[str, pa.Schema] = {
    table: pa.schema(
        [(name, TYPES[kind]) for name, _, kind in (column.partition(":") for column in f"{layout} {LOADED}".split())]
    )
    for table, layout in LAYOUT.items()
}
#: The table's date from which the load time follows; ``game_date`` elsewhere.
DATE_COLUMN = {REGISTRY_TABLE: "last_game_date"}
#: A record is loaded the morning (UTC) after its date.
LOADED_AFTER, LOADED_AT = timedelta(days=1), time(9, 0)


def season_label(year: int) -> str:
    """2023 -> ``2023-24``."""
    return f"{year}-{(year + 1) % 100:02d}"


def loaded_at(dates: Iterable[date]) -> pa.Array:
    """Load times of records of the given dates."""
    seen: dict[date, datetime] = {}
    times = []
    for day in dates:
        if day not in seen:
            seen[day] = datetime.combine(day + LOADED_AFTER, LOADED_AT)
        times.append(seen[day])
    return pa.array(times, TYPES["timestamp"])


class SeasonTables:
    """Rows of one season by table. Play-by-play is kept by column, since it has most of the rows."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple]] = {name: [] for name in LAYOUT if name != PLAY_BY_PLAY}
        self._games: list[tuple] = []
        self._counts: list[int] = []
        self._events: list[list] = [[] for _ in EVENT_COLUMNS]

    def add_play_by_play(self, game: tuple[str, str, date, int, str, str], events: list[Event]) -> None:
        """Add the events of one game; ``game`` holds the columns before ``event_sequence``."""
        self._games.append(game)
        self._counts.append(len(events))
        for column, values in zip(self._events, zip(*events, strict=True), strict=True):
            column.extend(values)

    def write_play_by_play(self, directory: Path, year: int, seed: int) -> None:
        """Write the play-by-play of the season."""
        schema = SCHEMAS[PLAY_BY_PLAY]
        numbers = chain.from_iterable(repeat(n, count) for n, count in enumerate(self._counts))
        game_of_event = pa.array(numbers, pa.int32())
        columns = list(zip(*self._games, strict=True))
        arrays = {}
        for name, values in zip(schema.names, columns, strict=False):
            arrays[name] = pa.array(values, schema.field(name).type).take(game_of_event)
        arrays["event_sequence"] = pa.array(
            chain.from_iterable(range(1, count + 1) for count in self._counts), TYPES["int64"]
        )
        for name, values in zip(EVENT_COLUMNS, self._events, strict=True):
            arrays[name] = pa.array(values, schema.field(name).type)
        arrays["processed_at"] = loaded_at(columns[schema.names.index("game_date")]).take(game_of_event)
        _write(directory / PLAY_BY_PLAY / f"{season_label(year)}.parquet", schema, arrays, len(game_of_event), seed)


def write_table(path: Path, name: str, rows: list[tuple], seed: int) -> None:
    """Write the rows of a table, which end before the columns of ``LOADED``. Raises ValueError if there are none."""
    if not rows:
        raise ValueError(f"no rows for {name}: {path}")
    schema = SCHEMAS[name]
    arrays = {}
    for field, values in zip(schema, zip(*rows, strict=True), strict=False):
        arrays[field.name] = pa.array(values, field.type)
        if field.name == DATE_COLUMN.get(name, "game_date"):
            arrays["processed_at"] = loaded_at(values)
    _write(path, schema, arrays, len(rows), seed)


def _write(path: Path, schema: pa.Schema, arrays: dict[str, pa.Array], count: int, seed: int) -> None:
    arrays["source_file_path"] = pa.repeat(f"simulated:seed={seed}", count)
    arrays["data_hash"] = pa.nulls(count, TYPES["string"])
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_arrays([arrays[name] for name in schema.names], schema=schema)
    pq.write_table(table, path, compression="zstd")
