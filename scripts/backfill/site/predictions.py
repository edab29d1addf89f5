"""Predictions: the systems with what may be claimed, how their probabilities hold, slates of dates and of players."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from backfill.ask.answers import season
from backfill.base.warehouse import Warehouse
from backfill.site.pages import Site
from backfill.site.pictures import COLOURS, Picture, plain

SYSTEMS = "select system_id, kind, description from {{ ref('prediction_systems') }}"
PERFORMANCE = """
    select season_year, system_id, population, graded, void, wins, losses, pushes,
        1e0 * mae as mae, 1e0 * mae_low as mae_low, 1e0 * mae_high as mae_high, 1e0 * crps as crps,
        1e0 * inside_80_pct as inside_80_pct, 1e0 * win_rate_pct as win_rate_pct,
        1e0 * win_rate_pct_low as win_rate_pct_low, 1e0 * win_rate_pct_high as win_rate_pct_high,
        1e0 * mae_minus_season_average as against_average, 1e0 * mae_minus_season_average_low as against_average_low,
        1e0 * mae_minus_season_average_high as against_average_high, 1e0 * mae_minus_market as against_market,
        1e0 * mae_minus_market_low as against_market_low, 1e0 * mae_minus_market_high as against_market_high,
        beats_season_average, beats_market
    from {{ ref('system_season_performance') }} order by season_year desc, population, mae
"""
CALIBRATION = """
    select season_year, system_id, confidence_decile, decided, 1e0 * stated_pct as stated_pct,
        1e0 * right_pct as right_pct, 1e0 * right_pct_low as low, 1e0 * right_pct_high as high, is_calibrated
    from {{ ref('prediction_calibration') }} where decided >= 30 order by season_year, system_id, confidence_decile
"""
SLATES = """
    select predictions.game_date, predictions.player_lookup, predictions.team_abbr, predictions.opponent_team_abbr,
        max(1e0 * predictions.points_line) as points_line, max(predictions.over_price) as over_price,
        max(predictions.under_price) as under_price, max(results.points) as actual_points,
        max(case when system_id = 'ensemble_v1' then 1e0 * points_p10 end) as low,
        max(case when system_id = 'ensemble_v1' then 1e0 * points_p90 end) as high,
        %s
    from {{ ref('player_prop_predictions') }} as predictions
    left join (
        select game_id, player_lookup, points from {{ ref('player_game_summary') }}
        where seconds_played > 0 and game_date >= cast('1946-11-01' as date)
    ) as results
        on predictions.game_id = results.game_id and predictions.player_lookup = results.player_lookup
    where predictions.game_date >= cast('1946-11-01' as date)
    group by predictions.game_date, predictions.game_id, predictions.player_lookup, predictions.team_abbr,
        predictions.opponent_team_abbr
    order by predictions.game_date, predictions.player_lookup
"""
NAMES = """
    select player_lookup, max(player_full_name) as name from {{ ref('upcoming_player_game_context') }}
    where game_date >= cast('1946-11-01' as date) group by player_lookup
"""
#: Games of a player on his page.
LAST_GAMES = 60
MARKS = ("circle", "square", "diamond", "cross", "triangle-up", "x", "star", "triangle-down")


def write_predictions(site: Site, warehouse: Warehouse) -> None:
    """Three pages, a file of slates for each month and of players for each letter. Without predictions they say so."""
    described = {row["system_id"]: row["description"] for row in warehouse.rows(SYSTEMS)}
    performance = warehouse.rows(PERFORMANCE)
    pictures = {
        "calibration": _calibration(warehouse.rows(CALIBRATION)),
        "errors": _errors([row for row in performance if row["population"] == "lined"]),
    }
    site.page(
        "predictions/index.html",
        "predictions.html",
        "Predictions",
        performance=performance,
        described=described,
        pictures={name: picture for name, picture in pictures.items() if picture},
    )
    names = {row["player_lookup"]: row["name"] for row in warehouse.rows(NAMES)}
    predicted = _predicted(warehouse, list(described))
    months = _write_slates(site, predicted, list(described), names)
    site.page("predictions/slate.html", "slate.html", "Slate", months=months)
    listed = _write_players(site, predicted, list(described), names)
    site.page("predictions/player.html", "player.html", "Players", names=listed)


def _predicted(warehouse: Warehouse, systems: list[str]) -> list[tuple[date, str, list[Any]]]:
    """(date, player, what is shown: team, opponent, line, prices, points, interval, systems), by date."""
    points = ",\n        ".join(
        f"max(case when system_id = '{system}' then 1e0 * predicted_points end) as {system}" for system in systems
    )
    found = []
    for row in warehouse.rows(SLATES % points):
        game_date, player, *values = row.values()
        found.append((game_date, player, [round(value, 2) if isinstance(value, float) else value for value in values]))
    return found


def _write_slates(
    site: Site, predicted: list[tuple[date, str, list[Any]]], systems: list[str], names: dict[str, str]
) -> list[str]:
    """A script of data for each month; the months, latest first."""
    months: dict[str, dict[date, list[tuple[str, list[Any]]]]] = defaultdict(lambda: defaultdict(list))
    for game_date, player, values in predicted:
        months[f"{game_date:%Y-%m}"][game_date].append((player, values))
    for month, days in months.items():
        listed = sorted({player for rows in days.values() for player, _ in rows})
        place = {player: number for number, player in enumerate(listed)}
        data = {
            "systems": systems,
            "players": listed,
            "names": [names.get(player, player) for player in listed],
            "days": {str(day): [[place[player], *values] for player, values in rows] for day, rows in days.items()},
        }
        site.data(f"predictions/slate-{month}.js", f"slates['{month}']", data)
    return sorted(months, reverse=True)


def _write_players(
    site: Site, predicted: list[tuple[date, str, list[Any]]], systems: list[str], names: dict[str, str]
) -> list[tuple[str, str]]:
    """A script of each letter's players with their last games, and one of all names; (key, name) by name."""
    games: dict[str, list[list[Any]]] = defaultdict(list)
    for game_date, player, values in reversed(predicted):
        if len(games[player]) < LAST_GAMES:
            games[player].append([str(game_date), *values])
    letters: dict[str, dict[str, list[list[Any]]]] = defaultdict(dict)
    for player in sorted(games):
        letters[player[0]][player] = games[player]
    for letter, rows in letters.items():
        site.data(f"predictions/players-{letter}.js", f"players['{letter}']", {"systems": systems, "rows": rows})
    full = {player: names.get(player, player) for player in games}
    namesakes = Counter(full.values())
    listed = sorted(
        ((player, name if namesakes[name] == 1 else f"{name} ({player})") for player, name in full.items()),
        key=lambda one: one[::-1],
    )
    if listed:
        site.data("predictions/players.js", "playerNames", listed)
    return listed


