"""Pictures by plotly: coverage, failure rates, features over time, runs. Every number comes from a query."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from backfill.ask.answers import season
from backfill.base.warehouse import Warehouse
from backfill.site.calendar import CHAINS
from backfill.site.pages import Site

BANDS = "select * from {{ ref('shot_zone_failure_rates') }} order by season_year, season_day_from"
#: One scan for all features: of each and each month how many rows, how many known, mean and spread.
FEATURES = """
    select extract(year from game_date) as year, extract(month from game_date) as month, season_year,
        count(*) as row_count, %s
    from {{ ref('ml_feature_store_v2') }} where game_date >= cast('1946-11-01' as date)
    group by extract(year from game_date), extract(month from game_date), season_year order by year, month
"""
SOURCES = """
    select extract(year from game_date) as year, extract(month from game_date) as month, source, count(*) as features
    from {{ ref('ml_feature_store_v2') }}, unnest(feature_sources) as %s
    where game_date >= cast('1946-11-01' as date)
    group by extract(year from game_date), extract(month from game_date), source order by year, month
"""
RUNS = """
    select ledger.invocation_id, ledger.model, invocations.command, invocations.first_game_date,
        invocations.last_game_date, invocations.status,
        invocations.started_at as run_started_at, invocations.finished_at as run_finished_at,
        min(ledger.started_at) as started_at, max(ledger.finished_at) as finished_at,
        count(*) as partitions
    from {{ source('ledger', 'partition_ledger') }} as ledger
    inner join {{ source('ledger', 'invocations') }} as invocations
        on ledger.invocation_id = invocations.invocation_id
    where ledger.state in ('SUCCESS', 'HELD') and ledger.game_date >= cast('1946-11-01' as date)
    group by ledger.invocation_id, ledger.model, invocations.command, invocations.first_game_date,
        invocations.last_game_date, invocations.started_at, invocations.finished_at, invocations.status
