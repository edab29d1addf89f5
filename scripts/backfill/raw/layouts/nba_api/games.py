"""Schedules, scoreboards, game logs and summaries of stats.nba.com."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from backfill.raw.imports.answers import Row, each_row, tables
from backfill.raw.imports.documents import Document
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Game, GameRef, Origin, PlayerLine, PlayerLog, TeamLine
from backfill.raw.imports.teams import team, team_of_id
from backfill.raw.imports.values import day, eastern_clock, flag, game_id, text, whole

#: Statistics of game logs, and of V2 box scores but for the turnovers.
STATISTICS = {
    "points": "PTS",
    "field_goals_made": "FGM",
    "field_goals_attempted": "FGA",
    "three_pointers_made": "FG3M",
    "three_pointers_attempted": "FG3A",
    "free_throws_made": "FTM",
    "free_throws_attempted": "FTA",
    "offensive_rebounds": "OREB",
    "defensive_rebounds": "DREB",
    "total_rebounds": "REB",
    "assists": "AST",
    "steals": "STL",
    "blocks": "BLK",
    "turnovers": "TOV",
    "personal_fouls": "PF",
}


def statistics(row: Row, names: dict[str, str] = STATISTICS) -> dict[str, int | None]:
    """The fifteen statistics of a row, by the gamebook's names."""
    return {ours: whole(row[theirs]) for ours, theirs in names.items()}


# ---- schedules ----


def read_schedule(document: Document, dump: Dump) -> None:
    """ScheduleLeagueV2, as JSON or flattened by nba_api. Clock times are Eastern, whatever the Z behind them says."""
    origin = Origin(document.label, document.written, "scheduleleaguev2")
    if document.kind == "csv":
        each_row(document, lambda row: _add_scheduled(dump, origin, row))
        return
    for date_of_games in document.json()["leagueSchedule"]["gameDates"]:
        for game in date_of_games["games"]:
            _add_scheduled(dump, origin, _flat(game))


def _flat(game: dict[str, Any]) -> Row:
    row = dict(game)
    for side in ("homeTeam", "awayTeam"):
        row |= {f"{side}_{name}": value for name, value in game[side].items()}
    on_television = (game.get("broadcasters") or {}).get("nationalTvBroadcasters") or (
        game.get("broadcasters") or {}
    ).get("nationalBroadcasters")
    if game.get("broadcasters"):
        row["nationalTvBroadcasters_0_broadcasterId"] = "1" if on_television else ""
    return row


def _add_scheduled(dump: Dump, origin: Origin, row: Row) -> None:
    nba_id = game_id(row["gameId"])
    home, away = (team(row[f"{side}_teamTricode"]) for side in ("homeTeam", "awayTeam"))
    if nba_id is None or not home or not away:
        dump.left_out["scheduled games without two teams of the league"] += 1
        return
    television = [value for name, value in row.items() if name.startswith("nationalTvBroadcasters_0_broadcasterId")]
    tip_off = eastern_clock(row["gameDateTimeEst"])
    dump.add_game(
        Game(
            GameRef(nba_id, tip_off.date() if tip_off else day(row["gameDateEst"]), away, home),
            origin,
            tip_off=tip_off,
            status=whole(row["gameStatus"]),
            home_score=whole(row["homeTeam_score"]),
            away_score=whole(row["awayTeam_score"]),
            is_primetime=any(text(value) for value in television) if television else None,
            is_neutral=flag(row.get("isNeutral")),
            arena_name=text(row.get("arenaName")),
            arena_city=text(row.get("arenaCity")),
            arena_state=text(row.get("arenaState")),
            is_postponed=text(row.get("postponedStatus")) == "Y",
        )
    )


