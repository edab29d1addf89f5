"""Fetch what a range needs and is not there: whole files only, resumable at any moment."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from backfill.base.errors import BackfillError
from backfill.base.project import open_warehouse
from backfill.contract import RAW_SCHEMA
from backfill.raw.fetch import plan
from backfill.raw.fetch.client import Client, NotAnswered, NotPublished
from backfill.raw.fetch.plan import Answer
from backfill.raw.imports.facts import Game

#: After so many requests in a row without an answer a site is not asked further; what is left is asked again so often.
GIVE_UP_AFTER, ROUNDS = 5, 3
KEY = "ODDS_API_KEY"
#: Called with what is fetched, answers done and answers in all.
Progress = Callable[[str, int, int], None]


@dataclass
class Fetched:
    """What was fetched, was there, is not published, and is missing with the reason."""

    fetched: int = 0
    there: int = 0
    not_published: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    games: int = 0


def fetch(
    first: date,
    last: date,
    folder: Path,
    *,
    kinds: tuple[str, ...] = plan.DEFAULT,
    warehouse: Path | None = None,
    agreed: Callable[[int], bool] = lambda credits: False,
    on_progress: Progress = lambda name, done, size: None,
) -> Fetched:
    """Fetch the answers of a range into `folder`; games that `warehouse` lacks come first.

    A file is written whole or not at all, and one that is there is not asked for again. `agreed` is called with what
    odds would cost, in credits, before anything is asked that costs. Raises BackfillError when nothing at all can be
    had, saying why.
    """
    result, secrets = Fetched(), tuple(filter(None, (os.environ.get(KEY),)))
    client = Client(secrets)
    _get(plan.schedules(first, last), folder, client, result, on_progress)
    games = plan.games_of(folder, first, last)
    if not games and result.missing:
        name, why = next(iter(result.missing.items()))
        raise BackfillError(f"the schedule could not be fetched ({name}): {why}", "the same command again, later")
    if not games:
        raise BackfillError(f"no game was played from {first} to {last}, as the schedule has it")
    result.games = len(games)
    answers = plan.logs(games, last) if "logs" in kinds else []
    for game in _gaps_first(games, warehouse):
        answers += plan.of_game(game.ref.nba_game_id or "", kinds)
    if "injuries" in kinds:
        answers += plan.injuries(sorted({game.ref.game_date for game in games if game.ref.game_date}))
    _get(answers, folder, client, result, on_progress)
    if "odds" in kinds:
        _get_odds(games, folder, client, result, agreed, on_progress)
    return result


def _get_odds(
    games: list[Game],
    folder: Path,
    client: Client,
    result: Fetched,
    agreed: Callable[[int], bool],
    on_progress: Progress,
) -> None:
    key = os.environ.get(KEY)
    if not key:
        raise BackfillError(f"odds need a key of The Odds API in {KEY}", f"export {KEY}=...")
    left = [game for game in games if not (folder / _odds_path(game)).is_file()]
    if not left:
        result.there += len(games)
        return
    if not agreed(plan.credits_of(left)):
        result.missing["odds"] = f"not asked for: {plan.credits_of(left):,} credits were not agreed to"
        return
    _get(plan.event_lists(left, key), folder, client, result, on_progress)
    _get(plan.odds(folder, games, key), folder, client, result, on_progress)


def _odds_path(game: Game) -> str:
    return f"odds/historical_{game.ref.game_date}_{game.ref.away}_{game.ref.home}.json"


def _gaps_first(games: list[Game], warehouse: Path | None) -> list[Game]:
    """Games of which the warehouse has no box score come first."""
    known: set[tuple] = set()
    if warehouse and warehouse.is_file():
        with closing(open_warehouse(warehouse, read_only=True)) as connection:
            try:
                known = set(
                    connection.execute(
                        "select distinct game_date, away_team_abbr, home_team_abbr "
                        f"from {RAW_SCHEMA}.nbac_gamebook_player_stats"
                    ).fetchall()
                )
            except duckdb.CatalogException:
                known = set()
    return sorted(games, key=lambda game: (game.ref.game_date, game.ref.away, game.ref.home) in known)


def _get(answers: list[Answer], folder: Path, client: Client, result: Fetched, on_progress: Progress) -> None:
    """Fetch what is not there, in rounds: what a site did not answer is asked again when the others are there."""
    left = [answer for answer in answers if not answer.is_there(folder)]
    result.there += len(answers) - len(left)
    done, size = len(answers) - len(left), len(answers)
    for _ in range(ROUNDS):
        failed: list[Answer] = []
        in_a_row = 0
        for number, answer in enumerate(left):
            on_progress(answer.path, done, size)
            if in_a_row >= GIVE_UP_AFTER:
                failed += left[number:]
                result.missing |= {
                    one.path: "not asked: the site did not answer before"
                    for one in left[number:]
                    if one.path not in result.missing
                }
                break
            try:
                _write(folder / answer.path, answer.ask(client))
            except NotPublished:
                result.not_published.append(answer.path)
                done, in_a_row = done + 1, 0
            except NotAnswered as error:
                failed.append(answer)
                result.missing[answer.path] = str(error)
                in_a_row += 1
            else:
                result.missing.pop(answer.path, None)
                result.fetched += 1
                done, in_a_row = done + 1, 0
        if not failed or in_a_row >= GIVE_UP_AFTER:
            return  # all is there, or the site does not answer
        left = failed


def _write(path: Path, content: bytes) -> None:
    """A whole file or none: what is being written has another name, which the importer leaves alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def reasons(result: Fetched) -> Counter[str]:
    """Why answers are missing, with counts."""
    return Counter(result.missing.values())
