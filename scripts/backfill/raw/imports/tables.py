"""From facts to rows of the raw contract, and from rows to files that `raw load` takes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from backfill.base.seasons import season_of
from backfill.contract import RawTable
from backfill.raw.imports.dump import Dump, Key
from backfill.raw.imports.facts import STATISTICS, Event, Game, GameRef, Origin, PlayerLine, TeamLine
from backfill.raw.imports.values import clock, lookup, season_of_id, to_eastern

ARROW = {
    "string": pa.string(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
#: The status of a game that is over.
FINAL = 3
#: Rows that are held before they are written.
BATCH = 50_000
#: Names of a team row's statistics that differ from the gamebook's.
TEAM_STATISTICS = {
    "field_goals_made": "fg_made",
    "field_goals_attempted": "fg_attempted",
    "three_pointers_made": "three_pt_made",
    "three_pointers_attempted": "three_pt_attempted",
    "free_throws_made": "ft_made",
    "free_throws_attempted": "ft_attempted",
}
#: How source_file_path begins in rows of the registry that an import made, and may make again.
IMPORTED = "import:"


@dataclass
class Written:
    """What was written of one table: rows, games, dates, and how many values each column has."""

    rows: int = 0
    games: set[object] = field(default_factory=set)
    first: date | None = None
    last: date | None = None
    filled: Counter[str] = field(default_factory=Counter)

    def count(self, game: object, day: date | None) -> None:
        """Count one row."""
        self.rows += 1
        self.games.add(game)
        if day:
            self.first, self.last = min(self.first or day, day), max(self.last or day, day)


class Writer:
    """Writes rows of one table to <folder>/<table>/imported.parquet, in batches."""

    def __init__(self, folder: Path, table: RawTable) -> None:
        """The file is made with the first batch: no rows, no file."""
        self._path = folder / table.name / "imported.parquet"
        self._columns = [column.name for column in table.columns]
        self._schema = pa.schema([(column.name, ARROW[column.data_type]) for column in table.columns])
        self._batch: list[tuple] = []
        self._file: pq.ParquetWriter | None = None
        self.written = Written()

    def add(self, row: dict[str, Any], game: object) -> None:
        """One row; a column that it does not name is NULL."""
        self._batch.append(tuple(map(row.get, self._columns)))
        self.written.count(game, row.get("game_date"))
        if len(self._batch) >= BATCH:
            self._flush()

    def close(self) -> Written:
        """Write what is left; say what was written."""
        self._flush()
        if self._file:
            self._file.close()
        return self.written

    def _flush(self) -> None:
        if not self._batch:
            return
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = pq.ParquetWriter(self._path, self._schema, compression="zstd", compression_level=1)
        by_column = zip(zip(*self._batch, strict=True), self._schema, strict=True)
        columns = [pa.array(values, type=one.type) for values, one in by_column]
        for name, values in zip(self._columns, columns, strict=True):
            self.written.filled[name] += len(values) - values.null_count
        self._file.write_table(pa.Table.from_arrays(columns, schema=self._schema))
        self._batch = []


class Tables:
    """Turns a dump into the files of a folder, one a raw table."""

    def __init__(self, dump: Dump, folder: Path, contract: dict[str, RawTable]) -> None:
        """Events are written as soon as they are added to the dump."""
        self._dump = dump
        self._writers: dict[str, Writer] = {}
        self._make: Callable[[str], Writer] = lambda name: self._writers.setdefault(
            name, Writer(folder, contract[name])
        )
        dump.on_events = self.write_events

    def write(self) -> dict[str, Written]:
        """Everything but the events, which are written as they are read. Returns what there is, by table."""
        self._write_games()
        self._write_player_lines()
        self._write_player_logs()
        self._write_team_lines()
        self._write_markets()
        self._write_injuries()
        return {name: writer.close() for name, writer in self._writers.items()}

    # ---- games ----

    def _write_games(self) -> None:
        writer = self._make("nbac_schedule")
        self._dump.join_games()
        for game in self._dump.games.values():
            key, nba_id = self._dump.key_of(game.ref), self._dump.nba_id_of(game.ref)
            if not game.lists_games:
                continue
            if key is None or nba_id is None:
                self._dump.unmapped["games of a list without an NBA id: no row of the schedule can be made"] += 1
                continue
            known = self._dump.known_schedule.get(nba_id, {})
            if known.get("game_status") == FINAL and game.status not in (None, FINAL):
                self._dump.left_out["games whose result the warehouse knows and the dump does not: left as is"] += 1
                continue
            row = _schedule_row(game, key, nba_id)
            # what this dump does not tell stays as the warehouse has it
            writer.add({name: known.get(name) if value is None else value for name, value in row.items()}, nba_id)

    # ---- box scores ----

    def _located(self, ref: GameRef, called: str) -> Key | None:
        key = self._dump.key_of(ref)
        if key is None:
            self._dump.unmapped[f"{called} of games whose date and teams nothing tells, as {ref}"] += 1
        return key

    def _write_player_lines(self) -> None:
        gamebook, starters = self._make("nbac_gamebook_player_stats"), self._make("nbac_player_boxscores")
        listed: dict[tuple, list[tuple[PlayerLine, Key]]] = defaultdict(list)
        for line in self._dump.player_lines.values():
            key = self._located(line.ref, "player lines")
            if key is None or line.name is None:
                self._dump.unmapped["player lines without a name"] += line.name is None
                continue
            played = line.status == "active"
            known = {name: line.statistics.get(name) if played else None for name in STATISTICS}
            named = {"player_name": line.name, "player_lookup": lookup(line.name), "team_abbr": line.team}
            gamebook.add(
                _game_columns(key, line.origin)
                | named
                | known
                | {
                    "player_status": line.status,
                    "dnp_reason": line.reason if line.status == "dnp" else None,
                    "minutes": clock(line.seconds) if played else None,
                    "minutes_decimal": round(line.seconds / 60, 4) if played and line.seconds is not None else None,
                    "plus_minus": line.plus_minus if played else None,
                    "starter": line.starter,
                },
                key,
            )
            nba_id = self._dump.nba_id_of(line.ref)
            if played and line.starter is not None and nba_id:
                starters.add(
                    _game_columns(key, line.origin)
                    | named
                    | {
                        "nba_game_id": nba_id,
                        "starter": line.starter,
                        "minutes": clock(line.seconds),
                    },
                    key,
                )
            listed[(line.player_id or lookup(line.name), season_of(key[0]), line.team)].append((line, key))
        self._write_registry(listed)

    def _write_registry(self, listed: dict[tuple, list[tuple[PlayerLine, Key]]]) -> None:
        """One row a player, season and team: from the dump's games, and from those of the warehouse that it lacks.

        Two NBA ids under one lookup are two players. A row that did not come from an import is left as it is.
        """
        writer = self._make("nba_players_registry")
        numbers: dict[str, list[object]] = defaultdict(list)
        for (who, season, team), lines in sorted(listed.items(), key=lambda item: str(item[0])):
            line = lines[-1][0]
            name = lookup(line.name)
            if not name or not team:
                continue
            if who not in numbers[name]:
                numbers[name].append(who)
            if (name, season, team) in self._dump.registered:
                continue
            number = numbers[name].index(who) + 1
            made = f"{name}_{number:03}"
            games = self._dump.known_listings.get((name, season, team), {}) | {
                key: one.status == "active" for one, key in lines
            }
            days = [key[0] for key in games]
            writer.add(
                {
                    "universal_player_id": self._dump.known_ids.get(name, made) if number == 1 else made,
                    "player_lookup": name,
                    "player_name": line.name,
                    "team_abbr": team,
                    "season": f"{season}-{(season + 1) % 100:02}",
                    "first_game_date": min(days),
                    "last_game_date": max(days),
                    "games_played": sum(games.values()),
                    "source_file_path": IMPORTED + line.origin.part,
                    "processed_at": max(one.origin.written for one, _ in lines),
                },
                (name, season, team),
            )

    def _write_player_logs(self) -> None:
        writer = self._make("bdl_player_boxscores")
        for log in self._dump.player_logs.values():
            key = self._located(log.ref, "player logs")
            name = log.name or self._dump.people.get(log.player_id or 0)
            if key is None or name is None:
                self._dump.unmapped["rows of player logs whose NBA id no file gives a name"] += name is None
                continue
            known = {name: log.statistics.get(name) for name in STATISTICS}
            known["rebounds"] = known.pop("total_rebounds")
            writer.add(
                _game_columns(key, log.origin)
                | known
                | {
                    "game_status": "Final",
                    "is_postseason": log.is_playoffs,
                    "team_abbr": log.team,
                    "player_full_name": name,
                    "player_lookup": lookup(name),
                    "minutes": log.minutes,
                },
                key,
            )

    def _write_team_lines(self) -> None:
        writer = self._make("nbac_team_boxscore")
        for line in self._dump.team_lines.values():
            key, nba_id = self._located(line.ref, "team rows"), self._dump.nba_id_of(line.ref)
            if key is None:
                continue
            turnovers = self._turnovers(line, nba_id)
            if nba_id is None or line.team not in key[1:]:
                self._dump.unmapped["team rows without an NBA id, or of neither team of their game"] += 1
            elif turnovers is None:
                self._dump.left_out[
                    "team rows whose source leaves team turnovers out: the warehouse adds up the players and says so; "
                    "summaries or team game logs tell them"
                ] += 1
            else:
                known = {TEAM_STATISTICS.get(name, name): line.statistics.get(name) for name in STATISTICS}
                writer.add(
                    _game_columns(key, line.origin)
                    | known
                    | {
                        "nba_game_id": nba_id,
                        "team_abbr": line.team,
                        "is_home": line.team == key[2],
                        "minutes": line.minutes,
                        "turnovers": turnovers,
                        "plus_minus": line.plus_minus,
                    },
                    key,
                )

    def _turnovers(self, line: TeamLine, nba_id: str | None) -> int | None:
        stated = self._dump.total_turnovers.get((nba_id or "", line.team or ""))
        return line.statistics.get("turnovers") if stated is None else stated

    # ---- play-by-play ----

    def write_events(self, key: Key, nba_id: str | None, origin: Origin, events: list[Event]) -> None:
        """All events of one game, numbered in their order; the score is carried over events that print none."""
        writer = self._make("bigdataball_play_by_play")
        same = _game_columns(key, origin) | {"nba_game_id": nba_id}
        home, away = 0, 0
        for number, event in enumerate(events, 1):
            home, away = (
                home if event.score_home is None else event.score_home,
                away if event.score_away is None else event.score_away,
            )
            writer.add(
                same
                | {
                    "event_sequence": number,
                    "period": event.period,
                    "event_type": event.event_type,
                    "event_subtype": event.event_subtype,
                    "shot_made": event.shot_made,
                    "shot_type": event.shot_type,
                    "shot_distance": event.shot_distance,
                    "player_1_lookup": lookup(event.player_1),
                    "player_1_team_abbr": event.team,
                    "player_2_lookup": lookup(event.player_2),
                    "player_2_role": event.player_2_role,
                    "elapsed_seconds": event.elapsed_seconds,
                    "score_home": home,
                    "score_away": away,
                },
                key,
            )

    # ---- markets and injuries ----

    def _write_markets(self) -> None:
        props, lines = self._make("odds_api_player_points_props"), self._make("odds_api_game_lines")
        for prop in self._dump.props.values():
            day = to_eastern(prop.starts_at).date()
            ahead = prop.starts_at - prop.snapshot_at if prop.snapshot_at else None
            props.add(
                _game_columns((day, prop.away, prop.home), prop.origin)
                | {
                    "odds_api_event_id": prop.event_id,
                    "game_start_time": prop.starts_at,
                    "snapshot_timestamp": prop.snapshot_at,
                    "minutes_before_tipoff": ahead // timedelta(minutes=1) if ahead is not None else None,
                    "bookmaker": prop.bookmaker,
                    "player_name": prop.name,
                    "player_lookup": lookup(prop.name),
                    "points_line": prop.line,
                    "over_price_american": prop.over_price,
                    "under_price_american": prop.under_price,
                    "line_order": prop.order,
                    "data_source": prop.source,
                },
                prop.event_id,
            )
        for quote in self._dump.quotes.values():
            key = (quote.game_date, quote.away, quote.home)
            lines.add(
                _game_columns(key, quote.origin)
                | {
                    "game_id": quote.event_id,
                    "commence_time": quote.starts_at,
                    "bookmaker_key": quote.bookmaker,
                    "market_key": quote.market,
                    "outcome_name": quote.outcome,
                    "outcome_price": quote.price,
                    "outcome_point": quote.point,
                    "snapshot_timestamp": quote.snapshot_at,
                    "snapshot_kind": quote.kind,
                    "data_source": quote.source,
                },
                key,
            )

    def _write_injuries(self) -> None:
        writer = self._make("nbac_injury_report")
        for injury in self._dump.injuries.values():
            key = self._located(injury.ref, "rows of injury reports")
            if key is not None:
                writer.add(
                    _game_columns(key, injury.origin)
                    | {
                        "report_date": injury.report_date,
                        "report_hour": injury.report_hour,
                        "team": injury.team,
                        "player_full_name": injury.name,
                        "player_lookup": lookup(injury.name),
                        "injury_status": injury.status,
                        "reason": injury.reason,
                        "reason_category": reason_category(injury.reason),
                    },
                    key,
                )


def _game_columns(key: Key, origin: Origin) -> dict[str, Any]:
    day, away, home = key
    return {
        "game_id": f"{day:%Y%m%d}_{away}_{home}",
        "game_date": day,
        "season_year": season_of(day),
        "home_team_abbr": home,
        "away_team_abbr": away,
        "source_file_path": origin.label,
        "processed_at": origin.written,
    }


def _schedule_row(game: Game, key: Key, nba_id: str) -> dict[str, Any]:
    day, away, home = key
    is_over = game.status == FINAL
    scores = (game.home_score, game.away_score) if game.status != 1 else (None, None)
    winner = None
    if is_over and None not in scores and scores[0] != scores[1]:
        winner = home if scores[0] > scores[1] else away
    return {
        "game_id": nba_id,
        "game_date": day,
        "game_date_est": game.tip_off,
        "season_year": season_of_id(nba_id),
        "game_status": game.status,
        "home_team_tricode": home,
        "away_team_tricode": away,
        "winning_team_tricode": winner,
        "home_team_score": scores[0],
        "away_team_score": scores[1],
        "is_playoffs": nba_id.startswith("004"),
        "is_regular_season": nba_id.startswith("002"),
        "is_primetime": game.is_primetime,
        "neutral_site_flag": game.is_neutral,
        "arena_name": game.arena_name,
        "arena_city": game.arena_city,
        "arena_state": game.arena_state,
        "postponed_status": "Y" if game.is_postponed else None,
        "data_source": game.origin.part,
        "source_file_path": game.origin.label,
        "processed_at": game.origin.written,
    }


#: First rule that hits decides, in this order; what none names is an injury.
REASONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("injury", ("injury/illness",)),
    ("g_league", ("g league", "g-league")),
    ("suspension", ("suspension",)),
    ("health_safety_protocol", ("health and safety",)),
    ("personal", ("personal",)),
    (
        "other",
        ("not with team", "trade pending", "coach's decision", "ineligible", "reconditioning"),
    ),
)


def reason_category(reason: str | None) -> str:
    """The kind of a printed reason of an injury report; unknown for none."""
    printed = (reason or "").strip().lower().replace("\u2019", "'")
    if printed in ("", "-"):
        return "unknown"
    if printed.startswith("rest"):
        return "rest"
    return next((kind for kind, words in REASONS if any(word in printed for word in words)), "injury")
