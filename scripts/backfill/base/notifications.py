"""Messages to a webhook (Slack-compatible JSON) about runs in daily mode: what failed, and which gaps were healed."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException

from backfill.base.console import error_console
from backfill.base.errors import BackfillError

WEBHOOK_VARIABLE = "NBA_WEBHOOK_URL"
#: Seconds; a webhook that is slow must not hold up a run.
TIMEOUT = 5


def notify(what: str, *, failed: Sequence[tuple[str, str]], healed: int = 0, left_alone: int = 0) -> bool:
    """Tell the webhook that `what` failed or healed gaps; return whether a message was delivered.

    Nothing is sent without NBA_WEBHOOK_URL or when there is neither. Whether a run is daily is for the caller to know.
    A webhook that cannot be reached is a line on stderr, never an error.
    """
    url = os.environ.get(WEBHOOK_VARIABLE)
    if not url or not (failed or healed or left_alone):
        return False
    text = message(what, failed=failed, healed=healed, left_alone=left_alone)
    try:
        request = urllib.request.Request(
            url, json.dumps({"text": text}).encode(), {"Content-Type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT):
            return True
    except (OSError, ValueError, HTTPException) as error:
        error_console.print(f"warning: the webhook of {WEBHOOK_VARIABLE} was not reached: {error}", soft_wrap=True)
        return False


def message(what: str, *, failed: Sequence[tuple[str, str]], healed: int, left_alone: int) -> str:
    """The text: one line for what happened, one for each of the first five failures, one for what to do."""
    said = []
    if failed:
        said.append(f"{len(failed)} failed")
    if left_alone:
        said.append(f"{left_alone} partitions left alone after repeated failures")
    if healed:
        said.append(f"{healed} partitions that were missing or stale built")
    lines = [f"NBA warehouse, backfill {what}: {', '.join(said)}"]
    lines += [f"- {name}: {' '.join(reason.split())[:500]}" for name, reason in failed[:5]]
    if failed or left_alone:
        lines.append("Next: backfill status")
    return "\n".join(lines)


@contextmanager
def errors_told(what: str, *, is_daily: bool) -> Iterator[None]:
    """Tell the webhook, too, when a daily command ends with an error before it has a result."""
    try:
        yield
    except BackfillError as error:
        if is_daily:
            notify(what, failed=[("error", str(error))])
        raise
