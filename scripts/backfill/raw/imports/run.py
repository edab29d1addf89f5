"""An import: find documents, recognise them, read them, write the raw contract's files, load them; all or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from backfill.base.errors import BackfillError
from backfill.base.project import open_warehouse
from backfill.base.seasons import season_of
from backfill.contract import RAW_SCHEMA, RawTable
from backfill.raw.imports.documents import Document, Found, Refused, find_documents
from backfill.raw.imports.dump import Dump, Key
from backfill.raw.imports.facts import GameRef
from backfill.raw.imports.layout import Layout, Recognised, all_layouts, layout_named, recognise
from backfill.raw.imports.tables import FINAL, IMPORTED, Tables, Written
from backfill.raw.imports.values import lookup
from backfill.raw.load import LoadedTable, load_directory

#: Tables that several layouts may fill together: what one leaves open the other tells.
SHARED = ("nbac_schedule", "nba_players_registry")
#: Called with the label of what is read, the bytes read so far, and all bytes.
Progress = Callable[[str, int, int], None]


@dataclass
class Import:
    """What an import found, wrote and left."""

    layouts: dict[str, dict[str, int]]
    unread: list[str]
    tables: dict[str, Written]
    empty: dict[str, list[str]]
    missing: dict[str, list[str]]
    repaired: dict[str, int]
    left_out: dict[str, int]
    unmapped: dict[str, int]
    differing: dict[str, int]
    loaded: list[LoadedTable] = field(default_factory=list)


def import_dump(
    name: str,
    paths: list[Path],
    warehouse: Path,
    contract: dict[str, RawTable],
    *,
    season: int | None = None,
    dry_run: bool = False,
    replace: bool = False,
    on_progress: Progress = lambda label, done, size: None,
) -> Import:
    """Import files of layout `name`, or of those that `auto` recognises, into a DuckDB warehouse.

    `season` keeps the games of one season (its first year) only. A dry run checks all of it and writes nothing; nothing
    is written when a file is refused. Raises BackfillError, with file, line or record, found and expected.
    """
    layout = layout_named(name)
    found = find_documents(paths)
    recognised = _recognised(found, layout)
    dump = _with_what_is_known(warehouse, contract, season)
    with TemporaryDirectory(prefix="nba_import_") as folder:
        tables = Tables(dump, Path(folder), contract)
        done, size = 0, sum(one.document.size for one in recognised)
        for one in sorted(recognised, key=lambda one: (one.part.rank, one.layout.parts.index(one.part))):
            on_progress(one.document.label, done, size)
            _read(one, dump)
            done += one.document.size
        on_progress("checking and loading", size, size)
        written = {table: what for table, what in tables.write().items() if what.rows}
        if not written:
            raise _nothing(recognised, dump)
        loaded = load_directory(
            Path(folder),
            warehouse,
            contract,
            replace=replace,
            by_unit=True,
            dry_run=dry_run,
            command=f"raw import {name}",
        )
    return Import(
        layouts=_counted(recognised),
        unread=sorted([*found.others, *(set(one.label for one in found.documents) - _labels(recognised))]),
        tables=written,
        empty=_empty_columns(written, contract),
        missing=_missing_games(written, dump),
        repaired=dict(dump.repaired),
        left_out=+Counter(dump.left_out),
        unmapped=+Counter(dump.unmapped),
        differing=dict(dump.differing),
        loaded=loaded,
    )


def _recognised(found: Found, layout: Layout | None) -> list[Recognised]:
    """The documents that are of the layout, or of any. Raises BackfillError for none, and for two layouts that fill
    the same table."""
    candidates = [one for document in found.documents if (one := recognise(document, layout))]
    # some answers are the same at two sites: they belong to the site that the other files are of
    sure = Counter(one[0].layout.name for one in candidates if len(one) == 1)
    recognised = [max(one, key=lambda candidate: sure[candidate.layout.name]) for one in candidates]
    if not recognised:
        labels = [document.label for document in found.documents] or found.others
        said = f"; found {', '.join(labels[:3])}" + (" ..." if len(labels) > 3 else "") if labels else ""
        wanted = f"of layout {layout.name}" if layout else f"of a layout that is known ({', '.join(all_layouts())})"
        other = next((one[0] for one in map(_of_any, found.documents) if one), None) if layout else None
        hint = f"backfill raw import {other.layout.name} PATH: {other.why}" if other else None
        raise Refused(f"no file there is {wanted}{said}", hint)
    by_table: dict[str, dict[str, Recognised]] = {}
    for one in recognised:
        for table in one.part.fills:
            if table not in SHARED:
                by_table.setdefault(table, {})[one.layout.name] = one
    for table, layouts in by_table.items():
        if len(layouts) > 1:
            labels = "; ".join(f"{one.document.label} is {name}" for name, one in sorted(layouts.items()))
            raise Refused(
                f"two layouts would fill {table}, and nothing says which is right: {labels}",
                f"name the one that is meant: backfill raw import {min(layouts)} PATH",
            )
    return recognised


def _of_any(document: Document) -> list[Recognised]:
    try:
        return recognise(document, None)
    except BackfillError:
        return []


def _read(one: Recognised, dump: Dump) -> None:
    """Read one document. What its reader cannot make sense of is told with the document's name."""
    try:
        one.part.read(one.document, dump)
    except Refused:
        raise
    except KeyError as error:
        raise Refused(f"{one.document.label}: {error} is missing; it looks like {one.part.name} but is not") from error
    except (ValueError, TypeError, AttributeError, IndexError) as error:
        raise Refused(f"{one.document.label} ({one.part.name}): {error}") from error


