"""Words of NBA play-by-play feeds, in those of the contract (docs/layouts.md names them side by side)."""

from __future__ import annotations

import math
import re

#: Seconds of a period: four quarters, then overtimes.
QUARTER, OVERTIME = 720, 300
#: The first word of a shot's kind; what stands before it is the name of the shooter and the distance.
_SHOT = re.compile(
    r"\b(3PT )?((?:Alley Oop|Cutting|Driving|Dunk|Fadeaway|Finger Roll|Floating|Hook|Jump|Layup|Pull-?[Uu]p|Putback|"
    r"Reverse|Running|Step Back|Tip|Turnaround)\b[^()]*)"
)
_DISTANCE = re.compile(r"(\d+)' ")
_FREE_THROW = re.compile(r"Free Throw ?(Technical|Flagrant|Clear Path)? ?(?:(\d) of (\d))?", re.IGNORECASE)
_CLOCK = re.compile(r"(?:PT)?(\d+)(?:M|:)(\d+)(?:\.\d+)?S?")
ASSIST = re.compile(r"\(([^()]+?) \d+ AST\)")
SUBSTITUTION = re.compile(r"SUB: (.+?) FOR (.+)")
JUMP_BALL = re.compile(r"Jump Ball (.+?) vs\. (.+?)(?:: Tip to .*)?$")
REBOUNDS = re.compile(r"\(Off:(\d+) Def:(\d+)\)")
FOULS = {"defense 3 second": "defensive 3 seconds technical"}
TURNOVERS = {"shot clock": "shot clock violation", "no": None, "out of bounds - bad pass": "out of bounds bad pass"}


def elapsed(period: int | None, remaining: str | None) -> int | None:
    """Seconds played in the period, of the time that remains (`PT11M42.00S`, `11:42`): its length less the whole
    seconds that remain."""
    found = _CLOCK.fullmatch(remaining or "")
    if not found or period is None:
        return None
    return (QUARTER if period <= 4 else OVERTIME) - int(found[1]) * 60 - int(found[2])


def kind_of_shot(description: str, is_three: bool) -> str | None:
    """`driving layup`, `3pt jump shot`: the words of the text, which say less than the codes (`Fadeaway Jumper`)."""
    found = _SHOT.search(description)
    if not found:
        return "3pt" if is_three else None
    kind = found[2].strip().lower()
    return ("3pt " if is_three else "") + (f"{kind} shot" if kind == "turnaround fadeaway" else kind)


def printed_distance(description: str) -> float | None:
    """Feet, as the text prints them; None where it prints none (at the rim, corner threes)."""
    found = _DISTANCE.search(description)
    return float(found[1]) if found else None


def distance_of(x: float | None, y: float | None) -> float | None:
    """Whole feet from the basket of coordinates in tenths of a foot."""
    return None if x is None or y is None else float(round(math.hypot(x, y) / 10))


def free_throw(words: str) -> str:
    """`free throw 1/2`, `free throw technical`, `free throw flagrant 1/2` of `Free Throw 1 of 2` and the like."""
    found = _FREE_THROW.search(words)
    kind, number, of = found.groups() if found else (None, None, None)
    if (kind or "").lower() == "technical" and of == "1":
        number = None  # one feed numbers the only technical free throw, the others do not
    parts = ["free throw", (kind or "").lower(), f"{number}/{of}" if number else ""]
    return " ".join(part for part in parts if part)


def foul(words: str) -> str | None:
    """The kind of a foul, in lower case."""
    found = words.strip().lower()
    return FOULS.get(found, found) or None


def turnover(words: str) -> str | None:
    """The kind of a turnover, in lower case, without the word turnover."""
    found = re.sub(r"( turnover)+$", "", words.strip().lower())
    return TURNOVERS.get(found, found) or None
