"""Saved pages of Basketball-Reference: box scores and schedules. Cells carry the name of their statistic."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from html.parser import HTMLParser

from backfill.raw.imports.documents import Document, Refused
from backfill.raw.imports.dump import Dump
from backfill.raw.imports.facts import Game, GameRef, Origin, PlayerLine, TeamLine
from backfill.raw.imports.teams import team
from backfill.raw.imports.values import day, seconds_played, text, whole
from backfill.raw.layouts.basketball_reference.schedule import tip_off
from backfill.raw.layouts.nba_api.games import statistics

STATISTICS = {
    "points": "pts",
    "field_goals_made": "fg",
    "field_goals_attempted": "fga",
    "three_pointers_made": "fg3",
    "three_pointers_attempted": "fg3a",
    "free_throws_made": "ft",
    "free_throws_attempted": "fta",
    "offensive_rebounds": "orb",
    "defensive_rebounds": "drb",
    "total_rebounds": "trb",
    "assists": "ast",
    "steals": "stl",
    "blocks": "blk",
    "turnovers": "tov",
    "personal_fouls": "pf",
}
_BOX = re.compile(r"box-([A-Z]{3})-game-basic")
_TITLE = re.compile(r"(?:.*: )?(.+?) at (.+?) Box Score, (\w+ \d{1,2}, \d{4})")
_MET = re.compile(r"(\d{1,2}:\d{2}) ([AP])M, (\w+ \d{1,2}, \d{4})")


@dataclass
class _Page(HTMLParser):
    """Rows of a page's tables by the table's id, each a dict of cells; its heading; lines of text by team code."""

    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    heading: str = ""
    meta: list[str] = field(default_factory=list)
    inactive: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)
        self._table, self._row, self._cell = "", None, None  # type: ignore[var-annotated]
        self._within, self._team, self._text = "", "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "table":
            self._table = named.get("id") or ""
        elif tag == "tr":
            self._row = {}
        elif tag in ("td", "th") and self._row is not None:
            self._cell = named.get("data-stat") or ""
            self._row[self._cell] = ""
            if named.get("data-append-csv"):
                self._row["player_id"] = named["data-append-csv"] or ""
            if self._cell == "date_game" and named.get("csk"):
                self._row["page"] = named["csk"] or ""
        elif tag == "div" and named.get("class") == "scorebox_meta":
            self._within = "meta"
        elif tag == "h1":
            self._within = "heading"
        self._text = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._table = ""
        elif tag == "tr" and self._row:
            self.tables.setdefault(self._table, []).append(self._row)
            self._row = None
        elif tag in ("td", "th"):
            self._cell = None
        elif tag == "h1":
            self._within = ""
        elif tag == "div":
            if self._within == "meta" and self._text.strip():
                self.meta.append(self._text.strip())
            if len(self.meta) >= 2:
                self._within = ""
            self._team = ""
        elif tag == "strong":
            printed = self._text.replace("\xa0", " ").strip()
            if printed == "Inactive:":
                self._team = "?"
            elif self._team:
                self._team = printed if re.fullmatch(r"[A-Z]{3}", printed) else ""
        elif tag == "a" and len(self._team) == 3:
            self.inactive.append((self._team, self._text.strip()))

    def handle_data(self, data: str) -> None:
        self._text += data
        if self._within == "heading":
            self.heading += data
        if self._cell is not None and self._row is not None:
            self._row[self._cell] += data.strip()

    def handle_comment(self, data: str) -> None:
        if "<table" in data:  # some tables stand in comments until a script shows them
            self.feed_part(data)

    def feed_part(self, data: str) -> None:
        """Tables of a part, without what surrounds them."""
        other = _Page()
        other.feed(data)
        for name, rows in other.tables.items():
            self.tables.setdefault(name, rows)


def read(document: Document, dump: Dump) -> None:
    """A box score or a schedule, whichever the page is. Raises Refused for another page."""
    page = _Page()
    page.feed(document.bytes().decode("utf-8", errors="replace"))
    boxes = {found[1]: rows for name, rows in page.tables.items() if (found := _BOX.fullmatch(name))}
    if len(boxes) == 2:
        _read_box(document, dump, page, boxes)
    elif "schedule" in page.tables:
        _read_schedule(document, dump, page.tables["schedule"])
    else:
        raise Refused(f"{document.label} is neither a box score nor a schedule of Basketball-Reference")


def _read_schedule(document: Document, dump: Dump, rows: list[dict[str, str]]) -> None:
    origin = Origin(document.label, document.written, "basketball_reference schedule")
    for row in rows:
        page = re.fullmatch(r"(\d{8})0([A-Z]{3})", row.get("page", ""))
        away, home = team(row.get("visitor_team_name")), team(row.get("home_team_name"))
        if not page or not away or not home:
            continue  # a header, repeated every twenty games, or "Playoffs"
        played_on = day(page[1])
        home_score = whole(row["home_pts"])
        dump.add_game(
            Game(
                GameRef(None, played_on, away, home),
                origin,
                tip_off=tip_off(played_on, row.get("game_start_time", "")),
                status=1 if home_score is None else 3,
                home_score=home_score,
                away_score=whole(row["visitor_pts"]),
                arena_name=text(row.get("arena_name")),
            )
        )


def _read_box(document: Document, dump: Dump, page: _Page, boxes: dict[str, list[dict[str, str]]]) -> None:
    origin = Origin(document.label, document.written, "basketball_reference box score")
    title = _TITLE.fullmatch(page.heading.strip())
    if not title:
        raise Refused(f"{document.label}: the heading '{page.heading.strip()}' names no two teams and date")
    away, home, played_on = team(title[1]), team(title[2]), day(title[3])
    if {away, home} != {team(code) for code in boxes}:
        raise Refused(f"{document.label}: the heading names {title[1]} and {title[2]}, the tables {', '.join(boxes)}")
    ref = GameRef(None, played_on, away, home)
    totals = {team(code): rows[-1] for code, rows in boxes.items()}
    scores = {code: whole(row["pts"]) for code, row in totals.items()}
    met = next((found for line in page.meta if (found := _MET.match(line))), None)
    place = page.meta[1].split(", ") if len(page.meta) > 1 else []
    dump.add_game(
        Game(
            ref,
            origin,
            tip_off=_met_at(met, played_on),
            status=3,
            home_score=scores[home],
            away_score=scores[away],
            arena_name=place[0] if place else None,
            arena_city=place[1] if len(place) > 1 else None,
            arena_state=place[2] if len(place) > 2 else None,
        )
    )
    for code, rows in boxes.items():
        own = team(code)
        players = [row for row in rows if row.get("player_id")]
        for place_in_table, row in enumerate(players):
            dump.add_player_line(_line(row, ref, own, place_in_table < 5, origin))
        other = home if own == away else away
        total, points, against = totals[own], scores[own], scores[other]
        dump.add_team_line(
            TeamLine(
                ref,
                origin,
                own,
                own == home,
                f"{total['mp']}:00",
                statistics(total, STATISTICS),
                None if points is None or against is None else points - against,
            )
        )
    for code, name in page.inactive:
        dump.add_player_line(PlayerLine(ref, origin, team(code), name, status="inactive", starter=False))


def _met_at(met: re.Match[str] | None, played_on: date | None) -> datetime | None:
    return tip_off(played_on, f"{met[1]}{met[2].lower()}") if met else None


def _line(row: dict[str, str], ref: GameRef, own: str | None, starter: bool, origin: Origin) -> PlayerLine:
    reason = text(row.get("reason"))
    return PlayerLine(
        ref,
        origin,
        own,
        row["player"],
        status="dnp" if reason else "active",
        reason=reason,
        seconds=None if reason else seconds_played(row["mp"]),
        statistics={} if reason else statistics(row, STATISTICS),
        plus_minus=None if reason else whole((row.get("plus_minus") or "").lstrip("+")),
        starter=starter,
    )
