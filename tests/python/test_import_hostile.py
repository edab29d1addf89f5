"""Broken and hostile files: a clear message with the file and what was found, and nothing written."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from backfill.base.errors import BackfillError
from backfill.contract import RawTable, load_contract
from backfill.raw.imports import documents
from backfill.raw.imports.run import import_dump
from building import PROJECT

Make = Callable[[Path], None]
SCHEDULED = {
    "gameId": "0022300001",
    "gameCode": "20231024/MINNYK",
    "gameStatus": 3,
    "gameDateEst": "2023-10-24T00:00:00Z",
    "gameDateTimeEst": "2023-10-24T19:30:00Z",
    "homeTeam": {"teamTricode": "NYK", "score": 111},
    "awayTeam": {"teamTricode": "MIN", "score": 102},
}
LOG = (
    "SEASON_ID,TEAM_ID,TEAM_ABBREVIATION,TEAM_NAME,GAME_ID,GAME_DATE,MATCHUP,WL,MIN,FGM,FGA,FG3M,FG3A,FTM,FTA,OREB,DREB,"
    "REB,AST,STL,BLK,TOV,PF,PTS,PLUS_MINUS,VIDEO_AVAILABLE"
)
LOGGED = (
    "22023,1610612752,NYK,New York Knicks,22300001,2023-10-24,NYK vs. MIN,W,240,{FGM},80,11,28,16,24,7,37,44,22,7,3,19,"
    "20,111,9,1"
)


@pytest.fixture(scope="module")
def contract() -> dict[str, RawTable]:
    """The raw contract."""
    return load_contract(PROJECT)


def schedule(**values: Any) -> str:
    """An answer of ScheduleLeagueV2 with one game."""
    return json.dumps({"leagueSchedule": {"gameDates": [{"games": [SCHEDULED | values]}]}})


def box(minutes: str = "30:00", name: str = "Vaughn", points: object = 10, game: str = "0022300001") -> str:
    """An answer of BoxScoreTraditionalV3 with one player."""
    counts = dict.fromkeys(
        (
            *("fieldGoalsMade", "fieldGoalsAttempted", "threePointersMade", "threePointersAttempted"),
            *("freeThrowsMade", "freeThrowsAttempted", "reboundsOffensive", "reboundsDefensive", "reboundsTotal"),
            *("assists", "steals", "blocks", "turnovers", "foulsPersonal", "plusMinusPoints"),
        ),
        1,
    ) | {"points": points}
    player = {
        "personId": 1,
        "firstName": name,
        "familyName": "Garvash",
        "position": "F",
        "comment": "",
        "statistics": counts | {"minutes": minutes},
    }
    side = {"teamTricode": "NYK", "players": [player], "statistics": counts | {"minutes": "240:00"}}
    other = side | {"teamTricode": "MIN", "players": []}
    teams = {"homeTeamId": 1610612752, "awayTeamId": 1610612750, "homeTeam": side, "awayTeam": other}
    return json.dumps({"boxScoreTraditional": {"gameId": game, **teams}})


def action(number: int = 1, **values: Any) -> dict[str, Any]:
    """An action of PlayByPlayV3."""
    return {
        "actionNumber": number,
        "clock": "PT12M00.00S",
        "period": 1,
        "teamTricode": "",
        "personId": 0,
        "xLegacy": 0,
        "yLegacy": 0,
        "shotDistance": 0,
        "scoreHome": "",
        "scoreAway": "",
        "description": "",
        "actionType": "period",
        "subType": "start",
        "actionId": number,
    } | values


def play_by_play(*actions: dict[str, Any], game: str = "0022300001") -> str:
    return json.dumps({"game": {"gameId": game, "actions": list(actions)}})


def text(name: str, content: str, encoding: str = "utf-8") -> Make:
    """A file with a text."""
    return lambda folder: (folder / name).write_bytes(content.encode(encoding)) and None


def raw_bytes(name: str, content: bytes) -> Make:
    return lambda folder: (folder / name).write_bytes(content) and None


def both(*makes: Make) -> Make:
    def make(folder: Path) -> None:
        for one in makes:
            one(folder)

    return make


def zipped(name: str, content: str) -> Make:
    def make(folder: Path) -> None:
        with zipfile.ZipFile(folder / "dump.zip", "w") as archive:
            archive.writestr(name, content)

    return make


def linked(folder: Path) -> None:
    with tarfile.open(folder / "dump.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("schedule.json")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(entry)


def log(**values: str) -> str:
    """A CSV of LeagueGameLog with one row."""
    return f"{LOG}\n{LOGGED.format(**({'FGM': '42'} | values))}\n"


def wide(columns: str, **values: str) -> str:
    """A CSV with one row: the values, and 1 in every other column."""
    names = columns.split(",")
    return f"{columns}\n{','.join(values.get(name, '1') for name in names)}\n"


PAST = "x" * (1 << 20)
GAMES = "GAME_DATE_EST,GAME_ID,GAME_STATUS_TEXT,HOME_TEAM_ID,VISITOR_TEAM_ID,PTS_home,PTS_away"
INJURY = "Game Date,Game Time,Matchup,Team,Player Name,Current Status,Reason"
ODDS = {"id": "a" * 32, "sport_key": "basketball_nba", "commence_time": "2023-10-24T23:30:00Z"}

#: What is broken -> its files, and what the message says of them.
CASES: dict[str, tuple[Make, str]] = {
    "truncated JSON": (
        text("s.json", schedule()[:-9]),
        r"s\.json is no JSON: line 1, column \d+: it ends in the middle",
    ),
    "a wrong sign in JSON": (text("s.json", schedule().replace('"games":', '"games"=')), r"s\.json is no JSON: line 1"),
    "HTML for JSON": (text("s.json", "<!DOCTYPE html><html>Access Denied</html>"), r"s\.json is a web page, not JSON"),
    "HTML for CSV": (text("s.csv", "<html><body>403</body></html>"), r"s\.csv is a web page, not CSV"),
    "an empty answer": (text("s.json", ""), r"s\.json is empty"),
    "blanks for an answer": (text("s.json", "  \n \n"), r"s\.json is empty"),
    "UTF-16": (text("s.csv", log(), "utf-16"), r"s\.csv is text in UTF-16"),
    "Latin-1": (text("s.csv", log().replace("Knicks", "Kn\u00efcks"), "latin-1"), r"s\.csv: line 2 is not UTF-8"),
    "JSON in Latin-1": (text("s.json", box(name="x").replace('"x"', '"\u00e9"'), "latin-1"), r"s\.json is not UTF-8"),
    "semicolons": (text("s.csv", log().replace(",", ";")), r"s\.csv has semicolons between its columns"),
    "tabs": (text("s.csv", log().replace(",", "\t")), r"s\.csv has tabs between its columns"),
    "decimal comma": (text("s.csv", log(FGM='"4,5"')), r"line 2: expected a number, found '4,5' \(decimal comma\?\)"),
    "half a field goal": (text("s.csv", log(FGM="4.5")), r"line 2: expected a whole number, found '4\.5'"),
    "a word for a number": (text("s.csv", log(FGM="many")), r"line 2: expected a number, found 'many'"),
    "a row cut off": (text("s.csv", log()[:-20]), r"line 2 has \d+ cells, the first line 26: the file is cut off"),
    "an unquoted comma": (text("s.csv", log(FGM="42,0")), r"line 2 has 27 cells, the first line 26"),
    "a quote that does not end": (text("s.csv", log(FGM='"42')), r"s\.csv: line 2"),
    "a line of a megabyte": (text("s.csv", f"{LOG}\n{PAST}{PAST}"), r"line 2 is longer than 1 MB: this is no CSV"),
    "no game id": (
        text("s.csv", log().replace("22300001", "GSW-LAL")),
        r"line 2: expected an NBA game id of 10 digits",
    ),
    "no matchup": (text("s.csv", log().replace("NYK vs. MIN", "NYK")), r"line 2: MATCHUP: expected 'GSW @ LAL'"),
    "no date": (text("s.csv", log().replace("2023-10-24", "yesterday")), r"line 2: expected a date, found 'yesterday'"),
    "no clock": (text("s.json", schedule(gameDateTimeEst="half past seven")), r"expected a time, found 'half past"),
    "no minutes": (
        both(text("s.json", schedule()), text("b.json", box(minutes="half"))),
        r"b\.json .*minutes as 36:12",
    ),
    "a formula for a name": (
        both(text("s.json", schedule()), text("b.json", box(name="=HYPERLINK(0)"))),
        r"b\.json .*would run as a formula: '=HYPERLINK",
    ),
    "another structure": (text("b.json", '{"boxScoreTraditional": {"homeTeam": 1}}'), r"b\.json: 'gameId' is missing"),
    "a list for a structure": (
        text("b.json", '{"boxScoreTraditional": ["homeTeam"]}'),
        r"b\.json \(boxscoretraditionalv3",
    ),
    "nested without end": (
        text("b.json", '{"leagueSchedule": "gameDates", "x": ' + "[" * 200_000),
        r"nested too deeply|no JSON",
    ),
    "a game twice, otherwise": (
        both(text("s.json", schedule()), text("a.json", box()), text("b.json", box(points=11))),
        r"b\.json and .*a\.json hold the same (player|team) row twice with other numbers: points of",
    ),
    "play-by-play twice, otherwise": (
        both(
            text("s.json", schedule()),
            text("a.json", play_by_play(action())),
            text("b.json", play_by_play(action(), action(2, subType="end"))),
        ),
        r"b\.json and .*a\.json tell the play-by-play of game 0022300001 otherwise",
    ),
    "play-by-play of no known game": (
        text("p.json", play_by_play(action())),
        r"not one row could be made: play-by-play of games whose date and teams nothing tells, as 0022300001",
    ),
    "a shot without its place": (
        both(text("s.json", schedule()), text("p.json", play_by_play(action(xLegacy="far", actionType="Made Shot")))),
        r"p\.json: action 1: expected a number, found 'far'",
    ),
    "two layouts": (
        both(
            text("s.json", schedule()),
            text("b.json", box()),
            text("box.csv", wide("gameId,teamId,personId,personName,position,fieldGoalsMade", gameId="22300001")),
        ),
        r"two layouts would fill nbac_gamebook_player_stats",
    ),
    "a file of two kinds": (
        text("g.csv", wide(f"{GAMES},gameId,gameDateTimeEst,hometeamId,awayteamId,homeScore,awayScore")),
        r"g\.csv can be of eoinamoore or kaggle_games: both fit, and nothing is guessed",
    ),
    "a file of no kind": (
        text("x.csv", "a,b\n1,2\n"),
        r"no file there is of a layout that is known .*; found .*x\.csv",
    ),
    "an error for an answer": (text("o.json", '{"message": "API key is missing"}'), r"no file there is of a layout"),
    "a zip that leads out": (zipped("../s.json", schedule()), r"the name '\.\./s\.json' leads out of the archive"),
    "a zip from the root": (zipped("/s.json", schedule()), r"the name '/s\.json' leads out of the archive"),
    "a zip for Windows": (zipped("C:\\s.json", schedule()), r"leads out of the archive"),
    "a link in an archive": (linked, r"dump\.tar\.gz: schedule\.json is a link or a device"),
    "a zip cut off": (
        lambda folder: (zipped("s.json", schedule())(folder), _cut(folder / "dump.zip"))[0],
        r"dump\.zip cannot be unpacked",
    ),
    "a tar of nothing": (raw_bytes("dump.tar.xz", b"no archive"), r"dump\.tar\.xz cannot be unpacked"),
    "a gzip cut off": (raw_bytes("s.json.gz", gzip.compress(schedule().encode())[:-30]), r"s\.json\.gz"),
    "no gzip": (raw_bytes("s.json.gz", schedule().encode()), r"s\.json\.gz cannot be unpacked or read"),
    "a gzip under another name": (
        raw_bytes("s.json", gzip.compress(b"{}")),
        r"s\.json is compressed by gzip, not JSON",
    ),
    "a workbook under another name": (raw_bytes("s.csv", b"PK\x03\x04rest"), r"s\.csv is a zip archive or an Excel"),
    "a damaged PDF": (raw_bytes("Injury-Report_2024-01-04_12PM.pdf", b"%PDF-1.7 damaged"), r"is no readable PDF"),
    "a damaged workbook": (raw_bytes("nba odds 2018-19.xlsx", b"PK\x03\x04damaged"), r"is no readable workbook"),
    "days and months that can be swapped": (
        text("g.csv", wide(GAMES, GAME_DATE_EST="01/02/2023", GAME_ID="22300001")),
        r"GAME_DATE_EST can be day/month or month/day in every row",
    ),
    "a team of another game": (
        text("i.csv", f'{INJURY}\n10/24/2023,07:30 (ET),MIN@NYK,Utah Jazz,"A, B",Out,-\n'),
        r"line 2: Team 'Utah Jazz' is not of Matchup 'MIN@NYK'",
    ),
    "a page of something else": (
        text("202301020CLE.html", "<html><h1>Page Not Found (404 error)</h1></html>"),
        r"is neither a box score nor a schedule of Basketball-Reference",
    ),
}


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:40])


@pytest.mark.parametrize("case", CASES)
def test_a_broken_file_is_named_and_nothing_is_written(
    case: str, tmp_path: Path, contract: dict[str, RawTable]
) -> None:
    make, message = CASES[case]
    (tmp_path / "dump").mkdir()
    make(tmp_path / "dump")
    with pytest.raises(BackfillError, match=message):
        import_dump("auto", [tmp_path / "dump"], tmp_path / "nba.duckdb", contract)
    assert not (tmp_path / "nba.duckdb").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dump"]


def test_there_are_forty_cases() -> None:
    assert len(CASES) >= 40


def test_an_answer_larger_than_any_is_not_read(
    tmp_path: Path, contract: dict[str, RawTable], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "LARGEST_ANSWER", 1 << 20)
    (tmp_path / "s.json").write_text(schedule() + " " * (1 << 20))
    with pytest.raises(BackfillError, match="larger than"):
        import_dump("nba_api", [tmp_path / "s.json"], tmp_path / "nba.duckdb", contract)


@pytest.mark.parametrize(
    ("layout", "message"),
    [
        ("hoopr", "no file there is of layout hoopr.*\n.*raw import (nba_api|cdn) PATH"),
        ("espn", "there is no layout 'espn'"),
    ],
)
def test_a_wrong_layout_is_told_with_the_right_one(
    layout: str, message: str, tmp_path: Path, contract: dict[str, RawTable]
) -> None:
    (tmp_path / "s.json").write_text(schedule())
    with pytest.raises(BackfillError, match=message):
        import_dump(layout, [tmp_path / "s.json"], tmp_path / "nba.duckdb", contract)


def test_a_path_that_is_not_there(tmp_path: Path, contract: dict[str, RawTable]) -> None:
    with pytest.raises(BackfillError, match="gone does not exist"):
        import_dump("auto", [tmp_path / "gone"], tmp_path / "nba.duckdb", contract)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_marks_and_line_ends_of_other_systems_are_read(
    encoding: str, ending: str, tmp_path: Path, contract: dict[str, RawTable]
) -> None:
    (tmp_path / "log.csv").write_bytes(log().replace("\n", ending).encode(encoding))
    (tmp_path / "s.json").write_bytes(schedule().encode(encoding))
    import_dump("nba_api", [tmp_path], tmp_path / "nba.duckdb", contract)
    with duckdb.connect(tmp_path / "nba.duckdb", read_only=True) as connection:
        found = connection.execute("select points, turnovers, minutes from nba_raw.nbac_team_boxscore").fetchall()
    assert found == [(111, 19, "240:00")]


def test_what_is_not_a_number_there_is_null(tmp_path: Path, contract: dict[str, RawTable]) -> None:
    (tmp_path / "log.csv").write_text(log(FGM="nan"))
    import_dump("nba_api", [tmp_path], tmp_path / "nba.duckdb", contract)
    with duckdb.connect(tmp_path / "nba.duckdb", read_only=True) as connection:
        assert connection.execute("select fg_made from nba_raw.nbac_team_boxscore").fetchall() == [(None,)]


def test_archives_are_read_without_being_unpacked(tmp_path: Path, contract: dict[str, RawTable]) -> None:
    with zipfile.ZipFile(tmp_path / "dump.zip", "w") as archive:
        archive.writestr("deep/schedule.json", schedule())
        archive.writestr("__MACOSX/._schedule.json", "rubbish")
        archive.writestr("deep/readme.txt", "not data")
    with tarfile.open(tmp_path / "logs.tar.xz", "w:xz") as packed:
        entry = tarfile.TarInfo("logs/log.csv")
        entry.size = len(log().encode())
        packed.addfile(entry, io.BytesIO(log().encode()))
    result = import_dump("auto", [tmp_path], tmp_path / "out" / "nba.duckdb", contract)
    assert result.layouts == {"nba_api": {"scheduleleaguev2": 1, "leaguegamelog of teams": 1}}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dump.zip", "logs.tar.xz", "out"]


def test_other_sports_and_clubs_are_left_out_and_counted(tmp_path: Path, contract: dict[str, RawTable]) -> None:
    markets = [
        {
            "key": "totals",
            "last_update": "2023-10-24T20:00:00Z",
            "outcomes": [{"name": "Over", "price": -110, "point": 220}],
        }
    ]
    books = [{"key": "draftkings", "markets": markets}]
    events = [
        ODDS | {"home_team": "New York Knicks", "away_team": "Minnesota Timberwolves", "bookmakers": books},
        ODDS
        | {
            "home_team": "New York Liberty",
            "away_team": "Minnesota Lynx",
            "sport_key": "basketball_wnba",
            "bookmakers": books,
        },
    ]
    (tmp_path / "odds.json").write_text(json.dumps(events))
    result = import_dump("odds_api", [tmp_path], tmp_path / "nba.duckdb", contract)
    assert result.tables["odds_api_game_lines"].rows == 1
    assert result.left_out == {"events of other sports, or of clubs that are not of the league": 1}


def test_a_copy_of_a_file_adds_nothing_and_another_price_is_told(tmp_path: Path, contract: dict[str, RawTable]) -> None:
    for name, price in (("a", -110), ("b", -110), ("c", -120)):
        outcomes = [{"name": "Over", "price": price, "point": 220}]
        markets = [{"key": "totals", "last_update": "2023-10-24T20:00:00Z", "outcomes": outcomes}]
        teams = {"home_team": "New York Knicks", "away_team": "Minnesota Timberwolves"}
        event = ODDS | teams | {"bookmakers": [{"key": "draftkings", "markets": markets}]}
        (tmp_path / f"{name}.json").write_text(json.dumps(event))
    result = import_dump("odds_api", [tmp_path], tmp_path / "nba.duckdb", contract)
    assert result.tables["odds_api_game_lines"].rows == 1
    assert list(result.repaired.values()) == [1] and list(result.differing.values()) == [1]
