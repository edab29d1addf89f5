"""Two runs on the same dates in the emulator: who is refused, who is taken over, and that the fence holds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from bigquery.standin import PROJECT_ID, query

EVENTS = f"`{PROJECT_ID}`.`nba_orchestration`.`invocation_events`"
INVOCATIONS = f"`{PROJECT_ID}`.`nba_orchestration`.`invocations`"


@dataclass
class LeaseDrill:
    """What the refused and the fenced run said, and what became of the silent one's row."""

    refused: str
    fenced: str
    silent_status: str


def drill(endpoint: str, day: str, build_few: Callable[[], object], build: Callable[[], object]) -> LeaseDrill:
    """Build a day next to an owner who is alive, then as one who is taken over, then next to one who went silent.

    Both functions raise RuntimeError with dbt's output when they fail; `build`, which is called last, succeeds.
    """
    _open(endpoint, "alive", day, minutes_ago=5)
    refused = _said_by(build_few)
    _close(endpoint, "alive", "success")

    taker = threading.Thread(target=_take_over_the_next, args=(endpoint,))
    taker.start()
    fenced = _said_by(build)
    taker.join()

    _open(endpoint, "silent", day, minutes_ago=120)
    build()
    ((status,),) = query(endpoint, f"select status from {INVOCATIONS} where invocation_id = 'silent'")
    return LeaseDrill(refused, fenced, status)


def _open(endpoint: str, name: str, day: str, minutes_ago: int) -> None:
    query(
        endpoint,
        f"""insert into {EVENTS} (invocation_id, first_game_date, last_game_date, owner, started_at, status)
        select '{name}', date '{day}', date '{day}', 'the {name} owner',
            timestamp_sub(current_timestamp(), interval {minutes_ago} minute), 'running'""",
    )


def _close(endpoint: str, name: str, status: str) -> None:
    query(
        endpoint,
        f"""insert into {EVENTS} (invocation_id, first_game_date, last_game_date, owner, started_at, status)
        select invocation_id, first_game_date, last_game_date, owner, started_at, '{status}' from {EVENTS}
        where invocation_id = '{name}' and status = 'running'""",
    )


def _take_over_the_next(endpoint: str, seconds: float = 60) -> None:
    """Close the next invocation that opens, as another one would that found it silent."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = query(endpoint, f"select invocation_id from {INVOCATIONS} where status = 'running'")
        if found:
            _close(endpoint, found[0][0], "killed")
            return
        time.sleep(0.1)


def _said_by(build: Callable[[], object]) -> str:
    try:
        build()
    except RuntimeError as error:
        return " ".join(str(error).split())
    return ""
