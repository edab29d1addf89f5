"""Archives of closing lines of Sportsbook Reviews."""

from backfill.raw.imports.layout import Layout, Part, Rank
from backfill.raw.layouts.sbr import archive

LAYOUT = Layout(
    "sbr",
    "Sportsbook Reviews: nba_2008-2024.csv, one consensus spread and total a game",
    (
        Part(
            "archive",
            Rank.MARKETS,
            archive.read,
            ("odds_api_game_lines",),
            columns=frozenset(("season", "dates", "away", "home", "whos_favored", "spread", "total", "moneyline_home")),
        ),
    ),
)
