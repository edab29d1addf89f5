"""Teams as every source names them: NBA ids, codes, cities, nicknames, full and old names (teams.csv)."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TEAMS = Path(__file__).with_name("teams.csv")


@dataclass(frozen=True)
class Names:
    """Tricodes by NBA id, by any code or name, folded, and by full name as bookmakers print it."""

    by_nba_id: dict[int, str]
    by_name: dict[str, str]
    full_names: dict[str, str]


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@cache
def names() -> Names:
    """All names of teams. A city of two teams (Los Angeles) names none of them."""
    with TEAMS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cities = [row["city"] for row in rows]
    by_name: dict[str, str] = {}
    for row in rows:
        spelled = [row["team_abbr"], row["nickname"], f"{row['city']} {row['nickname']}", *row["codes"].split()]
        spelled += [name for name in row["names"].split("|") if name]
        if cities.count(row["city"]) == 1 and row["city"] not in ("LA", "Los Angeles"):
            spelled.append(row["city"])
        by_name.update({_folded(name): row["team_abbr"] for name in spelled})
    return Names(
        {int(row["nba_team_id"]): row["team_abbr"] for row in rows},
        by_name,
        {
            f"{row['city']} {row['nickname']}".replace("LA Clippers", "Los Angeles Clippers"): row["team_abbr"]
            for row in rows
        },
    )


def team(name: object) -> str | None:
    """The tricode of a code, city, nickname or full name; None for a team that is none of the thirty."""
    return names().by_name.get(_folded(str(name))) if name else None


def team_of_id(nba_team_id: object) -> str | None:
    """The tricode of an NBA team id, given as a number or text; None for 0 and for other clubs."""
    try:
        return names().by_nba_id.get(int(float(str(nba_team_id))))
    except ValueError:
        return None