def read_scoreboard(document: Document, dump: Dump) -> None:
    """ScoreboardV3, and the scoreboard of cdn.nba.com: the games of one date."""
    origin = Origin(document.label, document.written, "scoreboardv3")
    for game in document.json()["scoreboard"]["games"]:
        nba_id = game_id(game["gameId"])
        home, away = team(game["homeTeam"]["teamTricode"]), team(game["awayTeam"]["teamTricode"])
        tip_off = eastern_clock(game["gameEt"])
        if nba_id and home and away and tip_off:
            dump.add_game(
                Game(
                    GameRef(nba_id, day(game["gameCode"].split("/")[0]), away, home),
                    origin,
                    tip_off=tip_off,
                    status=whole(game["gameStatus"]),
                    home_score=whole(game["homeTeam"]["score"]),
                    away_score=whole(game["awayTeam"]["score"]),
                    is_neutral=flag(game.get("isNeutral")),
                )
            )


# ---- game logs ----


def matchup(row: Row) -> tuple[str | None, str | None, bool]:
    """Away team, home team and whether the row's own team is at home, of `GSW @ LAL` or `LAL vs. GSW`."""
    printed = str(row["MATCHUP"])
    is_home = " vs. " in printed
    own, _, other = printed.partition(" vs. " if is_home else " @ ")
    if not other:
        raise ValueError(f"MATCHUP: expected 'GSW @ LAL' or 'LAL vs. GSW', found '{printed}'")
    own_team, opponent = team(own), team(other)
    return (opponent, own_team, True) if is_home else (own_team, opponent, False)


def _logged(dump: Dump, row: Row, origin: Origin, points: bool) -> tuple[GameRef, str | None, bool] | None:
    """The game of a log's row, added to the dump, its own team, and whether that is at home."""
    away, home, is_home = matchup(row)
    own = home if is_home else away
    ref = GameRef(game_id(row.get("GAME_ID", row.get("Game_ID"))), day(row["GAME_DATE"]), away, home)
    if not away or not home:
        dump.left_out["rows of game logs against clubs that are not of the league"] += 1
        return None
    known = dump.games.get(ref.key)
    if known and known.ref.home and own in (known.ref.home, known.ref.away):
        # on neutral ground both rows may say "@": the designated home team is the one already known
        is_home = own == known.ref.home
        ref = replace(ref, home=known.ref.home, away=known.ref.away)
    score = whole(row["PTS"]) if points else None
    dump.add_game(
        Game(
            ref,
            origin,
            status=3 if text(row.get("WL")) else None,
            home_score=score if is_home else None,
            away_score=None if is_home else score,
        )
    )
    return ref, own, is_home


def _read_teams(document: Document, dump: Dump, part: str, minutes: int | None, turnovers: bool, *names: str) -> None:
    origin = Origin(document.label, document.written, part)

    def use(row: Row) -> None:
        game = _logged(dump, row, origin, points=True)
        if game is None:
            return
        known = statistics(row)
        if not turnovers:
            known["turnovers"] = None
        length = whole(row["MIN"])
        dump.add_team_line(
            TeamLine(
                game[0],
                origin,
                game[1],
                game[2],
                f"{length * minutes}:00" if minutes and length is not None else None,
                known,
                whole(row["PLUS_MINUS"]) if turnovers else None,
            )
        )

    each_row(document, use, *names)


def read_team_log(document: Document, dump: Dump) -> None:
    """LeagueGameLog of teams: its turnovers count those of the team, its minutes are the team's."""
    _read_teams(document, dump, "leaguegamelog", 1, True, "LeagueGameLog")


def read_team_logs(document: Document, dump: Dump) -> None:
    """TeamGameLogs: as LeagueGameLog, with the minutes of the game."""
    _read_teams(document, dump, "teamgamelogs", 5, True, "TeamGameLogs")


def read_game_finder(document: Document, dump: Dump) -> None:
    """LeagueGameFinder: leaves team turnovers out, its minutes are off by up to 4, its plus-minus is a mean of the
    players' (-9.2): none of the three is taken."""
    _read_teams(document, dump, "leaguegamefinder", None, False, "LeagueGameFinderResults")


