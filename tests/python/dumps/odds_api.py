"""The Odds API: a historical answer an event and snapshot for props, a current one for game lines."""

from collections import defaultdict
from pathlib import Path

from dumps.league import FULL_NAMES, League, Row, write_json

NEEDS: tuple[str, ...] = ()
FILLS = {"odds_api_player_points_props": (), "odds_api_game_lines": ("snapshot_kind",)}
OTHERWISE: tuple[str, ...] = ()


def expected(league: League, table: str, rows: list[Row]) -> list[Row]:
    """The rows that have an event: a consensus of other sources is among the league's lines."""
    if table == "odds_api_player_points_props":
        return [row | {"line_order": row["line_order"] or 1} for row in rows]
    return [row for row in rows if _has_event(row)]


def _has_event(row: Row) -> bool:
    return row["game_id"] is not None and row["snapshot_timestamp"] is not None


def _event(row: Row, event_id: str, starts_at: object) -> Row:
    return {
        "id": event_id,
        "sport_key": "basketball_nba",
        "sport_title": "NBA",
        "commence_time": f"{starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "home_team": FULL_NAMES[row["home_team_abbr"]],
        "away_team": FULL_NAMES[row["away_team_abbr"]],
    }


def write(league: League, folder: Path) -> None:
    """Props with American prices, in one answer a snapshot; lines with decimal ones."""
    snapshots: dict[tuple, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in league.rows["odds_api_player_points_props"]:
        key = row["odds_api_event_id"], row["snapshot_timestamp"]
        snapshots[key][row["bookmaker"]].append(row)
    for number, ((event_id, taken_at), books) in enumerate(snapshots.items()):
        first = next(iter(books.values()))[0]
        bookmakers = [
            {"key": book, "title": book, "markets": [{"key": "player_points", "outcomes": _sides(rows)}]}
            for book, rows in books.items()
        ]
        data = _event(first, event_id, first["game_start_time"]) | {"bookmakers": bookmakers}
        write_json(
            folder / f"historical_{number}.json",
            {"timestamp": f"{taken_at:%Y-%m-%dT%H:%M:%SZ}", "previous_timestamp": None, "data": data},
        )
    lines: dict[tuple, dict[tuple, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in filter(_has_event, league.rows["odds_api_game_lines"]):
        key = row["game_id"], row["snapshot_timestamp"]
        lines[key][row["bookmaker_key"], row["market_key"]].append(row)
    for number, ((event_id, taken_at), markets) in enumerate(lines.items()):
        first = next(iter(markets.values()))[0]
        bookmakers = [
            {
                "key": book,
                "title": book,
                "last_update": f"{taken_at:%Y-%m-%dT%H:%M:%SZ}",
                "markets": [
                    {
                        "key": market,
                        "outcomes": [
                            {"name": row["outcome_name"], "price": row["outcome_price"], "point": row["outcome_point"]}
                            for row in rows
                        ],
                    }
                ],
            }
            for (book, market), rows in markets.items()
        ]
        write_json(
            folder / f"odds_{number}.json",
            [_event(first, event_id, first["commence_time"]) | {"bookmakers": bookmakers}],
        )


def _sides(rows: list[Row]) -> list[Row]:
    ordered = sorted(rows, key=lambda row: (row["player_name"], row["line_order"] or 0))
    return [
        {"name": side, "description": row["player_name"], "price": row[column], "point": row["points_line"]}
        for row in ordered
        for side, column in (("Over", "over_price_american"), ("Under", "under_price_american"))
        if row[column] is not None
    ]
