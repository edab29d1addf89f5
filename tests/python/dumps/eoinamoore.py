"""Kaggle's historical NBA data."""

from pathlib import Path

from dumps.cdn import TEAM
from dumps.league import FULL_NAMES, TEAM_IDS, League, Row, without_inactive, write_csv
from dumps.nba_api_season import V3

NEEDS: tuple[str, ...] = ()
#: No inactive players; the schedule has no flags.
FILLS = {
    "nbac_schedule": ("is_primetime", "neutral_site_flag"),
    "nbac_gamebook_player_stats": (),
    "nbac_player_boxscores": (),
    "nbac_team_boxscore": (),
    "nba_players_registry": ("birth_date",),
}
OTHERWISE: tuple[str, ...] = ()
expected = without_inactive


def _sides(game: Row) -> Row:
    home, away = game["home_team_tricode"], game["away_team_tricode"]
    return {"hometeamId": TEAM_IDS[home], "awayteamId": TEAM_IDS[away]}


def write(league: League, folder: Path) -> None:
    """Four files; the zone that the clock carries means nothing."""
    games = [game for game in league.rows["nbac_schedule"] if game["game_status"] == 3]
    same = {
        game["game_id"]: {
            "gameId": int(game["game_id"]),
            "gameDateTimeEst": f"{game['game_date_est']:%Y-%m-%d %H:%M:%S}+00:00",
        }
        for game in games
    }
    write_csv(
        folder / "LeagueSchedule23_24.csv",
        [
            same[game["game_id"]]
            | {
                "arenaCity": game["arena_city"],
                "arenaState": game["arena_state"],
                "arenaName": game["arena_name"],
                "gameLabel": "",
                "gameSubtype": "",
                "weekNumber": 1,
            }
            | _sides(game)
            for game in games
        ],
    )
    write_csv(
        folder / "Games.csv",
        [
            same[game["game_id"]]
            | _sides(game)
            | {"homeScore": game["home_team_score"], "awayScore": game["away_team_score"]}
            for game in games
        ],
    )
    write_csv(
        folder / "TeamStatistics.csv",
        [
            same[row["nba_game_id"]]
            | {theirs: row[ours] for theirs, ours in TEAM.items()}
            | {
                "teamId": TEAM_IDS[row["team_abbr"]],
                "opponentTeamId": TEAM_IDS[_other(league, row)],
                "home": int(row["is_home"]),
                "teamScore": row["points"],
                "reboundsTotal": row["total_rebounds"],
                "turnovers": row["turnovers"] - 1,
                "turnoversTeam": 1,
                "plusMinusPoints": row["plus_minus"],
                "numMinutes": float(row["minutes"].split(":")[0]),
            }
            for row in league.rows["nbac_team_boxscore"]
        ],
    )
    write_csv(folder / "PlayerStatistics.csv", [_player(league, same, row) for row in _listed(league)])


def _listed(league: League) -> list[Row]:
    return [row for row in league.rows["nbac_gamebook_player_stats"] if row["player_status"] != "inactive"]


def _other(league: League, row: Row) -> str:
    game = league.games[row["game_id"]]
    return game["away_team_tricode"] if row["is_home"] else game["home_team_tricode"]


def _player(league: League, same: dict[str, Row], row: Row) -> Row:
    first, _, last = row["player_name"].partition(" ")
    at_home = row["team_abbr"] == row["home_team_abbr"]
    other = row["away_team_abbr"] if at_home else row["home_team_abbr"]
    minutes = row["minutes"].split(":") if row["minutes"] else None
    return same[league.nba_id(row["game_id"])] | {
        "firstName": first,
        "lastName": last,
        "personId": league.person_ids[row["player_lookup"]],
        "playerteamCity": FULL_NAMES[row["team_abbr"]],
        "home": int(at_home),
        "numMinutes": int(minutes[0]) + int(minutes[1]) / 60 if minutes else "",
        **{theirs: row[ours] or 0 for theirs, ours in V3.items()},
        "plusMinusPoints": row["plus_minus"] or 0,
        "playerteamId": TEAM_IDS[row["team_abbr"]],
        "opponentteamId": TEAM_IDS[other],
        "comment": row["dnp_reason"] or "",
        "startingPosition": "F" if row["starter"] else "",
    }