def _nothing(recognised: list[Recognised], dump: Dump) -> Refused:
    why = [*(+dump.unmapped), *(+dump.left_out)]
    said = f": {why[0]}" if why else ""
    needs = "import it together with a schedule (or game logs) of those games, or load that first" if why else None
    return Refused(f"{len(recognised)} file(s) were read, and not one row could be made{said}", needs)


def _labels(recognised: Iterable[Recognised]) -> set[str]:
    return {one.document.label for one in recognised}


def _counted(recognised: list[Recognised]) -> dict[str, dict[str, int]]:
    counted: dict[str, Counter[str]] = {}
    for one in recognised:
        counted.setdefault(one.layout.name, Counter())[one.part.name] += 1
    return {name: dict(parts) for name, parts in sorted(counted.items())}


# ---- what the warehouse knows ----


def _with_what_is_known(warehouse: Path, contract: dict[str, RawTable], season: int | None) -> Dump:
    """A dump that knows the games, the listed players and the registry of the warehouse."""
    dump = Dump(season=season)
    if not warehouse.exists():
        return dump
    with closing(open_warehouse(warehouse, read_only=True)) as connection:
        columns = [column.name for column in contract["nbac_schedule"].columns]
        for row in _asked(connection, f"select {', '.join(columns)} from {RAW_SCHEMA}.nbac_schedule"):
            game = dict(zip(columns, row, strict=True))
            nba_id = game["game_id"]
            dump.known_schedule[nba_id] = game
            dump.known_games[nba_id] = GameRef(
                nba_id, game["game_date"], game["away_team_tricode"], game["home_team_tricode"]
            )
        rosters: dict[Key, list[tuple[str, str]]] = {}
        for day, away, home, team, name, status in _asked(
            connection,
            "select game_date, away_team_abbr, home_team_abbr, team_abbr, player_name, player_status from "
            f"{RAW_SCHEMA}.nbac_gamebook_player_stats where player_name is not null",
        ):
            rosters.setdefault((day, away, home), []).append((team, name))
            listing = (lookup(name), season_of(day), team)
            dump.known_listings.setdefault(listing, {})[day, away, home] = status == "active"
        for name, first_year, team, universal_id, path in _asked(
            connection,
            "select player_lookup, try_cast(left(season, 4) as integer), team_abbr, universal_player_id, "
            f"source_file_path from {RAW_SCHEMA}.nba_players_registry order by universal_player_id",
        ):
            dump.known_ids.setdefault(name, universal_id)
            if not (path or "").startswith(IMPORTED):
                dump.registered.add((name, first_year, team))
    dump.known_rosters = lambda key: rosters.get(key, ())
    return dump


def _asked(connection: duckdb.DuckDBPyConnection, statement: str) -> list[tuple]:
    try:
        return connection.execute(statement).fetchall()
    except duckdb.CatalogException:
        return []  # a warehouse without raw tables knows nothing


# ---- what is told ----


def _empty_columns(written: dict[str, Written], contract: dict[str, RawTable]) -> dict[str, list[str]]:
    """Columns of the contract that hold no value, by table."""
    return {
        name: empty
        for name, what in written.items()
        if (empty := [column.name for column in contract[name].columns if not what.filled[column.name]])
    }


def _missing_games(written: dict[str, Written], dump: Dump) -> dict[str, list[str]]:
    """Final games of the schedule, in the dates that a table was written for, of which it has no row."""
    final = {
        key
        for nba_id, key in (
            *((game.ref.nba_game_id, dump.key_of(game.ref)) for game in dump.games.values() if game.status == FINAL),
            *(
                (nba_id, dump.key_of(ref))
                for nba_id, ref in dump.known_games.items()
                if dump.known_schedule[nba_id]["game_status"] == FINAL
            ),
        )
        if nba_id and key
    }
    missing = {}
    for name in (
        "nbac_gamebook_player_stats",
        "nbac_team_boxscore",
        "bigdataball_play_by_play",
        "bdl_player_boxscores",
    ):
        what = written.get(name)
        if what and what.first and what.last:
            lacks = sorted(key for key in final if what.first <= key[0] <= what.last and key not in what.games)
            if lacks:
                missing[name] = [f"{day} {away}@{home}" for day, away, home in lacks]
    return missing
