"""The injury report as a parser leaves it: a CSV a report, named after when it was published."""

from collections import defaultdict
from pathlib import Path

from dumps.league import FULL_NAMES, League, Row, write_csv

NEEDS: tuple[str, ...] = ()
FILLS = {"nbac_injury_report": ("confidence_score",)}
OTHERWISE: tuple[str, ...] = ()


def expected(league: League, table: str, rows: list[Row]) -> list[Row]:
    """The league has rows of an unknown team; a report has none."""
    return [row for row in rows if row["team"] in FULL_NAMES]


def write(league: League, folder: Path) -> None:
    """One file a report; a team that has not reported stands in it, too."""
    reports: dict[tuple, list[Row]] = defaultdict(list)
    for row in expected(league, "nbac_injury_report", league.rows["nbac_injury_report"]):
        reports[row["report_date"], row["report_hour"]].append(row)
    for (day, hour), rows in reports.items():
        half = f"{(hour - 1) % 12 + 1:02}{'PM' if hour >= 12 else 'AM'}"
        listed = [_row(row) for row in rows]
        not_yet = listed[0] | {"Player Name": "", "Current Status": "", "Reason": "NOT YET SUBMITTED"}
        write_csv(folder / f"Injury-Report_{day}_{half}.csv", [*listed, not_yet])


def _row(row: Row) -> Row:
    _, away, home = row["game_id"].split("_")
    first, _, last = row["player_full_name"].partition(" ")
    return {
        "Game Date": f"{row['game_date']:%m/%d/%Y}",
        "Game Time": "07:30 (ET)",
        "Matchup": f"{away}@{home}",
        "Team": FULL_NAMES[row["team"]].replace("Los Angeles Clippers", "LA Clippers"),
        "Player Name": f"{last}, {first}",
        "Current Status": row["injury_status"].title(),
        "Reason": row["reason"],
    }
