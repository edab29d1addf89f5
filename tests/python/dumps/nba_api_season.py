"""A season of raw tables laid out as nba_api would have saved it: one JSON file an answer, in the exact shapes.

Used by tests, and by hand to time a whole season: python -m dumps.nba_api_season RAW SEASON DIR.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from dumps.league import FULL_NAMES, TEAM_IDS, Row, short_names

V3 = {
    "fieldGoalsMade": "field_goals_made",
    "fieldGoalsAttempted": "field_goals_attempted",
    "threePointersMade": "three_pointers_made",
    "threePointersAttempted": "three_pointers_attempted",
    "freeThrowsMade": "free_throws_made",
    "freeThrowsAttempted": "free_throws_attempted",
    "reboundsOffensive": "offensive_rebounds",
    "reboundsDefensive": "defensive_rebounds",
    "reboundsTotal": "total_rebounds",
    "assists": "assists",
    "steals": "steals",
    "blocks": "blocks",
    "turnovers": "turnovers",
    "foulsPersonal": "personal_fouls",
    "points": "points",
}
LOG = {
    "FGM": "fg_made",
    "FGA": "fg_attempted",
    "FG3M": "three_pt_made",
    "FG3A": "three_pt_attempted",
    "FTM": "ft_made",
    "FTA": "ft_attempted",
    "OREB": "offensive_rebounds",
    "DREB": "defensive_rebounds",
    "REB": "total_rebounds",
    "AST": "assists",
    "STL": "steals",
    "BLK": "blocks",
    "TOV": "turnovers",
    "PF": "personal_fouls",
    "PTS": "points",
    "PLUS_MINUS": "plus_minus",
}
PLAYER_LOG = LOG | {
    "FGM": "field_goals_made",
    "FGA": "field_goals_attempted",
    "FG3M": "three_pointers_made",
    "FG3A": "three_pointers_attempted",
    "FTM": "free_throws_made",
    "FTA": "free_throws_attempted",
    "REB": "rebounds",
}
ACTIONS = {
    "free throw": "Free Throw",
    "rebound": "Rebound",
    "turnover": "Turnover",
    "foul": "Foul",
    "violation": "Violation",
    "substitution": "Substitution",
    "timeout": "Timeout",
    "jump ball": "Jump Ball",
    "ejection": "Ejection",
    "instant replay": "Instant Replay",
}
SUFFIX = re.compile(r"(jr|sr|ii|iii|iv)$")


@dataclass
class Player:
    """Who is listed for a game."""

    row: Row
    person_id: int
    first: str
    family: str
    short: str
    rebounds: list[int] = field(default_factory=lambda: [0, 0])
    points: int = 0
    assists: int = 0


@dataclass
class Season:
    """The rows of a season that an answer of stats.nba.com tells, by NBA game id or canonical id."""

    schedule: list[Row]
    gamebook: dict[str, list[Row]]
    teams: dict[str, list[Row]]
    logs: list[Row]
    events: dict[str, list[Row]]
    aliases: dict[str, str]


def read_season(raw: Path, season: str, last: date | None, aliases: Path) -> Season:
    """Raw rows of a season up to a date."""
    with duckdb.connect() as connection:

        def rows(table: str, order: str) -> list[Row]:
            found = connection.execute(
                f"select * from read_parquet('{raw}/{table}/{season}.parquet') where game_date <= $last "
                f"order by {order}",
                {"last": last or date.max},
            )
            columns = [column[0] for column in found.description]
            return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]

        gamebook, teams, events = (defaultdict(list) for _ in range(3))
        for row in rows("nbac_gamebook_player_stats", "game_id, team_abbr, starter desc nulls last, player_lookup"):
            gamebook[row["game_id"]].append(row)
        for row in rows("nbac_team_boxscore", "game_id, team_abbr"):
            teams[row["game_id"]].append(row)
        for row in rows("bigdataball_play_by_play", "game_id, event_sequence"):
            events[row["game_id"]].append(row)
        with aliases.open(newline="") as file:
            known = {row["alias_lookup"]: row["nba_canonical_lookup"] for row in csv.DictReader(file)}
        return Season(
            rows("nbac_schedule", "game_date, game_id"),
            gamebook,
            teams,
            rows("bdl_player_boxscores", "game_date, game_id, player_lookup"),
            events,
            known,
        )


def write_season(season: Season, folder: Path, version: int | None = None) -> int:
    """Write all files; return how many games there are. Summaries are of a version, or of V2 and V3 in turn."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "scheduleleaguev2.json", _schedule(season.schedule))
    _write(folder / "leaguegamelog_T.json", _log("T", list(_team_logs(season))))
    _write(folder / "leaguegamelog_P.json", _log("P", list(_player_logs(season))))
    ids: dict[str, int] = {}
    for game in season.schedule:
        canonical = f"{game['game_date']:%Y%m%d}_{game['away_team_tricode']}_{game['home_team_tricode']}"
        players = _players(season.gamebook[canonical], ids)
        nba_id = game["game_id"]
        _write(folder / "box" / f"boxscoretraditionalv3_{nba_id}.json", _box(game, players, season.teams[canonical]))
        summary_version = version or 2 + int(nba_id) % 2
        summary = _summary if summary_version == 2 else _summary_v3
        path = folder / "summary" / f"boxscoresummaryv{summary_version}_{nba_id}.json"
        _write(path, summary(game, players, season.teams[canonical]))
        if season.events[canonical]:
            actions = list(_Actions(game, players, season.aliases).of(season.events[canonical]))
            _write(
                folder / "pbp" / f"playbyplayv3_{nba_id}.json",
                {"meta": {"version": 1}, "game": {"gameId": nba_id, "videoAvailable": 1, "actions": actions}},
            )
    return len(season.schedule)