def read_player_log(document: Document, dump: Dump) -> None:
    """LeagueGameLog of players, PlayerGameLog: who appeared, in whole minutes."""
    origin = Origin(document.label, document.written, "player game logs")

    def use(row: Row) -> None:
        game = _logged(dump, row, origin, points=False)
        if game is None:
            return
        minutes = whole(row["MIN"])
        dump.add_player_log(
            PlayerLog(
                game[0],
                origin,
                game[1],
                text(row.get("PLAYER_NAME")),
                None if minutes is None else str(minutes or "00"),
                statistics(row),
                is_playoffs=(game[0].nba_game_id or "").startswith("004"),
                player_id=whole(row.get("PLAYER_ID", row.get("Player_ID"))),
            )
        )

    each_row(document, use, "LeagueGameLog", "PlayerGameLog")


# ---- summaries ----


def read_summary(document: Document, dump: Dump) -> None:
    """BoxScoreSummaryV2: date and teams of a game, its score, total turnovers, and who was inactive."""
    found = tables(document)
    origin = Origin(document.label, document.written, "boxscoresummaryv2")
    scores = {whole(row["TEAM_ID"]): whole(row["PTS"]) for row in found.get("LineScore", [])}
    for row in found["GameSummary"]:
        nba_id, code = game_id(row["GAME_ID"]), str(row["GAMECODE"])
        home, away = team_of_id(row["HOME_TEAM_ID"]), team_of_id(row["VISITOR_TEAM_ID"])
        if not (nba_id and home and away):
            dump.left_out["summaries of games without two teams of the league"] += 1
            return
        ref = GameRef(nba_id, day(code.split("/")[0]), away, home)
        dump.add_game(
            Game(
                ref,
                origin,
                status=whole(row["GAME_STATUS_ID"]),
                home_score=scores.get(whole(row["HOME_TEAM_ID"])),
                away_score=scores.get(whole(row["VISITOR_TEAM_ID"])),
            )
        )
        for other in found.get("OtherStats", []):
            total, own = whole(other["TOTAL_TURNOVERS"]), team_of_id(other["TEAM_ID"])
            if total is not None and own:
                dump.total_turnovers[nba_id, own] = total
        for player in found.get("InactivePlayers", []):
            dump.add_player_line(
                PlayerLine(
                    ref,
                    origin,
                    team_of_id(player["TEAM_ID"]),
                    " ".join(part for part in (text(player["FIRST_NAME"]), text(player["LAST_NAME"])) if part),
                    whole(player["PLAYER_ID"]),
                    status="inactive",
                    starter=False,
                    family_name=text(player["LAST_NAME"]),
                )
            )


def read_summary_v3(document: Document, dump: Dump) -> None:
    """BoxScoreSummaryV3: what V2 tells, and tip-off and arena. It has no holes where V2 has (from April 2025 on)."""
    summary = document.json()["boxScoreSummary"]
    origin = Origin(document.label, document.written, "boxscoresummaryv3")
    nba_id, arena = game_id(summary["gameId"]), summary.get("arena") or {}
    teams = {side: team_of_id(summary[f"{side}Id"]) for side in ("homeTeam", "awayTeam")}
    home, away = teams.values()
    if not (nba_id and home and away):
        dump.left_out["summaries of games without two teams of the league"] += 1
        return
    ref = GameRef(nba_id, day(str(summary["gameCode"]).split("/")[0]), away, home)
    dump.add_game(
        Game(
            ref,
            origin,
            tip_off=eastern_clock(summary["gameEt"]),
            status=whole(summary["gameStatus"]),
            home_score=whole(summary["homeTeam"].get("score")),
            away_score=whole(summary["awayTeam"].get("score")),
            arena_name=text(arena.get("arenaName")),
            arena_city=text(arena.get("arenaCity")),
            arena_state=text(arena.get("arenaState")),
        )
    )
    for side, own in ((side, own) for side, own in teams.items() if own):
        counts = ((summary.get("postgameCharts") or {}).get(side) or {}).get("statistics") or {}
        total = whole(counts.get("turnoversTotal"))
        if total is not None:
            dump.total_turnovers[nba_id, own] = total
        for player in summary[side].get("inactives") or []:
            names = (text(player.get("firstName")), text(player.get("familyName")))
            dump.add_player_line(
                PlayerLine(
                    ref,
                    origin,
                    own,
                    " ".join(name for name in names if name),
                    whole(player["personId"]),
                    status="inactive",
                    starter=False,
                    family_name=names[1],
                )
            )
