"""Values as other programs print them, read strictly: what a text cannot mean is refused, never guessed.

Every reader here takes what a JSON document or a CSV cell can hold, gives None for "there is no value", and raises
ValueError, saying what was expected, for anything else.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from backfill.raw.values import SPELLED_OUT

EASTERN = ZoneInfo("America/New_York")
#: How files write that there is no value, in any column.
NOTHING = frozenset(("", "nan", "nat", "null", "none", "na", "n/a", "<na>"))
_LETTERS = str.maketrans(SPELLED_OUT)
_ISO_MINUTES = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")
#: Dates as NBA.com, Basketball-Reference, ESPN and spreadsheets print them.
_DATES = ("%Y-%m-%d", "%m/%d/%Y", "%b %d, %Y", "%a, %b %d, %Y", "%a %b %d %Y", "%B %d, %Y", "%Y%m%d")


def text(value: Any) -> str | None:
    """A text without blanks around it; None for an empty one."""
    if value is None:
        return None
    found = str(value).strip()
    return None if found.lower() in NOTHING else found


def person(value: Any) -> str | None:
    """A person's name. What a spreadsheet would run as a formula (`=...`, `+...`, `@...`) is none."""
    found = text(value)
    if found and found[0] in "=+-@|":
        raise ValueError(f"expected a name, found what a spreadsheet would run as a formula: '{found[:40]}'")
    return found


def number(value: Any) -> float | None:
    """A finite number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return None if math.isnan(value) else float(value)
    found = text(value)
    if found is None:
        return None
    try:
        return float(found)
    except ValueError:
        hint = " (decimal comma?)" if re.fullmatch(r"[+-]?\d+,\d+", found) else ""
        raise ValueError(f"expected a number, found '{found}'{hint}") from None


def whole(value: Any) -> int | None:
    """A whole number; 4.0 is 4."""
    if type(value) is int:
        return value
    found = number(value)
    if found is None:
        return None
    if found != int(found):
        raise ValueError(f"expected a whole number, found '{value}'")
    return int(found)


def flag(value: Any) -> bool | None:
    """True or false, also as 1 and 0."""
    if isinstance(value, bool):
        return value
    found = text(value)
    if found is None:
        return None
    if found.lower() in ("true", "t", "1", "1.0", "y", "yes"):
        return True
    if found.lower() in ("false", "f", "0", "0.0", "n", "no"):
        return False
    raise ValueError(f"expected true or false, found '{value}'")


def seconds_played(value: Any) -> int | None:
    """Seconds of `36:12`, `6:48`, `PT36M12.00S`, `36`, `39.1667` or `36.000000:12`; None when there is none."""
    found = text(value)
    if found is None:
        return None
    iso = _ISO_MINUTES.fullmatch(found)
    if iso:
        hours, minutes, seconds = iso.groups(default="0")
        return int(hours) * 3600 + int(minutes) * 60 + int(float(seconds))
    minutes, colon, seconds = found.partition(":")
    try:
        if colon:
            return int(float(minutes)) * 60 + int(seconds)
        return round(float(minutes) * 60)
    except ValueError:
        raise ValueError(f"expected minutes as 36:12, found '{found}'") from None


def clock(seconds: int | None) -> str | None:
    """MM:SS."""
    return None if seconds is None else f"{seconds // 60:02}:{seconds % 60:02}"


def day(value: Any, formats: tuple[str, ...] = _DATES) -> date | None:
    """A calendar date; the time of day of a timestamp is left off, without moving it between zones."""
    found = text(value)
    if found is None:
        return None
    if re.match(r"\d{4}-\d{2}-\d{2}[T ]", found):
        found = found[:10]
    found = re.sub(r" 00:00:00$", "", found)
    for pattern in formats:
        try:
            return datetime.strptime(found, pattern).date()
        except ValueError:
            continue
    raise ValueError(f"expected a date, found '{value}'")


def eastern_clock(value: Any) -> datetime | None:
    """An Eastern clock time that carries a zone it does not mean (NBA.com writes Eastern with a Z): the zone goes."""
    found = text(value)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(found).replace(tzinfo=None)
    except ValueError:
        raise ValueError(f"expected a time, found '{found}'") from None


def instant(value: Any) -> datetime | None:
    """A moment, as a UTC clock time without zone; one without a mark is UTC already."""
    found = text(value)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:
        raise ValueError(f"expected a time, found '{found}'") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(tzinfo=None)


def to_eastern(moment: datetime) -> datetime:
    """A UTC clock time on the Eastern clock, daylight saving included."""
    return moment.replace(tzinfo=UTC).astimezone(EASTERN).replace(tzinfo=None)


def lookup(name: str | None) -> str | None:
    """The key of a name: lower case, accents folded, only a-z and 0-9 (definitions G12)."""
    if not name:
        return None
    folded = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    return re.sub(r"[^a-z0-9]", "", folded) or None


def american(price: float | None) -> int | None:
    """An American price; a decimal one (from 1 up to 100) is converted and rounded, ties away from zero."""
    if price is None or abs(price) >= 100:
        return None if price is None else round(price)
    if price <= 1:
        return None
    odds = 100 * (price - 1) if price >= 2 else -100 / (price - 1)
    return math.floor(abs(odds) + 0.5) * (1 if odds > 0 else -1)


def decimal(price: float | None) -> float | None:
    """A decimal price; an American one (from 100 away from zero) is converted, to six places."""
    if price is None or abs(price) < 100:
        return price
    return round(1 + (price / 100 if price > 0 else 100 / -price), 6)


def game_id(value: Any) -> str | None:
    """An NBA game id of 10 digits; leading zeros that a data frame dropped are put back."""
    found = text(value)
    if found is None:
        return None
    digits = re.sub(r"\.0+$", "", found)
    if re.fullmatch(r"[1-9]\d{7}", digits):
        return "00" + digits
    if re.fullmatch(r"00\d{8}", digits):
        return digits
    raise ValueError(f"expected an NBA game id of 10 digits, found '{found}'")


def season_of_id(nba_game_id: str) -> int:
    """First calendar year of the season of an NBA game id: its fourth and fifth digit."""
    year = int(nba_game_id[3:5])
    return (2000 if year < 46 else 1900) + year
