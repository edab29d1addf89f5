"""Live data of cdn.nba.com."""

from collections import defaultdict
from datetime import timedelta
from pathlib import Path

from dumps.league import TEAM_IDS, League, Row, with_listed_names, write_json
from dumps.nba_api_season import V3

NEEDS: tuple[str, ...] = ()
TEAM = {
    "fieldGoalsMade": "fg_made",
    "fieldGoalsAttempted": "fg_attempted",
    "threePointersMade": "three_pt_made",
    "threePointersAttempted": "three_pt_attempted",
    "freeThrowsMade": "ft_made",
    "freeThrowsAttempted": "ft_attempted",
    "reboundsOffensive": "offensive_rebounds",
    "reboundsDefensive": "defensive_rebounds",
    "reboundsPersonal": "total_rebounds",
    "assists": "assists",
    "steals": "steals",
    "blocks": "blocks",
    "turnoversTotal": "turnovers",
    "foulsPersonal": "personal_fouls",
    "points": "points",
}
#: Columns that the files do not tell, by table, and rows that come back; a table that is not here does not.
FILLS = {
    "nbac_schedule": ("is_primetime", "neutral_site_flag"),
    "nbac_gamebook_player_stats": (),
    "nbac_player_boxscores": (),
    "nbac_team_boxscore": (),
    "bigdataball_play_by_play": (),
    "nba_players_registry": ("birth_date",),
}
OTHERWISE: tuple[str, ...] = ()


def expected(league: League, table: str, rows: list[Row]) -> list[Row]:
    """Events without replays, which the feed does not have."""
    if table != "bigdataball_play_by_play":
        return rows
    kept, counts = [], {}
    for row in with_listed_names(league, table, rows):
        if row["event_type"] != "instant replay":
            counts[row["game_id"]] = counts.get(row["game_id"], 0) + 1
            kept.append(row | {"event_sequence": counts[row["game_id"]]})
    return kept


def write(league: League, folder: Path) -> None:
    """A box score and a play-by-play a game."""
    listed, totals = league.of_game("nbac_gamebook_player_stats"), league.of_game("nbac_team_boxscore")
    events: dict[str, list[Row]] = defaultdict(list)
    for event in with_listed_names(league, "bigdataball_play_by_play", league.rows["bigdataball_play_by_play"]):
        events[event["game_id"]].append(event)
    for game_id, game in league.games.items():
        if game["game_status"] != 3:
            continue
        nba_id = game["game_id"]
        write_json(folder / f"boxscore_{nba_id}.json", _box(league, game, listed[game_id], totals[game_id]))
        if events[game_id]:
            actions = _actions(league, events[game_id])
            write_json(
                folder / f"playbyplay_{nba_id}.json.gz",
                {"meta": {"version": 1, "code": 200}, "game": {"gameId": nba_id, "actions": actions}},
            )


def _box(league: League, game: Row, listed: list[Row], totals: list[Row]) -> Row:
    day, home, away = game["game_date"], game["home_team_tricode"], game["away_team_tricode"]
    sides = {}
    for side, own, score in (("homeTeam", home, "home_team_score"), ("awayTeam", away, "away_team_score")):
        total = next(row for row in totals if row["team_abbr"] == own)
        counts = {theirs: total[ours] for theirs, ours in TEAM.items()}
        minutes = int(total["minutes"].split(":")[0])
        sides[side] = {
            "teamId": TEAM_IDS[own],
            "teamTricode": own,
            "score": game[score],
            "players": [_player(league, row) for row in listed if row["team_abbr"] == own],
            "statistics": counts
            | {
                "minutes": f"PT{minutes}M00.00S",
                "turnovers": counts["turnoversTotal"] - 1,
                "reboundsTotal": counts["reboundsPersonal"] + 9,
                "pointsAgainst": total["points"] - total["plus_minus"],
            },
        }
    return {
        "meta": {"version": 1, "code": 200},
        "game": {
            "gameId": game["game_id"],
            "gameTimeUTC": f"{game['game_date_est'] + timedelta(hours=5):%Y-%m-%dT%H:%M:%SZ}",
            "gameEt": f"{game['game_date_est']:%Y-%m-%dT%H:%M:%S}-05:00",
            "gameCode": f"{day:%Y%m%d}/{away}{home}",
            "gameStatus": game["game_status"],
            "arena": {
                "arenaName": game["arena_name"],
                "arenaCity": game["arena_city"],
                "arenaState": game["arena_state"],
            },
            "officials": [],
            **sides,
        },
    }


