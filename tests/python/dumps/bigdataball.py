"""BigDataBall's play-by-play: a file a game, with the vendor's names."""

from pathlib import Path

from dumps.league import League, Row, write_csv

NEEDS: tuple[str, ...] = ()
FILLS = {"bigdataball_play_by_play": ()}
OTHERWISE: tuple[str, ...] = ()


def write(league: League, folder: Path) -> None:
    """One file a game."""
    listed = league.of_game("nbac_gamebook_player_stats")
    for game_id, events in league.of_game("bigdataball_play_by_play").items():
        game = league.games[game_id]
        starters = {
            side: [row["player_name"] for row in listed[game_id] if row["starter"] and row["team_abbr"] == game[column]]
            for side, column in (("a", "away_team_tricode"), ("h", "home_team_tricode"))
        }
        name = f"[{game['game_date']}]-{game['game_id']}-{game['away_team_tricode']}@{game['home_team_tricode']}.csv"
        write_csv(folder / name, [_row(league, game, starters, event) for event in events])


def _row(league: League, game: Row, starters: dict[str, list[str]], event: Row) -> Row:
    kind, sub, role = event["event_type"], event["event_subtype"] or "", event["player_2_role"]
    person, other = league.names.get(event["player_1_lookup"], ""), league.names.get(event["player_2_lookup"], "")
    own = event["player_1_team_abbr"]
    elapsed = event["elapsed_seconds"]
    row: Row = {
        "game_id": int(game["game_id"]),
        "data_set": "NBA 2023 Regular Season",
        "date": str(game["game_date"]),
        **{f"{side}{n}": name for side, names in starters.items() for n, name in enumerate(names, 1)},
        "period": event["period"],
        "away_score": event["score_away"],
        "home_score": event["score_home"],
        "remaining_time": "0:00:00",
        "elapsed": f"0:{elapsed // 60:02}:{elapsed % 60:02}",
        "play_id": event["event_sequence"],
        "team": own or "",
        "event_type": kind,
        **dict.fromkeys(("assist", "away", "home", "block", "entered", "left", "steal", "result", "shot_distance"), ""),
        "player": person,
        "type": "team rebound" if sub == "rebound team" else f"timeout: {sub}" if kind == "timeout" else sub or kind,
    }
    if event["shot_made"] is not None:
        row["result"] = "made" if event["shot_made"] else "missed"
    if event["shot_distance"] is not None:
        row["shot_distance"] = event["shot_distance"]
    if role in ("assist", "block", "steal"):
        row[role] = other
    elif kind == "substitution":
        row |= {"left": person, "entered": other, "type": "sub"}
    elif kind == "jump ball" and other:
        at_home = own == game["home_team_tricode"]
        row |= {"home": person if at_home else other, "away": other if at_home else person}
    return row
