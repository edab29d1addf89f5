"""hoopR's player_box."""

from pathlib import Path

from backfill.raw.layouts.hoopr.player_box import STATISTICS

from dumps.league import FULL_NAMES, NICKNAMES, League, Row, without_inactive, write_csv

NEEDS: tuple[str, ...] = ()
FILLS = {"nbac_gamebook_player_stats": ("dnp_reason",), "nba_players_registry": ("birth_date",)}
OTHERWISE: tuple[str, ...] = ()


def expected(league: League, table: str, rows: list[Row]) -> list[Row]:
    """Who was inactive is not there, and minutes are whole."""
    return [
        row
        if row["minutes"] is None
        else row
        | {
            "minutes": f"{round(row['minutes_decimal']):02}:00",
            "minutes_decimal": float(round(row["minutes_decimal"])),
        }
        for row in without_inactive(league, table, rows)
    ]


def write(league: League, folder: Path) -> None:
    """One file; a row of another league is among them, with codes that this one knows, too."""
    rows = [_row(row) for row in league.rows["nbac_gamebook_player_stats"] if row["player_status"] != "inactive"]
    rows.append(rows[0] | {"team_location": "New York", "team_name": "Liberty", "team_abbreviation": "NY"})
    write_csv(folder / "player_box_2024.csv", rows)


def _row(row: Row) -> Row:
    own, at_home = row["team_abbr"], row["team_abbr"] == row["home_team_abbr"]
    other = row["away_team_abbr"] if at_home else row["home_team_abbr"]
    played = row["player_status"] == "active"
    return {
        "game_id": 401580001,
        "season": 2024,
        "season_type": 2,
        "game_date": str(row["game_date"]),
        "athlete_id": 1,
        "athlete_display_name": row["player_name"],
        "team_name": NICKNAMES[own],
        "team_location": FULL_NAMES[own].removesuffix(NICKNAMES[own]).strip(),
        "team_abbreviation": own,
        "minutes": round(row["minutes_decimal"]) if played else "",
        **{theirs: row[ours] if played else "" for ours, theirs in STATISTICS.items()},
        "plus_minus": f"{row['plus_minus']:+}" if played and row["plus_minus"] is not None else "",
        "starter": str(bool(row["starter"])).upper(),
        "did_not_play": str(not played).upper(),
        "reason": "COACH'S DECISION",
        "active": "TRUE",
        "home_away": "home" if at_home else "away",
        "opponent_team_name": NICKNAMES[other],
        "opponent_team_location": FULL_NAMES[other].removesuffix(NICKNAMES[other]).strip(),
    }
