"""Archives of closing lines of Sportsbook Reviews."""

from backfill.raw.imports.layout import Layout, Part, Rank
from backfill.raw.layouts.sbr import archive, workbook

LAYOUT = Layout(
    "sbr",
    "Sportsbook Reviews: nba_2008-2024.csv, and the workbooks nba odds 2018-19.xlsx",
    (
        Part(
            "archive",
            Rank.MARKETS,
            archive.read,
            ("odds_api_game_lines",),
            columns=frozenset(("season", "dates", "away", "home", "whos_favored", "spread", "total", "moneyline_home")),
        ),
        Part(
            "workbook",
            Rank.MARKETS,
            workbook.read,
            ("odds_api_game_lines",),
            named=r"nba.odds.\d{4}-\d{2}\.xlsx$",
            kinds=("xlsx",),
        ),
    ),
)