def _player(league: League, row: Row) -> Row:
    first, _, family = row["player_name"].partition(" ")
    minutes = (row["minutes"] or "00:00").split(":")
    reason = {} if row["player_status"] == "active" else {"notPlayingReason": row["dnp_reason"] or "INACTIVE_INJURY"}
    return {
        "status": "INACTIVE" if row["player_status"] == "inactive" else "ACTIVE",
        "personId": league.person_ids[row["player_lookup"]],
        "starter": "1" if row["starter"] else "0",
        "played": "1" if row["player_status"] == "active" else "0",
        "name": row["player_name"],
        "nameI": f"{first[:1]}. {family}",
        "firstName": first,
        "familyName": family,
        "statistics": {theirs: row[ours] or 0 for theirs, ours in V3.items()}
        | {"minutes": f"PT{minutes[0]}M{minutes[1]}.00S", "plusMinusPoints": float(row["plus_minus"] or 0)},
    } | reason


def _actions(league: League, events: list[Row]) -> list[Row]:
    actions: list[Row] = []
    for event in events:
        kind, sub = event["event_type"], event["event_subtype"] or ""
        remaining = (720 if event["period"] <= 4 else 300) - event["elapsed_seconds"]
        person = league.person_ids.get(event["player_1_lookup"], 0)
        other = league.person_ids.get(event["player_2_lookup"], 0)
        row: Row = {
            "clock": f"PT{remaining // 60:02}M{remaining % 60:02}.00S",
            "timeActual": "2023-10-24T23:40:00.0Z",
            "period": event["period"],
            "qualifiers": [],
            "personId": person,
            "scoreHome": str(event["score_home"]),
            "scoreAway": str(event["score_away"]),
            "isFieldGoal": int(kind == "shot"),
        }
        if event["player_1_team_abbr"]:
            row |= {"teamId": TEAM_IDS[event["player_1_team_abbr"]], "teamTricode": event["player_1_team_abbr"]}
        rows = [row]
        if kind in ("start of period", "end of period"):
            row |= {"actionType": "period", "subType": kind.split()[0]}
        elif kind == "shot":
            made = event["shot_made"]
            row |= {
                "actionType": event["shot_type"].lower(),
                "subType": sub.removeprefix("3pt ").title(),
                "shotResult": "Made" if made else "Missed",
            }
            if event["shot_distance"] is not None:
                row["shotDistance"] = event["shot_distance"] + 0.21
            if other and event["player_2_role"] in ("assist", "block"):
                row["assistPersonId" if made else "blockPersonId"] = other
        elif kind == "free throw":
            *kind_of, number = sub.removeprefix("free throw ").split()
            if number == "technical":
                kind_of, number = ["technical"], "1/1"
            row |= {
                "actionType": "freethrow",
                "subType": number.replace("/", " of "),
                "descriptor": " ".join(kind_of),
                "shotResult": "Made" if event["shot_made"] else "Missed",
            }
        elif kind == "rebound":
            row |= {"actionType": "rebound", "subType": sub.removeprefix("rebound ").replace("team", "offensive")}
        elif kind == "substitution":
            row |= {"actionType": "substitution", "subType": "out"}
            rows.append(row | {"subType": "in", "personId": other})
        elif kind == "jump ball":
            row |= {"actionType": "jumpball", "subType": "recovered", "jumpBallWonPersonId": person}
            row["jumpBallLostPersonId"] = other
        elif kind == "instant replay":
            continue
        else:
            row |= {"actionType": kind, "subType": sub}
            if kind == "turnover" and other:
                row["stealPersonId"] = other
                rows.append(row | {"actionType": "steal", "subType": "", "personId": other})
        for one in rows:
            actions.append(one | {"actionNumber": len(actions) + 1, "orderNumber": 10000 * (len(actions) + 1)})
    return actions
