"""Basketball-Reference: schedules (CSV export or page) and box score pages, without NBA ids."""

from backfill.raw.imports.layout import Layout, Part, Rank
from backfill.raw.layouts.basketball_reference import pages, schedule
from backfill.raw.layouts.nba_api import BOX, TEAMS

LAYOUT = Layout(
    "basketball_reference",
    "Basketball-Reference: schedules as CSV or saved pages, box scores as saved pages",
    (
        Part(
            "schedule",
            Rank.GAMES,
            schedule.read,
            ("nbac_schedule",),
            columns=frozenset(("Date", "Start (ET)", "Visitor/Neutral", "Home/Neutral", "PTS")),
        ),
        Part(
            "page",
            Rank.PLAYERS,
            pages.read,
            ("nbac_schedule", *BOX, *TEAMS),
            named=r"^(\d{8}0[a-z]{3}|nba_\d{4}_games(-[a-z]+)?)\.html?$",
            kinds=("html",),
        ),
    ),
)