def _write(path: Path, answer: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")


# ---- schedule and logs ----


def _schedule(games: list[Row]) -> Row:
    by_date: dict[date, list[Row]] = defaultdict(list)
    for game in games:
        day, tip_off = game["game_date"], game["game_date_est"]
        sides = {
            side: {
                "teamId": TEAM_IDS[game[f"{name}_team_tricode"]],
                "teamTricode": game[f"{name}_team_tricode"],
                "score": game[f"{name}_team_score"],
            }
            for side, name in (("homeTeam", "home"), ("awayTeam", "away"))
        }
        by_date[day].append(
            {
                "gameId": game["game_id"],
                "gameCode": f"{day:%Y%m%d}/{game['away_team_tricode']}{game['home_team_tricode']}",
                "gameStatus": game["game_status"],
                "gameStatusText": "Final",
                "gameDateEst": f"{day}T00:00:00Z",
                "gameTimeEst": f"1900-01-01T{tip_off:%H:%M:%S}Z",
                "gameDateTimeEst": f"{tip_off:%Y-%m-%dT%H:%M:%S}Z",
                "ifNecessary": False,
                "arenaName": game["arena_name"],
                "arenaState": game["arena_state"] or "",
                "arenaCity": game["arena_city"],
                "postponedStatus": "N",
                "isNeutral": game["neutral_site_flag"],
                **sides,
            }
        )
    dates = [{"gameDate": f"{day:%m/%d/%Y} 00:00:00", "games": listed} for day, listed in sorted(by_date.items())]
    year = games[0]["season_year"]
    return {
        "meta": {"version": 1},
        "leagueSchedule": {"seasonYear": f"{year}-{(year + 1) % 100:02}", "leagueId": "00", "gameDates": dates},
    }


def _log(kind: str, rows: list[Row]) -> Row:
    headers = list(rows[0]) if rows else []
    return {
        "resource": "leaguegamelog",
        "parameters": {"LeagueID": "00", "PlayerOrTeam": kind},
        "resultSets": [{"name": "LeagueGameLog", "headers": headers, "rowSet": [list(row.values()) for row in rows]}],
    }


def _matchup(team: str, home: str, away: str) -> str:
    return f"{home} vs. {away}" if team == home else f"{away} @ {home}"


def _team_logs(season: Season) -> Iterator[Row]:
    for game in season.schedule:
        home, away = game["home_team_tricode"], game["away_team_tricode"]
        for row in season.teams[f"{game['game_date']:%Y%m%d}_{away}_{home}"]:
            yield {
                "SEASON_ID": f"2{game['season_year']}",
                "TEAM_ID": TEAM_IDS[row["team_abbr"]],
                "TEAM_ABBREVIATION": row["team_abbr"],
                "TEAM_NAME": FULL_NAMES[row["team_abbr"]],
                "GAME_ID": game["game_id"],
                "GAME_DATE": str(game["game_date"]),
                "MATCHUP": _matchup(row["team_abbr"], home, away),
                "WL": "W" if game["winning_team_tricode"] == row["team_abbr"] else "L",
                "MIN": int(row["minutes"].split(":")[0]),
                **{theirs: row[ours] for theirs, ours in LOG.items()},
                "VIDEO_AVAILABLE": 1,
            }


def _player_logs(season: Season) -> Iterator[Row]:
    ids = {
        f"{game['game_date']:%Y%m%d}_{game['away_team_tricode']}_{game['home_team_tricode']}": game
        for game in season.schedule
    }
    known: dict[str, int] = {}
    for row in season.logs:
        game = ids[row["game_id"]]
        yield {
            "SEASON_ID": f"2{game['season_year']}",
            "PLAYER_ID": 5_000_000 + known.setdefault(row["player_full_name"], len(known)),
            "PLAYER_NAME": row["player_full_name"],
            "TEAM_ID": TEAM_IDS[row["team_abbr"]],
            "TEAM_ABBREVIATION": row["team_abbr"],
            "TEAM_NAME": FULL_NAMES[row["team_abbr"]],
            "GAME_ID": game["game_id"],
            "GAME_DATE": str(row["game_date"]),
            "MATCHUP": _matchup(row["team_abbr"], row["home_team_abbr"], row["away_team_abbr"]),
            "WL": "W" if game["winning_team_tricode"] == row["team_abbr"] else "L",
            "MIN": int(row["minutes"]),
            **{theirs: row.get(ours) for theirs, ours in PLAYER_LOG.items()},
            "VIDEO_AVAILABLE": 1,
        }


# ---- box scores ----


def _players(rows: list[Row], ids: dict[str, int]) -> list[Player]:
    """Everybody listed, with the surname by which texts call him: with letters of the first name where two share it."""
    short, players = short_names(rows), []
    for row in rows:
        first, _, family = row["player_name"].partition(" ")
        person = row["nba_player_id"] or 9_000_000 + ids.setdefault(row["player_lookup"], len(ids))
        players.append(Player(row, int(person), first, family or first, short[row["player_lookup"]]))
    return players


def _box(game: Row, players: list[Player], teams: list[Row]) -> Row:
    totals = {row["team_abbr"]: row for row in teams}
    sides = {}
    for side, name in (("homeTeam", "home"), ("awayTeam", "away")):
        team = game[f"{name}_team_tricode"]
        own = [one for one in players if one.row["team_abbr"] == team and one.row["player_status"] != "inactive"]
        total = totals[team]
        sides[side] = {
            "teamId": TEAM_IDS[team],
            "teamTricode": team,
            "players": [
                {
                    "personId": one.person_id,
                    "firstName": one.first,
                    "familyName": one.row["player_name"].partition(" ")[2],
                    "position": "F" if one.row["starter"] else "",
                    "comment": one.row["dnp_reason"] or "",
                    "jerseyNum": "",
                    "statistics": {
                        "minutes": one.row["minutes"] or "",
                        **{theirs: one.row[ours] or 0 for theirs, ours in V3.items()},
                        "plusMinusPoints": one.row["plus_minus"],
                    },
                }
                for one in own
            ],
            "statistics": {
                "minutes": total["minutes"],
                **{
                    theirs: sum(one.row[ours] or 0 for one in own)  # team turnovers are left out, as the source does
                    for theirs, ours in V3.items()
                },
                "plusMinusPoints": float(total["plus_minus"]),
            },
        }
    ids = {"awayTeamId": sides["awayTeam"]["teamId"], "homeTeamId": sides["homeTeam"]["teamId"]}
    return {"meta": {"version": 1}, "boxScoreTraditional": {"gameId": game["game_id"], **ids, **sides}}


def _summary(game: Row, players: list[Player], teams: list[Row]) -> Row:
    home, away, day = game["home_team_tricode"], game["away_team_tricode"], game["game_date"]
    sets = {
        "GameSummary": [
            {
                "GAME_DATE_EST": f"{day}T00:00:00",
                "GAME_ID": game["game_id"],
                "GAME_STATUS_ID": 3,
                "GAMECODE": f"{day:%Y%m%d}/{away}{home}",
                "HOME_TEAM_ID": TEAM_IDS[home],
                "VISITOR_TEAM_ID": TEAM_IDS[away],
                "SEASON": str(game["season_year"]),
            }
        ],
        "OtherStats": [{"TEAM_ID": TEAM_IDS[row["team_abbr"]], "TOTAL_TURNOVERS": row["turnovers"]} for row in teams],
        "InactivePlayers": [
            {
                "PLAYER_ID": one.person_id,
                "FIRST_NAME": one.first,
                "LAST_NAME": one.row["player_name"].partition(" ")[2],
                "JERSEY_NUM": "0 ",
                "TEAM_ID": TEAM_IDS[one.row["team_abbr"]],
            }
            for one in players
            if one.row["player_status"] == "inactive"
        ],
        "LineScore": [
            {"TEAM_ID": TEAM_IDS[team], "PTS": game[f"{name}_team_score"]}
            for name, team in (("away", away), ("home", home))
        ],
    }
    return {
        "resource": "boxscoresummary",
        "parameters": {"GameID": game["game_id"]},
        "resultSets": [
            {
                "name": name,
                "headers": list(rows[0]) if rows else [],
                "rowSet": [list(row.values()) for row in rows],
            }
            for name, rows in sets.items()
        ],
    }


def _summary_v3(game: Row, players: list[Player], teams: list[Row]) -> Row:
    totals = {row["team_abbr"]: row for row in teams}
    day, tip_off = game["game_date"], game["game_date_est"]
    sides, charts = {}, {}
    for side, name in (("homeTeam", "home"), ("awayTeam", "away")):
        team = game[f"{name}_team_tricode"]
        sides[side] = {
            "teamId": TEAM_IDS[team],
            "teamTricode": team,
            "score": game[f"{name}_team_score"],
            "inactives": [
                {
                    "personId": one.person_id,
                    "firstName": one.first,
                    "familyName": one.row["player_name"].partition(" ")[2],
                    "jerseyNum": "0 ",
                }
                for one in players
                if one.row["player_status"] == "inactive" and one.row["team_abbr"] == team
            ],
        }
        charts[side] = {"teamId": TEAM_IDS[team], "statistics": {"turnoversTotal": totals[team]["turnovers"]}}
    return {
        "meta": {"version": 1},
        "boxScoreSummary": {
            "gameId": game["game_id"],
            "gameCode": f"{day:%Y%m%d}/{game['away_team_tricode']}{game['home_team_tricode']}",
            "gameStatus": game["game_status"],
            "gameEt": f"{tip_off:%Y-%m-%dT%H:%M:%S}Z",
            "awayTeamId": sides["awayTeam"]["teamId"],
            "homeTeamId": sides["homeTeam"]["teamId"],
            "arena": {
                "arenaName": game["arena_name"],
                "arenaCity": game["arena_city"],
                "arenaState": game["arena_state"] or "",
            },
            **sides,
            "postgameCharts": charts,
        },
    }


# ---- play-by-play ----


class _Actions:
    """Actions of PlayByPlayV3 from events: steals and blocks are rows, assists and substitutes stand in the text."""

    def __init__(self, game: Row, players: list[Player], aliases: dict[str, str]) -> None:
        self._game, self._aliases = game, aliases
        self._by_key = {(one.row["team_abbr"], one.row["player_lookup"]): one for one in players}
        self._score = (0, 0)

    def of(self, events: list[Row]) -> Iterator[Row]:
        number = 0
        for event in events:
            action = self._action(event)
            yield action | {"actionNumber": event["event_sequence"] * 2, "actionId": (number := number + 1)}
            role = event["player_2_role"]
            if role in ("steal", "block"):
                other = self._player(event["player_2_lookup"], None)
                yield self._who(other, None) | {
                    "actionNumber": event["event_sequence"] * 2,
                    "actionId": (number := number + 1),
                    "clock": action["clock"],
                    "period": event["period"],
                    "actionType": "",
                    "subType": "",
                    "description": f"{other.short} {role.upper()} (1 {role[:3].upper()})",
                    "scoreHome": "",
                    "scoreAway": "",
                    "shotDistance": 0,
                    "isFieldGoal": 0,
                }

    def _player(self, lookup: str | None, team: str | None) -> Player | None:
        """The listed player whom NBA.com's spelling means."""
        if lookup is None:
            return None
        for key in (lookup, self._aliases.get(lookup), SUFFIX.sub("", lookup)):
            for code in (team,) if team else (self._game["home_team_tricode"], self._game["away_team_tricode"]):
                if key and (code, key) in self._by_key:
                    return self._by_key[code, key]
        bare = SUFFIX.sub("", lookup)
        found = [
            one
            for (code, key), one in self._by_key.items()
            if SUFFIX.sub("", key) == bare and (team is None or code == team)
        ]
        if len(found) != 1:
            raise LookupError(f"{lookup} of {team} in {self._game['game_id']}")
        return found[0]

    def _who(self, player: Player | None, team: str | None) -> Row:
        """A team's own event has the team's id for a person, and no team."""
        if player is not None:
            own = player.row["team_abbr"]
            return {
                "teamId": TEAM_IDS[own],
                "teamTricode": own,
                "personId": player.person_id,
                "playerName": player.family,
                "playerNameI": f"{player.first[:1]}. {player.family}",
                "location": "h" if own == self._game["home_team_tricode"] else "v",
            }
        return {
            "teamId": 0,
            "teamTricode": "",
            "personId": TEAM_IDS[team] if team else 0,
            "playerName": "",
            "playerNameI": "",
            "location": "",
        }

    def _action(self, event: Row) -> Row:
        kind, sub, period = event["event_type"], event["event_subtype"], event["period"]
        player = self._player(event["player_1_lookup"], event["player_1_team_abbr"])
        remaining = (720 if period <= 4 else 300) - event["elapsed_seconds"]
        score = event["score_home"], event["score_away"]
        row = self._who(player, event["player_1_team_abbr"]) | {
            "clock": f"PT{remaining // 60:02}M{remaining % 60:02}.00S",
            "period": period,
            "xLegacy": None if kind == "shot" else 0,
            "yLegacy": None if kind == "shot" else 0,
            "shotDistance": int(event["shot_distance"] or 0),
            "shotResult": "",
            "isFieldGoal": int(kind == "shot"),
            "scoreHome": str(score[0]) if score != self._score else "",
            "scoreAway": str(score[1]) if score != self._score else "",
            "pointsTotal": 0,
            "videoAvailable": 1,
            "shotValue": 0,
            "actionType": ACTIONS.get(kind, ""),
            "subType": (sub or "").title(),
            "description": "",
        }
        self._score = score
        name = player.short if player else ""
        if kind in ("start of period", "end of period"):
            row |= {"actionType": "period", "subType": kind.split()[0], "description": kind}
        elif kind == "shot":
            row |= self._shot(event, name)
        elif kind == "free throw":
            words = (sub or "").title().replace("/", " of ")
            row |= {"subType": words, "description": f"{'' if event['shot_made'] else 'MISS '}{name} {words}"}
        elif kind == "rebound" and player:
            if sub in ("rebound offensive", "rebound defensive"):
                player.rebounds[sub == "rebound defensive"] += 1
            row |= {
                "subType": "Unknown",
                "description": f"{name} REBOUND (Off:{player.rebounds[0]} Def:{player.rebounds[1]})",
            }
        elif kind == "turnover":
            words = {"shot clock violation": "Shot Clock", None: "No"}.get(sub, (sub or "").title())
            row |= {"subType": f"{words} Turnover", "description": f"{name} {words} Turnover (P1.T1)"}
        elif kind == "foul" and sub == "defensive 3 seconds technical":
            row["subType"] = "Defense 3 Second"
        elif kind == "substitution":
            entering = self._player(event["player_2_lookup"], event["player_1_team_abbr"])
            row["description"] = f"SUB: {entering.short if entering else ''} FOR {name}"
        elif kind == "jump ball" and event["player_2_lookup"]:
            other = self._player(event["player_2_lookup"], None)
            row["description"] = f"Jump Ball {name} vs. {other.short if other else ''}: Tip to {name}"
        return row

    def _shot(self, event: Row, name: str) -> Row:
        is_three, made = event["shot_type"] == "3PT", event["shot_made"]
        words = (event["event_subtype"] or "").removeprefix("3pt ").title()
        distance = f"{int(event['shot_distance'])}' " if event["shot_distance"] else ""
        description = f"{'' if made else 'MISS '}{name} {distance}{'3PT ' if is_three else ''}{words}"
        if made:
            description += " (2 PTS)"
        if event["player_2_role"] == "assist":
            passer = self._player(event["player_2_lookup"], event["player_1_team_abbr"])
            description += f" ({passer.short if passer else ''} 1 AST)"
        return {
            "actionType": "Made Shot" if made else "Missed Shot",
            "subType": words,
            "shotResult": "Made" if made else "Missed",
            "shotValue": 3 if is_three else 2,
            "description": description,
        }


if __name__ == "__main__":
    raw, season, folder = sys.argv[1:4]
    seeds = Path(__file__).parents[3] / "seeds" / "player_aliases.csv"
    print(write_season(read_season(Path(raw), season, None, seeds), Path(folder)), "games")
