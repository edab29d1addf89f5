"""One connection to each site: paced, with back-off, and with an answer or a reason for every request.

stats.nba.com is asked through nba_api's own client; the others through the same session.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backfill.base.errors import BackfillError

#: Seconds between two requests, and the factor of the pauses after a refused one: 2, 4, 8, 16 ... times the factor.
PAUSE, BACKOFF = 0.6, 1.0
#: Tries of one request that is throttled, cut off before its answer, or answered by an error of the server.
TRIES = 5
THROTTLED = (429, 500, 502, 503, 504)
TIMEOUT = 30
#: Where the sites are; each can be named otherwise, for a mirror or a test.
SITES = {
    "NBA_STATS_URL": "https://stats.nba.com/stats",
    "NBA_INJURY_REPORT_URL": "https://ak-static.cms.nba.com/referee/injury",
    "NBA_ODDS_API_URL": "https://api.the-odds-api.com/v4",
}


class NotAnswered(Exception):
    """A request without a usable answer: why, in words."""


class NotPublished(NotAnswered):
    """The site says that there is no such document."""


def site(name: str) -> str:
    """The address of a site, from the environment or as it is known."""
    return os.environ.get(name, SITES[name]).rstrip("/")


@dataclass
class Client:
    """Asks for documents. `requests` counts what was sent, retries of the session not counted."""

    secrets: tuple[str, ...] = ()
    sleep: Callable[[float], None] = time.sleep
    requests: int = 0
    _last: float = field(default=float("-inf"), repr=False)

    def __post_init__(self) -> None:
        try:
            import requests
            from nba_api.stats.library.http import NBAStatsHTTP
            from requests.adapters import HTTPAdapter
            from urllib3.util import Retry
        except ImportError as error:
            raise BackfillError(
                f"fetching needs the extra 'fetch': {error}", "pip install 'nba-backfill[fetch]'"
            ) from error
        self._pause = float(os.environ.get("NBA_FETCH_PAUSE", PAUSE))
        retry = Retry(
            total=TRIES,
            connect=2,  # a name that is not known will not be soon
            backoff_factor=BACKOFF * self._pause / PAUSE,
            status_forcelist=THROTTLED,
            allowed_methods=("GET",),
            respect_retry_after_header=True,
            raise_on_status=False,
        )
        self._session = requests.Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=retry))
        # JSON is UTF-8; without a word about it in the answer the client would guess
        self._session.hooks["response"].append(lambda answer, **_: setattr(answer, "encoding", "utf-8"))
        self._errors = requests.RequestException
        NBAStatsHTTP.set_session(self._session)
        NBAStatsHTTP.base_url = site("NBA_STATS_URL") + "/{endpoint}"
        self._stats = NBAStatsHTTP()

    def stats(self, endpoint: str, parameters: dict[str, Any], holds: str) -> bytes:
        """An answer of stats.nba.com that holds a word. Raises NotAnswered for anything else."""
        self._wait()
        try:
            answer = self._stats.send_api_request(endpoint=endpoint, parameters=parameters, timeout=TIMEOUT)
        except self._errors as error:
            raise NotAnswered(self._said(error)) from error
        # the client keeps the status to itself
        return self._json(answer._status_code, answer.get_response(), holds)

    def json(self, url: str, parameters: dict[str, Any], holds: str) -> bytes:
        """A JSON document that holds a word."""
        status, content = self._get(url, parameters)
        return self._json(status, content.decode("utf-8", errors="replace"), holds)

    def document(self, url: str, signature: bytes) -> bytes:
        """A document that begins as its kind does. Raises NotPublished when the site has none of this name."""
        status, content = self._get(url, {})
        if status in (403, 404):  # a store of files answers 403 for a name that it does not have
            raise NotPublished("not published")
        if status != 200 or not content.startswith(signature):
            raise NotAnswered(f"answered {status} with {len(content):,} bytes that are not the document")
        return content

    def _get(self, url: str, parameters: dict[str, Any]) -> tuple[int, bytes]:
        self._wait()
        try:
            answer = self._session.get(url, params=parameters, timeout=TIMEOUT)
            return answer.status_code, answer.content
        except self._errors as error:
            raise NotAnswered(self._said(error)) from error

    def _json(self, status: int | None, content: str, holds: str) -> bytes:
        if status == 403:
            raise NotAnswered("refused (403): the site does not serve this address; it is known to block data centres")
        if status == 401:
            raise NotAnswered("refused (401): the key is wrong, or its credits are used up")
        if status != 200:
            raise NotAnswered(f"answered {status}")
        if not content.strip():
            raise NotAnswered("answered nothing")
        try:
            json.loads(content)
        except ValueError:
            raise NotAnswered("answered with something that is no JSON: an error page, or cut off") from None
        if f'"{holds}"' not in content:
            raise NotAnswered(f"answered without {holds}")
        return content.encode()

    def _wait(self) -> None:
        """Leave the pause between two requests."""
        self.requests += 1
        left = self._last + self._pause - time.monotonic()
        if left > 0:
            self.sleep(left)
        self._last = time.monotonic()

    def _said(self, error: Exception) -> str:
        name, text = type(error).__name__, str(error)
        for secret in self.secrets:
            text = text.replace(secret, "***")
        kinds = (
            ("NameResolution", "the name of the site is not known: is there a network?"),
            ("Name or service", "the name of the site is not known: is there a network?"),
            ("Connection refused", "the connection was refused"),
            ("Max retries exceeded", f"no answer after {TRIES} retries"),
            ("timed out", "timed out"),
        )
        return next((said for words, said in kinds if words in text or words in name), f"{name}: {text[:120]}")