"""
#: Okabe-Ito; the same source has the same colour everywhere.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
PATTERNS = ("", "/", ".", "\\", "x", "+", "-", "|")
ROLES = {
    "first source": ("#009E73", ""),
    "fallback": ("#E69F00", "/"),
    "in part": ("#F0E442", "."),
    "known gap": ("#56B4E9", "|"),
    "no source": ("#D55E00", "x"),
    "not played yet": ("#999999", "-"),
}
#: Below the picture, where a narrow screen has room.
LEGEND = {"orientation": "h", "x": 0, "yref": "container", "y": 0, "yanchor": "bottom"}
RUNS_SHOWN = 20


@dataclass
class Picture:
    """A figure, what it says in words, and the same as a table."""

    title: str
    says: str
    figure: dict[str, Any]
    height: int
    headings: Sequence[str] = ()
    rows: list[Sequence[Any]] = field(default_factory=list)


def write_pictures(site: Site, warehouse: Warehouse, features: Sequence[str]) -> None:
    """The page of pictures. `features` are the columns of the feature store, in its order."""
    drawn = {
        "coverage": _coverage(warehouse.rows(CHAINS)),
        "bands": _bands(warehouse.rows(BANDS)),
        "sources": _sources(warehouse),
    }
    runs = warehouse.rows(RUNS)
    drawn |= {"runs": _runs(runs), "models": _models(runs)}
    known = {name: picture for name, picture in drawn.items() if picture}
    distributions = _distributions(warehouse, features)
    site.page(
        "pictures/index.html",
        "pictures.html",
        "Pictures",
        pictures=known,
        distributions=distributions,
        features=features,
    )


def feature_names(manifest: dict[str, Any]) -> list[str]:
    """The features of the store: its columns that have a column <name>_source."""
    store = next(node for node in manifest["nodes"].values() if node["name"] == "ml_feature_store_v2")
    return [name for name in store["columns"] if f"{name}_source" in store["columns"]]


def plain(figure: Any) -> dict[str, Any]:
    """A figure as data; colours of text and grid are set by the page, which knows whether it is dark."""
    figure.update_layout(template=None, margin={"l": 10, "r": 10, "t": 30, "b": 10}, paper_bgcolor="rgba(0,0,0,0)")
    figure.update_layout(plot_bgcolor="rgba(0,0,0,0)", legend=LEGEND)
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    return json.loads(figure.to_json())


def _role(row: dict[str, Any]) -> str:
    """What a source is to a game of its chain."""
    if row["status"] == "SERVED":
        return "first source" if row["served_by"] == row["primary_source"] else "fallback"
    return {"PARTIAL": "in part", "KNOWN_GAP": "known gap", "MISSING": "no source"}.get(row["status"], "not played yet")


def _coverage(rows: Sequence[dict[str, Any]]) -> Picture:
    """Games by what served them, per season and chain."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    games: dict[tuple[int, str, str], int] = defaultdict(int)
    totals: dict[tuple[int, str], int] = defaultdict(int)
    served: dict[tuple[int, str, str, str], int] = defaultdict(int)
    for row in rows:
        games[row["season_year"], row["chain"], _role(row)] += row["games"]
        totals[row["season_year"], row["chain"]] += row["games"]
        served[row["season_year"], row["chain"], _role(row), row["served_by"] or "-"] += row["games"]
    years = sorted({year for year, _ in totals})
    chains = sorted({chain for _, chain in totals}, reverse=True)
    titles = [season(year) for year in years]
    figure = make_subplots(rows=len(years), cols=1, shared_xaxes=True, vertical_spacing=0.06, subplot_titles=titles)
    for role, (colour, pattern) in ROLES.items():
        if not any(count for (_, _, one), count in games.items() if one == role):
            continue
        for line, year in enumerate(years, 1):
            counts = [games.get((year, chain, role), 0) for chain in chains]
            figure.add_trace(
                go.Bar(
                    x=[100 * count / (totals[year, chain] or 1) for count, chain in zip(counts, chains, strict=True)],
                    y=[chain.replace("_", " ") for chain in chains],
                    customdata=counts,
                    orientation="h",
                    name=role,
                    legendgroup=role,
                    showlegend=line == 1,
                    marker=_marker(colour, pattern),
                    hovertemplate=f"{role}: %{{customdata}} games, %{{x:.1f}} %<extra></extra>",
                ),
                row=line,
                col=1,
            )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(range=[0, 100], ticksuffix=" %")
    missing = sum(count for (_, _, role), count in games.items() if role == "no source")
    return Picture(
        "Coverage by season and chain",
        f"How the games of each of the {len(chains)} data chains are served. "
        f"{missing:,} of {sum(games.values()):,} pairs of game and chain have no source.",
        plain(figure),
        130 + 200 * len(years),
        ("season", "chain", "served", "by", "games"),
        [(season(key[0]), *key[1:], count) for key, count in sorted(served.items()) if count],
    )


def _marker(colour: str, pattern: str) -> dict[str, Any]:
    """A colour and, for those who do not tell it from the others, a faint pattern over it."""
    overlay = {"shape": pattern, "fillmode": "overlay", "fgcolor": "#ffffff", "fgopacity": 0.7, "solidity": 0.2}
    return {"color": colour, "pattern": overlay}


