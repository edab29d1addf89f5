"""Rows of the official injury report: up to two reports a club and game, whose statuses may differ.

Reports are stamped with an Eastern date and hour, at the latest the hour of the tip-off, except for a few rows that
are stamped after it and say what nobody knew before the game.
"""

from __future__ import annotations

from datetime import date
from random import Random

from .league import Player, broken_lookup
from .lineups import G_LEAGUE, TRADE_PENDING, UNKNOWN, Sheet, injury_text
from .schedule import DAY, Fixture

REPORT_HOURS = (11, 17)
LAST_HOUR = 23
TWO_REPORTS, ONLY_DAY_BEFORE = 0.5, 0.3
#: Final status of men who are out, and of men who play after all (chance per dressed man).
OUT_STATUS = (*("out",) * 17, "questionable", "questionable", "doubtful")
PLAYING_STATUS = {"questionable": 0.032, "probable": 0.026, "available": 0.022, "doubtful": 0.003}
#: Status in the earlier report of a man whose final status is the key.
EARLIER_STATUS = {
    "out": ("out", "out", "out", "doubtful", "questionable"),
    "doubtful": ("doubtful", "questionable"),
    "questionable": ("questionable", "questionable", "doubtful", "out"),
    "probable": ("probable", "questionable"),
    "available": ("probable", "questionable", "available"),
}
LISTED_LATE = 0.12
ASSIGNED_TO_G_LEAGUE, G_LEAGUE_QUESTIONABLE = 0.55, 0.10
NO_REASON = 0.25
LOW_CONFIDENCE, LOW_CONFIDENCE_SHARE = 0.5, 0.01
UNKNOWN_TEAM_SHARE = 0.0015
AFTER_TIP_SHARE = 0.012

Entry = tuple[Player, str, str, str]


def report_rows(rng: Random, fixture: Fixture, sheet: Sheet) -> list[tuple]:
    """Rows of one club for one game."""
    entries = _entries(rng, sheet)
    tip_hour = fixture.tip.hour
    first_hour, last_hour = REPORT_HOURS
    eve = (fixture.date - DAY, rng.randint(first_hour, last_hour))
    same_day = (fixture.date, rng.randint(first_hour, min(last_hour, tip_hour)))
    rows = []
    if rng.random() < TWO_REPORTS:
        for player, status, reason, category in entries:
            if rng.random() >= LISTED_LATE:
                earlier = rng.choice(EARLIER_STATUS[status])
                rows.append(_row(rng, fixture, sheet, eve, player, earlier, reason, category))
            rows.append(_row(rng, fixture, sheet, same_day, player, status, reason, category))
    else:
        stamp = eve if rng.random() < ONLY_DAY_BEFORE else same_day
        rows += [_row(rng, fixture, sheet, stamp, *entry) for entry in entries]
    if rng.random() < AFTER_TIP_SHARE and tip_hour < LAST_HOUR:
        late = (fixture.date, rng.randint(tip_hour + 1, LAST_HOUR))
        hurt = rng.choice(sheet.dressed)
        rows.append(_row(rng, fixture, sheet, late, hurt, "out", *injury_text(rng)))
    return rows


def _entries(rng: Random, sheet: Sheet) -> list[Entry]:
    entries: list[Entry] = []
    for player in sheet.out + sheet.gone:
        entries.append((player, rng.choice(OUT_STATUS), *(player.ailment or TRADE_PENDING)))
    for player in sheet.scratched:
        if rng.random() < ASSIGNED_TO_G_LEAGUE:
            status = "questionable" if rng.random() < G_LEAGUE_QUESTIONABLE else "out"
            place = "Two-Way" if player is sheet.scratched[-1] else "On Assignment"
            entries.append((player, status, f"G League - {place}", G_LEAGUE))
    for player in sheet.dressed:
        draw = rng.random()
        for status, share in PLAYING_STATUS.items():
            if draw < share:
                bare = status == "available" and rng.random() < NO_REASON
                entries.append((player, status, *(("-", UNKNOWN) if bare else injury_text(rng))))
                break
            draw -= share
    return entries


def _row(
    rng: Random,
    fixture: Fixture,
    sheet: Sheet,
    stamp: tuple[date, int],
    player: Player,
    status: str,
    reason: str,
    category: str,
) -> tuple:
    return (
        *stamp,
        fixture.date,
        fixture.game_id,
        "UNKNOWN" if rng.random() < UNKNOWN_TEAM_SHARE else sheet.tricode,
        player.name,
        broken_lookup(player.name),
        status,
        reason,
        category,
        LOW_CONFIDENCE if rng.random() < LOW_CONFIDENCE_SHARE else None,
    )
