"""A few dates of a league as rows of the raw contract, from which files of every layout are made."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from backfill.raw.imports.teams import names
from backfill.raw.imports.values import lookup

Row = dict[str, Any]
TEAM_IDS = {code: team_id for team_id, code in names().by_nba_id.items()}
FULL_NAMES = {code: name for name, code in names().full_names.items()}
NICKNAMES = {code: name.removeprefix("Portland ").split(" ", 1)[-1] for code, name in FULL_NAMES.items()}


@dataclass
class League:
    """Rows by table, in the order of their keys; games by canonical id; a made-up NBA id for every player."""

    rows: dict[str, list[Row]]
    games: dict[str, Row] = field(default_factory=dict)
    person_ids: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def of_game(self, table: str) -> dict[str, list[Row]]:
        """Rows of a table by canonical game id."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows[table]:
            found[row["game_id"]].append(row)
        return found

    def nba_id(self, game_id: str) -> str:
        """The NBA id of a canonical game id."""
        return self.games[game_id]["game_id"]


def read_league(raw: Path, season: str, last: date) -> League:
    """Rows of a folder of raw files up to a date."""
    rows: dict[str, list[Row]] = {}
    with duckdb.connect() as connection:
        for folder in sorted(raw.iterdir()):
            path = folder / f"{season}.parquet"
            if path.exists():
                found = connection.execute(
                    f"select * from read_parquet('{path}') where game_date <= $last order by all", {"last": last}
                )
                columns = [column[0] for column in found.description]
                rows[folder.name] = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
        registry = connection.execute(f"from read_parquet('{raw}/reference/*.parquet') order by all")
        columns = [column[0] for column in registry.description]
        rows["nba_players_registry"] = [dict(zip(columns, row, strict=True)) for row in registry.fetchall()]
    league = League(rows)
    for game in rows["nbac_schedule"]:
        day, away, home = game["game_date"], game["away_team_tricode"], game["home_team_tricode"]
        league.games[f"{day:%Y%m%d}_{away}_{home}"] = game
    for row in rows["nbac_gamebook_player_stats"]:
        league.person_ids.setdefault(row["player_lookup"], 1_000_000 + len(league.person_ids))
        league.names[row["player_lookup"]] = row["player_name"]
    for row in rows["bigdataball_play_by_play"]:
        for key in filter(None, (row["player_1_lookup"], row["player_2_lookup"])):
            league.names.setdefault(key, key)
            league.person_ids.setdefault(key, 1_000_000 + len(league.person_ids))
    return league


def write_json(path: Path, answer: object) -> None:
    """Write a document, packed when its name ends in .gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(answer, ensure_ascii=False, default=str)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


def write_csv(path: Path, rows: Iterable[Row], columns: list[str] | None = None) -> None:
    """Write a table, with the columns of its rows or of some, packed when its name ends in .gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, columns or list(dict.fromkeys(name for row in listed for name in row)))
    writer.writeheader()
    writer.writerows(listed)
    path.write_bytes(gzip.compress(text.getvalue().encode()) if path.suffix == ".gz" else text.getvalue().encode())


def short_names(listed: list[Row]) -> dict[str, str]:
    """How texts call everybody listed for a game, by lookup: the surname, with letters of the first name before it
    where two of a team share it."""
    short = {}
    for row in listed:
        first, _, family = row["player_name"].partition(" ")
        same = [
            other["player_name"].partition(" ")[0]
            for other in listed
            if other is not row
            and other["team_abbr"] == row["team_abbr"]
            and bare(other["player_name"].partition(" ")[2]) == bare(family)
        ]
        size = next((n for n in range(1, 9) if all(one[:n] != first[:n] for one in same)), len(first))
        short[row["player_lookup"]] = f"{first[:size]}. {family}" if same else family or first
    return short


def bare(family: str) -> str:
    """A surname without Jr. and the like, and without accents."""
    return lookup(re.sub(r" (Jr\.?|Sr\.?|II|III|IV)$", "", family)) or ""


def without_inactive(league: League, table: str, rows: list[Row]) -> list[Row]:
    """Rows of layouts that leave inactive players out."""
    if table not in ("nbac_gamebook_player_stats", "nbac_player_boxscores"):
        return rows
    inactive = {
        (row["game_id"], row["player_lookup"])
        for row in league.rows["nbac_gamebook_player_stats"]
        if row["player_status"] == "inactive"
    }
    return [row for row in rows if (row["game_id"], row["player_lookup"]) not in inactive]


def with_listed_names(league: League, table: str, rows: list[Row]) -> list[Row]:
    """Events whose players are called as the gamebook does: feeds that name ids take the names of the box score."""
    if table != "bigdataball_play_by_play":
        return rows
    listed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in league.rows["nbac_gamebook_player_stats"]:
        listed[row["game_id"], _root(row["player_lookup"])].append(row["player_lookup"])
    return [
        row
        | {
            name: listed.get((row["game_id"], _root(row[name] or "")), [row[name]])[0]
            for name in ("player_1_lookup", "player_2_lookup")
        }
        for row in rows
    ]


def _root(lookup: str) -> str:
    return re.sub(r"(jr|sr|ii|iii|iv)$", "", lookup)