def _bands(rows: Sequence[dict[str, Any]]) -> Picture | None:
    """Share of players without a shot-zone row by season week, against the band that is expected."""
    import plotly.graph_objects as go

    if not rows:
        return None
    weeks = {row["season_day_from"]: f"days {row['season_day_from']} to {row['season_day_to']}" for row in rows}
    bands = {row["season_day_from"]: (float(row["low_pct"]), float(row["high_pct"])) for row in rows}
    figure = go.Figure()
    figure.add_trace(
        go.Bar(
            x=list(weeks.values()),
            y=[bands[week][1] - bands[week][0] for week in weeks],
            base=[bands[week][0] for week in weeks],
            name="expected",
            marker={"color": "rgba(128,128,128,0.35)"},
            hovertemplate="expected from %{base} to %{customdata} %<extra></extra>",
            customdata=[bands[week][1] for week in weeks],
        )
    )
    marks = ("circle", "square", "diamond", "cross", "triangle-up", "x")
    for number, year in enumerate(sorted({row["season_year"] for row in rows})):
        mine = [row for row in rows if row["season_year"] == year]
        figure.add_trace(
            go.Scatter(
                x=[weeks[row["season_day_from"]] for row in mine],
                y=[float(row["share_without_row_pct"]) for row in mine],
                customdata=[row["verdict"].lower().replace("_", " ") for row in mine],
                mode="lines+markers",
                name=season(year),
                line={"color": COLOURS[number % len(COLOURS)]},
                marker={"size": 10, "symbol": marks[number % len(marks)]},
                hovertemplate=f"{season(year)}: %{{y:.1f}} %, %{{customdata}}<extra></extra>",
            )
        )
    figure.update_yaxes(ticksuffix=" %", rangemode="tozero")
    outside = [row for row in rows if row["verdict"] in ("TOO_HIGH", "TOO_LOW")]
    verdict = f"{len(outside)} of {len(rows)} season weeks are outside" if outside else "No season week is outside"
    return Picture(
        "Players without a shot-zone row",
        f"Share by days since opening night, against the band that is expected (grey). {verdict}.",
        plain(figure),
        440,
        ("season", "days", "share, %", "from, %", "to, %", "verdict"),
        [
            (
                season(row["season_year"]),
                weeks[row["season_day_from"]],
                float(row["share_without_row_pct"]),
                *bands[row["season_day_from"]],
                row["verdict"],
            )
            for row in rows
        ],
    )


def _sources(warehouse: Warehouse) -> Picture | None:
    """Where the features come from, month by month."""
    import plotly.graph_objects as go

    rows = warehouse.rows(SOURCES % ("feature(source)" if warehouse.is_duckdb else "source"))
    if not rows:
        return None
    months = sorted({_month(row) for row in rows})
    counts = {(_month(row), row["source"]): row["features"] for row in rows}
    sources = sorted({row["source"] for row in rows})
    totals = {month: sum(counts.get((month, source), 0) for source in sources) for month in months}
    figure = go.Figure()
    for number, source in enumerate(sources):
        figure.add_trace(
            go.Bar(
                x=months,
                y=[100 * counts.get((month, source), 0) / totals[month] for month in months],
                name=source,
                marker=_marker(COLOURS[number % len(COLOURS)], PATTERNS[number % len(PATTERNS)]),
                hovertemplate=f"{source}: %{{y:.1f}} %, %{{x}}<extra></extra>",
            )
        )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(type="category")
    figure.update_yaxes(ticksuffix=" %", range=[0, 100])
    everything = sum(totals.values())
    shares = {source: 100 * sum(counts.get((m, source), 0) for m in months) / everything for source in sources}
    return Picture(
        "Where the features come from",
        "Share of all feature values by source and month: "
        + ", ".join(f"{source} {share:.1f} %" for source, share in shares.items())
        + ". A default is a value that nobody knew.",
        plain(figure),
        420,
        ("month", *[f"{source}, %" for source in sources]),
        [(month, *[100 * counts.get((month, source), 0) / totals[month] for source in sources]) for month in months],
    )


def _distributions(warehouse: Warehouse, features: Sequence[str]) -> dict[str, Any]:
    """Feature -> months with mean, tenths and share of unknown values, for the picture that the reader chooses."""
    parts = []
    for name in features:
        value = f"cast({name} as {'double' if warehouse.is_duckdb else 'float64'})"
        if warehouse.is_duckdb:
            tenths = [f"quantile_cont({value}, {share})" for share in (0.1, 0.5, 0.9)]
        else:
            tenths = [f"approx_quantiles({value}, 10)[offset({tenth})]" for tenth in (1, 5, 9)]
        parts.append(f"count({name}) as {name}__known, avg({value}) as {name}__mean")
        parts += [f"{sql} as {name}__{part}" for sql, part in zip(tenths, ("low", "middle", "high"), strict=True)]
    rows = warehouse.rows(FEATURES % ",\n".join(parts))
    found = {}
    for name in features:
        found[name] = {
            part: [None if row[f"{name}__{part}"] is None else round(float(row[f"{name}__{part}"]), 3) for row in rows]
            for part in ("mean", "low", "middle", "high")
        }
        found[name]["unknown"] = [round(100 - 100 * row[f"{name}__known"] / row["row_count"], 2) for row in rows]
    return {"months": [_month(row) for row in rows], "features": found}


