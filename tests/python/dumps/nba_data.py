"""Season files of nba_data: nbastatsv3 for half of the games, nbastats for the others, shot charts."""

import lzma
import tarfile
from collections import defaultdict
from pathlib import Path

from dumps.league import TEAM_IDS, League, Row, short_names, with_listed_names, write_csv
from dumps.nba_api_season import _Actions, _players

#: Neither feed tells dates, and V3 no full names.
NEEDS = ("nbac_schedule", "nbac_gamebook_player_stats")
FILLS = {"bigdataball_play_by_play": ()}
OTHERWISE: tuple[str, ...] = ()
expected = with_listed_names
V3 = (
    *("actionNumber", "clock", "period", "teamId", "teamTricode", "personId", "playerName", "playerNameI"),
    *("xLegacy", "yLegacy", "shotDistance", "shotResult", "isFieldGoal", "scoreHome", "scoreAway", "pointsTotal"),
    *("location", "description", "actionType", "subType", "videoAvailable", "actionId", "gameId"),
)
CODES = {
    "free throw": 3,
    "rebound": 4,
    "turnover": 5,
    "foul": 6,
    "violation": 7,
    "substitution": 8,
    "timeout": 9,
    "jump ball": 10,
    "ejection": 11,
    "start of period": 12,
    "end of period": 13,
    "instant replay": 18,
}


def write(league: League, folder: Path) -> None:
    """Three files, one of them in an archive."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = league.of_game("nbac_gamebook_player_stats")
    events: dict[str, list[Row]] = defaultdict(list)
    for event in with_listed_names(league, "bigdataball_play_by_play", league.rows["bigdataball_play_by_play"]):
        events[event["game_id"]].append(event)
    games = [(game_id, game) for game_id, game in league.games.items() if events[game_id]]
    v3, v2, shots = [], [], []
    for number, (game_id, game) in enumerate(games):
        if number < len(games) // 2:
            players = _players([row | {"nba_player_id": None} for row in listed[game_id]], {})
            for action in _Actions(game, players, {}).of(events[game_id]):
                action.pop("shotValue", None)
                v3.append(action | {"gameId": game["game_id"].lstrip("0")})
        else:
            v2 += _v2_rows(league, game, listed[game_id], events[game_id])
        shots += [
            {
                "GRID_TYPE": "Shot Chart Detail",
                "GAME_ID": int(game["game_id"]),
                "GAME_EVENT_ID": event["event_sequence"] * 2,
                "LOC_X": "",
                "LOC_Y": "",
                "GAME_DATE": f"{game['game_date']:%Y%m%d}",
                "HTM": game["home_team_tricode"],
                "VTM": game["away_team_tricode"],
            }
            for event in events[game_id]
            if event["event_type"] == "shot"
        ]
    write_csv(folder / "nbastatsv3_2023.csv", v3, list(V3))
    write_csv(folder / "shotdetail_2023.csv", shots)
    write_csv(folder / "plain" / "nbastats_2023.csv", v2)
    with lzma.open(folder / "nbastats_2023.tar.xz", "w") as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(folder / "plain" / "nbastats_2023.csv", "nbastats_2023.csv")
    (folder / "plain" / "nbastats_2023.csv").unlink()


def _v2_rows(league: League, game: Row, listed: list[Row], events: list[Row]) -> list[Row]:
    short, rebounds, score, rows = short_names(listed), {}, (0, 0), []
    team_of = {row["player_lookup"]: row["team_abbr"] for row in listed}
    for event in events:
        kind, sub, role = event["event_type"], event["event_subtype"] or "", event["player_2_role"]
        name, other = short.get(event["player_1_lookup"], ""), short.get(event["player_2_lookup"], "")
        made, text = event["shot_made"], ""
        code = CODES.get(kind, 1 if made else 2)
        if kind == "shot":
            distance = f"{event['shot_distance']:.0f}' " if event["shot_distance"] else ""
            is_three = event["shot_type"] == "3PT"
            words = sub.removeprefix("3pt ").title()
            text = f"{'' if made else 'MISS '}{name} {distance}{'3PT ' if is_three else ''}{words}"
            text += (" (2 PTS)" if made else "") + (f" ({other} 1 AST)" if role == "assist" else "")
        elif kind == "free throw":
            text = f"{'' if made else 'MISS '}{name} {sub.title().replace('/', ' of ')}"
        elif kind == "rebound":
            counts = rebounds.setdefault(event["player_1_lookup"], [0, 0])
            if sub in ("rebound offensive", "rebound defensive"):
                counts[sub == "rebound defensive"] += 1
            text = f"{name} REBOUND (Off:{counts[0]} Def:{counts[1]})"
        elif kind == "turnover":
            words = sub.title().replace("Shot Clock Violation", "Shot Clock")
            text = f"{name} {words} Turnover (P1.T1)" if name else f"Suns Turnover: {words} (T#9)"
        own = event["player_1_team_abbr"]
        minutes, seconds = divmod((720 if event["period"] <= 4 else 300) - event["elapsed_seconds"], 60)
        now = event["score_away"], event["score_home"]
        at_home = own == game["home_team_tricode"]
        row = {
            "GAME_ID": int(game["game_id"]),
            "EVENTNUM": event["event_sequence"] * 2,
            "EVENTMSGTYPE": code,
            "EVENTMSGACTIONTYPE": _detail(kind, sub),
            "PERIOD": event["period"],
            "PCTIMESTRING": f"{minutes}:{seconds:02}",
            "HOMEDESCRIPTION": text if at_home else f"{other} BLOCK (1 BLK)" if role == "block" else "",
            "NEUTRALDESCRIPTION": "",
            "VISITORDESCRIPTION": "" if at_home else text,
            "SCORE": f"{now[0]} - {now[1]}" if now != score else "",
        }
        score = now
        seconds_place = 3 if role == "block" else 2
        for place in (1, 2, 3):
            lookup = {1: event["player_1_lookup"], seconds_place: event["player_2_lookup"]}.get(place)
            team = team_of.get(lookup)
            row |= {
                f"PLAYER{place}_ID": league.person_ids.get(lookup, TEAM_IDS[own] if place == 1 and own else 0),
                f"PLAYER{place}_NAME": league.names.get(lookup, ""),
                f"PLAYER{place}_TEAM_ABBREVIATION": team or "",
            }
        rows.append(row)
    return rows


def _detail(kind: str, sub: str) -> int:
    from backfill.raw.layouts.nba_api import play_by_play_v2 as v2

    known = {"foul": v2.FOULS, "violation": v2.VIOLATIONS, "timeout": v2.TIMEOUTS}.get(kind, {})
    return next((code for code, words in known.items() if words == sub), int(bool(sub)))
