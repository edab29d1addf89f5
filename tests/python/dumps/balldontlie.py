"""balldontlie's box scores."""

from pathlib import Path

from backfill.raw.layouts.balldontlie.answers import STATISTICS

from dumps.league import FULL_NAMES, League, Row, write_json

NEEDS: tuple[str, ...] = ()
FILLS = {"bdl_player_boxscores": ()}
OTHERWISE: tuple[str, ...] = ()


def expected(league: League, table: str, rows: list[Row]) -> list[Row]:
    """00 minutes means there that he did not play."""
    return [row for row in rows if row["minutes"] != "00"]


def write(league: League, folder: Path) -> None:
    """One answer a date."""
    lines = league.of_game("bdl_player_boxscores")
    for day in sorted({game["game_date"] for game in league.games.values()}):
        games = [
            {
                "date": str(day),
                "season": 2023,
                "status": "Final",
                "postseason": False,
                **{
                    side: {
                        "id": 1,
                        "full_name": FULL_NAMES[game[column]].replace("Los Angeles Clippers", "LA Clippers"),
                        "players": [_line(row) for row in lines[game_id] if row["team_abbr"] == game[column]],
                    }
                    for side, column in (("home_team", "home_team_tricode"), ("visitor_team", "away_team_tricode"))
                },
            }
            for game_id, game in league.games.items()
            if game["game_date"] == day
        ]
        write_json(folder / f"box_scores_{day}.json", {"data": games})


def _line(row: Row) -> Row:
    first, _, last = row["player_full_name"].partition(" ")
    counts = {theirs: row["rebounds" if ours == "total_rebounds" else ours] for ours, theirs in STATISTICS.items()}
    return {"min": row["minutes"], **counts, "player": {"id": 1, "first_name": first, "last_name": last}}
