"""The interface of a layout: kinds of files, how each is recognised, and what reads it.

A layout is a folder of backfill.raw.layouts that holds LAYOUT, its README.md and nothing that others need to know:
layouts are found, not registered.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from backfill.base.errors import BackfillError
from backfill.raw import layouts
from backfill.raw.imports.documents import Document
from backfill.raw.imports.dump import Dump


class Rank(IntEnum):
    """When a kind of file is read: what later ones need is read first."""

    GAMES = 0  # schedules, logs: dates and teams of games
    PLAYERS = 1  # box scores: who is who
    EVENTS = 2  # play-by-play, which calls players by surname
    MARKETS = 3


@dataclass(frozen=True)
class Part:
    """One kind of file. A CSV is recognised by columns that it has (and lacks), JSON by words that stand in its first
    part, in quotes; any kind also by a pattern of its name. `fills` are raw tables."""

    name: str
    rank: Rank
    read: Callable[[Document, Dump], None]
    fills: tuple[str, ...]
    columns: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    named: str | None = None
    kinds: tuple[str, ...] = ("csv", "json")

    def recognises(self, document: Document) -> str | None:
        """Why the document is of this kind, in words; None when it is not."""
        if document.kind not in self.kinds or (self.named and not re.search(self.named, document.name)):
            return None
        by_name = f"its name is like {self.named}" if self.named else ""
        if document.kind == "csv" and self.columns:
            found = frozenset(document.columns)
            if not self.columns <= found or self.without & found:
                return None
            return f"its columns include {', '.join(sorted(self.columns)[:4])}"
        if document.kind == "json" and self.words:
            head = document.head
            if not all(f'"{word}"' in head for word in self.words) or any(f'"{word}"' in head for word in self.without):
                return None
            return f"it speaks of {', '.join(self.words[:3])}"
        return by_name or None

    @property
    def strength(self) -> tuple[bool, int]:
        """How much a document has to have for this part: the more, the surer."""
        return self.named is not None, len(self.columns) + len(self.words)


@dataclass(frozen=True)
class Layout:
    """A layout: its name on the command line, what it is, and its kinds of files."""

    name: str
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Recognised:
    """A document, what it is, and why."""

    document: Document
    layout: Layout
    part: Part
    why: str


@cache
def all_layouts() -> dict[str, Layout]:
    """The layouts there are, by name."""
    found = {}
    for module in pkgutil.iter_modules(layouts.__path__):
        if module.ispkg:
            layout = importlib.import_module(f"{layouts.__name__}.{module.name}").LAYOUT
            found[layout.name] = layout
    return dict(sorted(found.items()))


def layout_named(name: str) -> Layout | None:
    """The layout, or None for `auto`. Raises BackfillError for a name that there is not."""
    known = all_layouts()
    if name != "auto" and name not in known:
        raise BackfillError(f"there is no layout '{name}'; there are auto, {', '.join(known)}")
    return known.get(name)


def recognise(document: Document, layout: Layout | None) -> list[Recognised]:
    """What a document is: the part that asks for most of what it has, once for each layout that reads it so.

    Raises BackfillError when two parts that read it in different ways ask for the same.
    """
    candidates = [
        Recognised(document, one, part, why)
        for one in ([layout] if layout else all_layouts().values())
        for part in one.parts
        if (why := part.recognises(document))
    ]
    best = max((candidate.part.strength for candidate in candidates), default=None)
    found = [candidate for candidate in candidates if candidate.part.strength == best]
    if len({candidate.part.read for candidate in found}) > 1:
        names = sorted(candidate.layout.name for candidate in found)
        raise BackfillError(
            f"{document.label} can be of {' or '.join(names)}: both fit, and nothing is guessed",
            f"backfill raw import {names[0]} PATH, if it came from there",
        )
    return found
