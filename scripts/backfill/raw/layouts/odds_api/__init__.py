"""The Odds API: current and historical answers (JSON), and the flat CSV shapes that people make of them."""

from backfill.raw.imports.layout import Layout, Part, Rank
from backfill.raw.layouts.odds_api import answers, flat

PROPS, LINES = ("odds_api_player_points_props",), ("odds_api_game_lines",)

LAYOUT = Layout(
    "odds_api",
    "The Odds API: props on points, spreads and totals, current and historical",
    (
        Part("odds", Rank.MARKETS, answers.read, (*PROPS, *LINES), words=("commence_time", "bookmakers", "sport_key")),
        Part(
            "props, one row a side",
            Rank.MARKETS,
            flat.read_sides,
            PROPS,
            columns=frozenset(("market", "bookmaker", "player", "side", "line", "price", "game_id", "commence_time")),
        ),
        Part(
            "props, both sides in a row",
            Rank.MARKETS,
            flat.read_pairs,
            PROPS,
            columns=frozenset(("event_id", "player", "market", "line", "bookmaker", "game", "over_odds", "under_odds")),
        ),
        Part(
            "odds, one row an outcome",
            Rank.MARKETS,
            flat.read_outcomes,
            LINES,
            columns=frozenset(("event_id", "commence_time", "bookmaker", "market", "outcome_name", "price", "point")),
        ),
    ),
)
