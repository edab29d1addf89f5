"""Archives of closing lines: the CSV of all seasons, the workbook of one."""

from pathlib import Path

from dumps.league import FULL_NAMES, League, Row, write_csv

NEEDS: tuple[str, ...] = ()
FILLS = {"odds_api_game_lines": ("game_id", "commence_time", "outcome_price", "snapshot_timestamp")}
#: The layout has a book of its own, which no row of the league is of.
OTHERWISE = ("odds_api_game_lines",)


def lines(league: League) -> dict[str, tuple[float, float]]:
    """A spread of the home team and a total for every game."""
    return {game_id: (float(number % 9) - 4.5, 210.5 + number) for number, game_id in enumerate(league.games)}


def write(league: League, folder: Path) -> None:
    """All games in the CSV; the same in the workbook, whose rows of a game swap what they hold."""
    from openpyxl import Workbook

    rows, book = [], Workbook()
    book.active.append(["Date", "Rot", "VH", "Team", "1st", "2nd", "3rd", "4th", "Final", "Open", "Close", "ML", "2H"])
    for game_id, (spread, total) in lines(league).items():
        game: Row = league.games[game_id]
        day, away, home = game["game_date"], game["away_team_tricode"], game["home_team_tricode"]
        rows.append(
            {
                "season": 2024,
                "dates": f"{day.month}/{day.day}/{day.year}",
                "away": away.lower(),
                "home": {"GSW": "gs", "NOP": "no", "NYK": "ny", "SAS": "sa", "UTA": "utah"}.get(home, home.lower()),
                "whos_favored": "home" if spread < 0 else "away",
                "spread": abs(spread),
                "total": total,
                "moneyline_home": -110,
            }
        )
        held = {"V": (total, abs(spread)) if spread < 0 else (abs(spread), total)}
        held["H"] = held["V"][::-1]
        for place, team, opened, closed in (
            ("V", away, 220.5, held["V"][0]),
            ("H", home, "pk", held["H"][0]),
        ):
            name = FULL_NAMES[team].rsplit(" ", 2 if team == "POR" else 1)[0].replace(" ", "")
            name = {"LAC": "LAClippers", "LAL": "LALakers"}.get(team, name)
            book.active.append([day.month * 100 + day.day, 501, place, name, 1, 1, 1, 1, 4, opened, closed, -110, 1])
    write_csv(folder / "nba_2008-2024.csv", rows)
    book.save(folder / "nba odds 2023-24.xlsx")