def _calibration(rows: Sequence[dict[str, Any]]) -> Picture | None:
    """Stated probability of the likelier side against how often it was right, of the latest season."""
    import plotly.graph_objects as go

    if not rows:
        return None
    year = max(row["season_year"] for row in rows)
    latest = [row for row in rows if row["season_year"] == year]
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(x=[50, 100], y=[50, 100], mode="lines", name="as stated", line={"color": "#999999", "dash": "dash"})
    )
    systems = sorted({row["system_id"] for row in latest})
    for number, system in enumerate(systems):
        mine = [row for row in latest if row["system_id"] == system]
        figure.add_trace(
            go.Scatter(
                x=[row["stated_pct"] for row in mine],
                y=[row["right_pct"] for row in mine],
                error_y={
                    "type": "data",
                    "array": [row["high"] - row["right_pct"] for row in mine],
                    "arrayminus": [row["right_pct"] - row["low"] for row in mine],
                },
                customdata=[row["decided"] for row in mine],
                mode="lines+markers",
                name=system,
                line={"color": COLOURS[number % len(COLOURS)]},
                marker={"size": 9, "symbol": MARKS[number % len(MARKS)]},
                hovertemplate=f"{system}: stated %{{x:.1f}} %, right %{{y:.1f}} % of %{{customdata}}<extra></extra>",
            )
        )
    figure.update_xaxes(title="stated, %")
    figure.update_yaxes(title="right, %")
    good = sum(bool(row["is_calibrated"]) for row in latest)
    return Picture(
        f"What was stated, and what happened, {season(year)}",
        "Probability of the likelier side of the line against how often it was right, with 95 % intervals. "
        f"In {good} of {len(latest)} tenths the stated probability lies in the interval; elsewhere do not believe it.",
        plain(figure),
        520,
        ("season", "system", "stated, %", "right, %", "from, %", "to, %", "predictions"),
        [
            (
                season(row["season_year"]),
                row["system_id"],
                row["stated_pct"],
                row["right_pct"],
                row["low"],
                row["high"],
                row["decided"],
            )
            for row in rows
        ],
    )


def _errors(rows: Sequence[dict[str, Any]]) -> Picture | None:
    """Mean absolute error of each system minus that of the line in the same games, with intervals."""
    import plotly.graph_objects as go

    compared = [row for row in rows if row["against_market"] is not None and row["system_id"] != "market_line"]
    if not compared:
        return None
    years = sorted({row["season_year"] for row in compared})
    figure = go.Figure()
    for number, year in enumerate(years):
        mine = [row for row in compared if row["season_year"] == year]
        figure.add_trace(
            go.Scatter(
                x=[row["against_market"] for row in mine],
                y=[row["system_id"] for row in mine],
                error_x={
                    "type": "data",
                    "array": [row["against_market_high"] - row["against_market"] for row in mine],
                    "arrayminus": [row["against_market"] - row["against_market_low"] for row in mine],
                },
                mode="markers",
                name=season(year),
                marker={"size": 10, "symbol": MARKS[number % len(MARKS)], "color": COLOURS[number % len(COLOURS)]},
                hovertemplate=f"{season(year)}: %{{x:.3f}} points<extra></extra>",
            )
        )
    figure.update_xaxes(title="points of mean error above that of the line", zeroline=True)
    better = sorted({row["system_id"] for row in compared if row["beats_market"]})
    return Picture(
        "Against the line",
        "Mean absolute error minus that of the bookmaker's line, same players in the same games, with 95 % intervals; "
        f"left of zero is closer than the line. Wholly left of it in some season: {', '.join(better) or 'no system'}.",
        plain(figure),
        420,
        ("season", "system", "points", "from", "to", "games"),
        [
            (
                season(row["season_year"]),
                row["system_id"],
                row["against_market"],
                row["against_market_low"],
                row["against_market_high"],
                row["graded"],
            )
            for row in compared
        ],
    )