def _runs(rows: Sequence[dict[str, Any]]) -> Picture | None:
    """The latest runs that built something, on one time line."""
    import plotly.graph_objects as go

    runs: dict[str, dict[str, Any]] = {}
    for row in rows:
        run = runs.setdefault(row["invocation_id"], {**row, "partitions": 0, "models": 0})
        run["partitions"] += row["partitions"]
        run["models"] += 1
    latest = sorted(runs.values(), key=lambda run: run["run_started_at"])[-RUNS_SHOWN:]
    if not latest:
        return None
    lines = []
    for run in latest:
        seconds = _seconds(run["run_started_at"], run["run_finished_at"] or run["finished_at"])
        lines.append(
            (_minute(run["run_started_at"]), run["command"], _range(run), run["status"], seconds, run["partitions"])
        )
    figure = go.Figure(
        go.Bar(
            x=[line[4] for line in lines],
            y=[f"{line[0]} {line[1]}" for line in lines],
            orientation="h",
            customdata=[[line[2], line[3], line[5]] for line in lines],
            marker={"color": ["#0072B2" if line[3] == "success" else "#D55E00" for line in lines]},
            hovertemplate="%{customdata[0]}<br>%{customdata[1]}, %{customdata[2]} partitions, %{x} s<extra></extra>",
        )
    )
    figure.update_xaxes(title="seconds", rangemode="tozero")
    figure.update_yaxes(type="category")
    failed = sum(line[3] != "success" for line in lines)
    return Picture(
        "Backfill runs",
        f"The latest {len(lines)} runs that built something, oldest at the bottom; {failed} of them did not end well.",
        plain(figure),
        180 + 26 * len(lines),
        ("started (UTC)", "command", "game dates", "status", "seconds", "partitions"),
        lines,
    )


def _models(rows: Sequence[dict[str, Any]]) -> Picture | None:
    """The time line of the run that built most: when each model was built and for how long."""
    import plotly.graph_objects as go

    if not rows:
        return None
    sizes: dict[str, int] = defaultdict(int)
    for row in rows:
        sizes[row["invocation_id"]] += row["partitions"]
    largest = max(sizes, key=lambda run: sizes[run])
    mine = sorted(
        (row for row in rows if row["invocation_id"] == largest), key=lambda row: row["started_at"], reverse=True
    )
    begin = min(row["run_started_at"] for row in mine)
    lines = [
        (
            row["model"],
            _seconds(begin, row["started_at"]),
            _seconds(row["started_at"], row["finished_at"]),
            row["partitions"],
        )
        for row in mine
    ]
    figure = go.Figure(
        go.Bar(
            x=[line[2] for line in lines],
            base=[line[1] for line in lines],
            y=[line[0] for line in lines],
            orientation="h",
            customdata=[[line[2], line[3]] for line in lines],
            marker={"color": "#0072B2"},
            hovertemplate="%{y}<br>begins after %{base:.1f} s, takes %{customdata[0]:.1f} s, "
            "%{customdata[1]} partitions<extra></extra>",
        )
    )
    figure.update_xaxes(title="seconds since the run began", rangemode="tozero")
    slowest = max(lines, key=lambda line: line[2])
    return Picture(
        "Time line of the largest run",
        f"{mine[0]['command']} of {_range(mine[0])}, {_minute(begin)} UTC: {sizes[largest]:,} partitions of "
        f"{len(lines)} models. The slowest is {slowest[0]} with {slowest[2]:.1f} s.",
        plain(figure),
        140 + 20 * len(lines),
        ("model", "begins after, s", "takes, s", "partitions"),
        lines[::-1],
    )


def _month(row: dict[str, Any]) -> str:
    return f"{row['year']}-{row['month']:02d}"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _seconds(begin: datetime, end: datetime) -> float:
    return round((end - begin).total_seconds(), 1)


def _range(row: dict[str, Any]) -> str:
    first, last = row["first_game_date"], row["last_game_date"]
    return str(first) if first == last else f"{first} to {last}" if isinstance(first, date) else "no dates"
