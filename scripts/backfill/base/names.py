"""Short names of the tables, as the old documents use them; accepted wherever a table is named."""

from __future__ import annotations

SHORT_NAMES = {
    "PGS": "player_game_summary",
    "TOGS": "team_offense_game_summary",
    "TDGS": "team_defense_game_summary",
    "UPGC": "upcoming_player_game_context",
    "UTGC": "upcoming_team_game_context",
    "TDZA": "team_defense_zone_analysis",
    "PSZA": "player_shot_zone_analysis",
    "PCF": "player_composite_factors",
    "PDC": "player_daily_cache",
    "MLFS": "ml_feature_store_v2",
}


def full_name(table: str | None) -> str | None:
    """The table that is meant by a short name; anything else as it is given."""
    return SHORT_NAMES.get(table.upper(), table) if table else table


def full_names(tables: list[str] | None) -> list[str] | None:
    """full_name of each."""
    return [SHORT_NAMES.get(table.upper(), table) for table in tables] if tables else tables
