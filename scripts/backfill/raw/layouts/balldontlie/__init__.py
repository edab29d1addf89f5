"""Answers of the balldontlie API: box scores and statistics of players."""

from backfill.raw.imports.layout import Layout, Part, Rank
from backfill.raw.layouts.balldontlie import answers

FILLS = ("bdl_player_boxscores",)

LAYOUT = Layout(
    "balldontlie",
    "balldontlie's answers: box_scores and stats",
    (
        Part(
            "box_scores", Rank.PLAYERS, answers.read_box_scores, FILLS, words=("data", "visitor_team", "players", "fgm")
        ),
        Part(
            "stats", Rank.PLAYERS, answers.read_stats, FILLS, words=("data", "home_team_id", "visitor_team_id", "fgm")
        ),
    ),
)
