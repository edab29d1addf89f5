"""Shot zones of a player and of a defence on a date: one data file a month, loaded when it is asked for."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from backfill.base.warehouse import Warehouse
from backfill.site.pages import Site

ZONES = ("paint", "mid_range", "three_pt")
PLAYERS = """
    select game_date, player_lookup, games_in_sample_10,
        1e0 * paint_rate_last_10 as paint_rate, 1e0 * mid_range_rate_last_10 as mid_range_rate,
        1e0 * three_pt_rate_last_10 as three_pt_rate,
        1e0 * paint_pct_last_10 as paint_pct, 1e0 * mid_range_pct_last_10 as mid_range_pct,
        1e0 * three_pt_pct_last_10 as three_pt_pct
    from {{ ref('player_shot_zone_analysis') }} where game_date >= cast('1946-11-01' as date)
    order by game_date, player_lookup
"""
DEFENCES = """
    select game_date, team_abbr, games_in_sample,
        paint_pct_allowed_last_15, mid_range_pct_allowed_last_15, three_pt_pct_allowed_last_15,
        paint_attempts_allowed_per_game, mid_range_attempts_allowed_per_game, three_pt_attempts_allowed_per_game
    from {{ ref('team_defense_zone_analysis') }} where game_date >= cast('1946-11-01' as date)
    order by game_date, team_abbr
"""
OPPONENTS = """
    select game_date, player_lookup, min(opponent_team_abbr) as opponent from {{ ref('upcoming_player_game_context') }}
    where game_date >= cast('1946-11-01' as date) group by game_date, player_lookup
"""
NAMES = """
    select player_lookup, max(player_full_name) as name from {{ ref('player_game_summary') }}
    where game_date >= cast('1946-11-01' as date) group by player_lookup
"""


def write_shots(site: Site, warehouse: Warehouse) -> None:
    """The page, and a file for each month. Without a row in the zone tables the page says so."""
    names = {row["player_lookup"]: row["name"] for row in warehouse.rows(NAMES)}
    opponents = {(row["game_date"], row["player_lookup"]): row["opponent"] for row in warehouse.rows(OPPONENTS)}
    months: dict[str, dict[date, dict[str, list[Any]]]] = defaultdict(dict)
    for kind, sql in (("players", PLAYERS), ("defences", DEFENCES)):
        for row in warehouse.rows(sql):
            game_date, key, games, *values = row.values()
            day = months[f"{game_date:%Y-%m}"].setdefault(game_date, {"players": [], "defences": []})
            numbers = [None if value is None else round(float(value), 3) for value in values]
            opponent = [opponents.get((game_date, key), "")] if kind == "players" else []
            day[kind].append([key, games, *numbers, *opponent])
    for month, days in months.items():
        listed = sorted({row[0] for day in days.values() for row in day["players"]})
        position = {key: number for number, key in enumerate(listed)}
        for day in days.values():
            for row in day["players"]:
                row[0] = position[row[0]]
        data = {
            "names": [names.get(key, key) for key in listed],
            "days": {str(day): rows for day, rows in days.items()},
        }
        site.data(f"pictures/shots-{month}.js", f"shots['{month}']", data)
    site.page("pictures/shots.html", "shots.html", "Shot zones", months=sorted(months, reverse=True))
