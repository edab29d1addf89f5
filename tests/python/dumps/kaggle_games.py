"""Tables of games: nathanlauga's games.csv, with days before months, and wyattowalsh's game.csv."""

from pathlib import Path

from dumps.league import FULL_NAMES, TEAM_IDS, League, write_csv
from dumps.nba_api_season import LOG

NEEDS: tuple[str, ...] = ()
FILLS = {
    "nbac_schedule": ("is_primetime", "neutral_site_flag", "game_date_est", "arena_name", "arena_city", "arena_state"),
    "nbac_team_boxscore": (),
}
OTHERWISE: tuple[str, ...] = ()


def write(league: League, folder: Path) -> None:
    """Both files hold all games."""
    games = [game for game in league.rows["nbac_schedule"] if game["game_status"] == 3]
    write_csv(
        folder / "games.csv",
        [
            {
                "GAME_DATE_EST": f"{game['game_date']:%d/%m/%Y}",
                "GAME_ID": int(game["game_id"]),
                "GAME_STATUS_TEXT": "Final",
                "HOME_TEAM_ID": TEAM_IDS[game["home_team_tricode"]],
                "VISITOR_TEAM_ID": TEAM_IDS[game["away_team_tricode"]],
                "PTS_home": game["home_team_score"],
                "PTS_away": game["away_team_score"],
            }
            for game in games
        ],
    )
    totals = {(row["nba_game_id"], row["is_home"]): row for row in league.rows["nbac_team_boxscore"]}
    rows = []
    for game in games:
        row = {"game_id": int(game["game_id"]), "game_date": f"{game['game_date']} 00:00:00"}
        for side, is_home in (("home", True), ("away", False)):
            total = totals[game["game_id"], is_home]
            row |= {
                f"team_id_{side}": TEAM_IDS[total["team_abbr"]],
                f"team_name_{side}": FULL_NAMES[total["team_abbr"]],
                **{f"{theirs.lower()}_{side}": total[ours] for theirs, ours in LOG.items()},
            }
            row["min"] = int(total["minutes"].split(":")[0])
        rows.append(row)
    write_csv(folder / "game.csv", rows)
