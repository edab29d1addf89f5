"""Schedule exports of Basketball-Reference: dates, tip-offs, scores and arenas, without NBA ids."""

from backfill.raw.imports.layout import Layout, Part, Rank
from backfill.raw.layouts.basketball_reference import schedule

LAYOUT = Layout(
    "basketball_reference",
    "Basketball-Reference: the schedule as CSV export",
    (
        Part(
            "schedule",
            Rank.GAMES,
            schedule.read,
            ("nbac_schedule",),
            columns=frozenset(("Date", "Start (ET)", "Visitor/Neutral", "Home/Neutral", "PTS")),
        ),
    ),
)
