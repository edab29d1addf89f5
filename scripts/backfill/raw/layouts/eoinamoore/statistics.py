"""Files of the data set. gameDateTimeEst is the Eastern clock, whatever zone it carries."""

from __future__ import annotations

from backfill.raw.imports.answers import Row, each_row
from backfill.raw.imports.documents import Document
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Game, GameRef, Origin, PlayerLine, TeamLine
from backfill.raw.imports.teams import team, team_of_id
from backfill.raw.imports.values import eastern_clock, flag, game_id, number, seconds_played, text, whole
from backfill.raw.layouts.nba_api.box_scores import V3
from backfill.raw.layouts.nba_api.games import statistics


def _team(row: Row, id_column: str, city: str, name: str) -> str | None:
    """A team by its id where the copy has it, else by city and name."""
    return team_of_id(row.get(id_column)) or team(f"{row.get(city)} {row.get(name)}")


def _ref(row: Row, home: str | None, away: str | None) -> GameRef:
    tip_off = eastern_clock(row["gameDateTimeEst"])
    return GameRef(game_id(row["gameId"]), tip_off.date() if tip_off else None, away, home)


def _has_clock(row: Row) -> bool:
    return len(str(row["gameDateTimeEst"]).strip()) > 10


def _add_game(dump: Dump, origin: Origin, row: Row, home: str | None, away: str | None, **values: object) -> bool:
    if not home or not away:
        dump.left_out["games without two teams of the league"] += 1
        return False
    dump.add_game(
        Game(
            _ref(row, home, away),
            origin,
            tip_off=eastern_clock(row["gameDateTimeEst"]) if _has_clock(row) else None,
            **values,  # type: ignore[arg-type]
        )
    )
    return True


def read_schedule(document: Document, dump: Dump) -> None:
    """LeagueSchedule: arenas and tip-offs, no results; the names of its team columns differ from year to year."""
    origin = Origin(document.label, document.written, "eoinamoore LeagueSchedule")

    def use(row: Row) -> None:
        folded = {name.lower(): value for name, value in row.items()}
        _add_game(
            dump,
            origin,
            row,
            team_of_id(folded["hometeamid"]),
            team_of_id(folded["awayteamid"]),
            arena_name=text(row["arenaName"]),
            arena_city=text(row["arenaCity"]),
            arena_state=text(row["arenaState"]),
            is_neutral=True if text(row.get("seriesText")) == "Neutral Site" else None,
        )

    each_row(document, use)


def read_games(document: Document, dump: Dump) -> None:
    """Games: results."""
    origin = Origin(document.label, document.written, "eoinamoore Games")

    def use(row: Row) -> None:
        home_score, away_score = whole(row["homeScore"]), whole(row["awayScore"])
        _add_game(
            dump,
            origin,
            row,
            team_of_id(row["hometeamId"]),
            team_of_id(row["awayteamId"]),
            status=3 if home_score and away_score else 1,
            home_score=home_score,
            away_score=away_score,
        )

    each_row(document, use)


def read_teams(document: Document, dump: Dump) -> None:
    """TeamStatistics: turnovers and rebounds of the team stand in columns of their own; older copies lack them."""
    origin = Origin(document.label, document.written, "eoinamoore TeamStatistics")

    def use(row: Row) -> None:
        own = _team(row, "teamId", "teamCity", "teamName")
        other = _team(row, "opponentTeamId", "opponentTeamCity", "opponentTeamName")
        is_home = bool(flag(row["home"]))
        home, away = (own, other) if is_home else (other, own)
        score = whole(row["teamScore"])
        if not _add_game(
            dump,
            origin,
            row,
            home,
            away,
            status=3 if score else None,
            home_score=score if is_home else None,
            away_score=None if is_home else score,
        ):
            return
        known = statistics(row, V3 | {"points": "teamScore"})
        team_turnovers, minutes = whole(row.get("turnoversTeam")), number(row["numMinutes"])
        if known["turnovers"] is not None:
            known["turnovers"] = None if team_turnovers is None else known["turnovers"] + team_turnovers
        dump.add_team_line(
            TeamLine(
                _ref(row, home, away),
                origin,
                own,
                is_home,
                None if minutes is None else f"{minutes:.0f}:00",
                known,
                whole(row.get("plusMinusPoints")),
            )
        )

    each_row(document, use)


def read_players(document: Document, dump: Dump) -> None:
    """PlayerStatistics: no minutes means that he did not play; who was inactive is not there."""
    origin = Origin(document.label, document.written, "eoinamoore PlayerStatistics")

    def use(row: Row) -> None:
        own = _team(row, "playerteamId", "playerteamCity", "playerteamName")
        other = _team(row, "opponentteamId", "opponentteamCity", "opponentteamName")
        home, away = (own, other) if flag(row["home"]) else (other, own)
        if not _add_game(dump, origin, row, home, away, lists_games=False):
            return
        seconds, known = seconds_played(row["numMinutes"]), statistics(row, V3)
        dump.add_player_line(
            PlayerLine(
                _ref(row, home, away),
                origin,
                own,
                " ".join(part for part in (text(row["firstName"]), text(row["lastName"])) if part),
                whole(row["personId"]),
                # older rows have whole minutes: 0 of them with something done is less than half a minute
                status="active" if seconds or (seconds == 0 and any(known.values())) else "dnp",
                reason=text(row.get("comment")),
                seconds=seconds,
                statistics=known,
                plus_minus=whole(row["plusMinusPoints"]),
                starter=text(row["startingPosition"]) is not None if "startingPosition" in row else None,
                family_name=text(row["lastName"]),
            )
        )

    each_row(document, use)
