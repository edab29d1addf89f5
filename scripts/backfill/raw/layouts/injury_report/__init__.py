"""The league's official injury report: CSV and JSON as public parsers make them, and the PDF itself."""

from backfill.raw.imports.layout import Layout, Part, Rank
from backfill.raw.layouts.injury_report import report

FILLS = ("nbac_injury_report",)

LAYOUT = Layout(
    "injury_report",
    "the official injury report: Injury-Report_2024-01-04_12PM.pdf, or the CSV and JSON that parsers make of it",
    (
        Part(
            "injury report",
            Rank.MARKETS,
            report.read,
            FILLS,
            columns=frozenset(("Game Date", "Matchup", "Team", "Player Name", "Current Status", "Reason")),
            words=("Game Date", "Matchup", "Current Status"),
        ),
        Part("injury report, PDF", Rank.MARKETS, report.read_pdf, FILLS, named=r"injury.?report", kinds=("pdf",)),
    ),
)
