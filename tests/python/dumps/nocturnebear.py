"""The collection NBA-Data-2010-2024."""

from pathlib import Path

from dumps.league import TEAM_IDS, League, without_inactive, write_csv
from dumps.nba_api_season import V3, Season, _team_logs

NEEDS: tuple[str, ...] = ()
FILLS = {
    "nbac_schedule": ("is_primetime", "neutral_site_flag", "game_date_est", "arena_name", "arena_city", "arena_state"),
    "nbac_gamebook_player_stats": (),
    "nbac_player_boxscores": (),
    "nbac_team_boxscore": (),
    "nba_players_registry": ("birth_date",),
}
OTHERWISE: tuple[str, ...] = ()
expected = without_inactive


def write(league: League, folder: Path) -> None:
    """Box scores and totals of the regular season."""
    write_csv(
        folder / "regular_season_box_scores_2010_2024_part_1.csv",
        [
            {
                "season_year": "2023-24",
                "game_date": str(row["game_date"]),
                "gameId": int(league.nba_id(row["game_id"])),
                "matchup": f"{row['home_team_abbr']} vs. {row['away_team_abbr']}",
                "teamId": TEAM_IDS[row["team_abbr"]],
                "personId": league.person_ids[row["player_lookup"]],
                "personName": row["player_name"],
                "position": "F" if row["starter"] else "",
                "comment": row["dnp_reason"] or "",
                "minutes": (row["minutes"] or "").removeprefix("0"),
                **{theirs: row[ours] or 0 for theirs, ours in V3.items()},
                "plusMinusPoints": row["plus_minus"] or 0,
            }
            for row in league.rows["nbac_gamebook_player_stats"]
            if row["player_status"] != "inactive"
        ],
    )
    season = Season(
        [game for game in league.rows["nbac_schedule"] if game["game_status"] == 3],
        {},
        league.of_game("nbac_team_boxscore"),
        [],
        {},
        {},
    )
    write_csv(
        folder / "regular_season_totals_2010_2024.csv",
        [
            {name: value for name, value in row.items() if name not in ("SEASON_ID", "VIDEO_AVAILABLE")}
            | {"SEASON_YEAR": "2023-24", "MIN": row["MIN"] / 5, "BLKA": 0, "PFD": 0}
            for row in _team_logs(season)
        ],
    )
