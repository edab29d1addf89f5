"""One Phase 4 table the way the hand-run jobs made it: for each date a query, for each player a small data frame.

Computes the ten-game rates of player_shot_zone_analysis, and only those: less work than the model does.
"""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

import duckdb

GAMES = """
    select player_lookup, game_date, game_id, paint_attempts, mid_range_attempts, three_pt_attempts, fg_attempts
    from nba_analytics.player_game_summary
    where season_year = ? and game_date < ? and seconds_played > 0
"""
DAYS = """
    select distinct game_date, season_year from nba_staging.int_schedule__games
    where game_date between ? and ? order by game_date
"""


def rates_of_a_date(connection: duckdb.DuckDBPyConnection, season: int, day: date) -> list[dict[str, Any]]:
    """A row for each player with ten games before the date: shares of his shots by zone, percent."""
    games = connection.execute(GAMES, [season, day]).df()
    rows = []
    for player, played in games.groupby("player_lookup"):
        last = played.sort_values(["game_date", "game_id"]).tail(10)
        if len(last) < 10:
            continue
        known = last[last["paint_attempts"].notna() & last["mid_range_attempts"].notna()]
        shots = known["paint_attempts"].sum() + known["mid_range_attempts"].sum() + known["three_pt_attempts"].sum()
        rows.append(
            {
                "player_lookup": player,
                "game_date": day,
                "paint_rate_last_10": 100 * known["paint_attempts"].sum() / shots if shots else None,
                "mid_range_rate_last_10": 100 * known["mid_range_attempts"].sum() / shots if shots else None,
                "three_pt_rate_last_10": 100 * known["three_pt_attempts"].sum() / shots if shots else None,
            }
        )
    return rows


def main() -> None:
    """Print how many rows came of the dates of the command line."""
    warehouse, start, end = sys.argv[1:4]
    with duckdb.connect(warehouse, read_only=True) as connection:
        days = connection.execute(DAYS, [start, end]).fetchall()
        print(sum(len(rates_of_a_date(connection, season, day)) for day, season in days))


if __name__ == "__main__":
    main()
