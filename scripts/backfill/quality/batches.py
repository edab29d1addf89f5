"""What the suites look at: the rows of the range, one row per game date, and one row per span of 30 game dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backfill.quality.contract import Table

TRAILING_DATES = 30  # story 12: compared with the trailing 30 game dates
MIN_HISTORY = 10  # fewer trailing dates say nothing
SPAN_DATES = 30  # story 1: more than one distinct value per 30 dates ...
SPAN_GAMES = (
    150  # ... which hold some 200 games; late play-off dates hold one each, and 30 games without overtime prove nothing
)
RANGE_GAMES = 100  # a shorter range must vary by itself from here on
# means that follow the calendar jump after the All-Star break and before the play-offs, rightly
CALENDAR = re.compile(r"(^|_)days?(_|$)|back_to_back|rest_advantage|playoff")


@dataclass(frozen=True)
class Day:
    """A game date of the schedule. `season_day` counts from opening night (0); `games` are those in scope."""

    game_date: date
    season_year: int
    season_day: int
    games: int
    bootstrapped: bool


@dataclass(frozen=True)
class Span:
    """Consecutive game dates of one season. `is_whole`: 30 of them in a row hold 150 games, as in a regular season.

    Short ranges, the first weeks after bootstrap and the play-offs rightly have fewer distinct values than those.
    """

    season_year: int
    dates: tuple[date, ...]
    is_whole: bool


@dataclass(frozen=True)
class Calendar:
    """The requested game dates, and all game dates of their seasons up to the last of them."""

    start: date
    end: date
    days: tuple[Day, ...]

    @property
    def requested(self) -> list[Day]:
        """Game dates inside the range."""
        return [day for day in self.days if self.start <= day.game_date <= self.end]

    def spans(self) -> list[Span]:
        """Spans of at least 30 game dates and 150 games that cover the requested dates after bootstrap, by season.

        What is left at the end belongs to the span before it. A shorter range reaches back to earlier dates of the
        season (to half a span at its beginning), and is a span of its own as well when it has 100 games.
        """
        spans = []
        for season in sorted({day.season_year for day in self.requested}):
            days = [day for day in self.days if day.season_year == season and day.bootstrapped]
            inside = [day for day in days if day.game_date >= self.start]
            chunks: list[list[Day]] = []
            rest: list[Day] = []
            for day in inside:
                rest.append(day)
                if _is_span(rest):
                    chunks.append(rest)
                    rest = []
            if rest and chunks:
                chunks[-1].extend(rest)
            elif rest:
                if sum(day.games for day in rest) >= RANGE_GAMES:
                    chunks.append(rest)
                longer = list(rest)
                before = days[: len(days) - len(rest)]
                while before and not _is_span(longer):
                    longer.insert(0, before.pop())
                if len(longer) >= SPAN_DATES // 2 and longer != rest:
                    chunks.append(longer)
            spans += [Span(season, tuple(day.game_date for day in chunk), _is_whole(chunk)) for chunk in chunks]
        return spans


def _is_span(days: Sequence[Day]) -> bool:
    return len(days) >= SPAN_DATES and sum(day.games for day in days) >= SPAN_GAMES


def _is_whole(days: Sequence[Day]) -> bool:
    return any(_is_span(days[first : first + SPAN_DATES]) for first in range(len(days)))


@dataclass(frozen=True)
class Dialect:
    """The two places where the SQL of the batches differs between engines."""

    name: str

    @property
    def float_type(self) -> str:
        """Double precision."""
        return "float64" if self.name == "bigquery" else "double"

    def rows(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        """A table of literals for a from clause; the values are SQL expressions."""
        if self.name == "bigquery":
            structs = ", ".join(
                "struct(" + ", ".join(f"{value} as {name}" for name, value in zip(columns, row, strict=True)) + ")"
                for row in rows
            )
            return f"unnest([{structs}])"
        return f"(values {', '.join('(' + ', '.join(row) + ')' for row in rows)}) as literal({', '.join(columns)})"


def literal(value: date | int | None) -> str:
    """The value as SQL."""
    return "null" if value is None else f"cast('{value}' as date)" if isinstance(value, date) else str(value)


def between(start: date, end: date) -> str:
    """The condition for game dates from start to end."""
    return f"game_date between {literal(start)} and {literal(end)}"


def rows_query(table: Table, calendar: Calendar) -> str:
    """The rows of the range; `after_bootstrap` is 1 from day 14 of a season on."""
    if not table.dated:
        return f"select * from {table.relation}"
    settled = [day.game_date for day in calendar.requested if not day.bootstrapped]
    flag = f"case when {between(min(settled), max(settled))} then 0 else 1 end" if settled else "1"
    if len({day.season_year for day in calendar.requested if not day.bootstrapped}) > 1:
        dates = ", ".join(literal(day) for day in settled)
        flag = f"case when game_date in ({dates}) then 0 else 1 end"
    return f"select *, {flag} as after_bootstrap from {table.relation} where {between(calendar.start, calendar.end)}"


def days_query(table: Table, calendar: Calendar, expected: dict[date, int], dialect: Dialect) -> str:
    """One row per requested game date, also for a date on which the table has nothing.

    missing: expected minus found entities; rows_per_entity_pct: rows per entity in percent of the trailing 30 game
    dates of the season; fill__X: change of the share of filled X in points; mean__X: deviation of the mean of X in
    standard deviations of the trailing dates' means, each weighted with its rows. NULL without enough history.
    """
    names = {f"c{number}": name for number, name in enumerate(drifting(table))}
    means = {alias: name for alias, name in names.items() if name in steady(table)}
    conditions = {name: budget.where.sql for name, budget in table.null_budget.items() if budget.where}
    key = ", '|', ".join(f"coalesce(cast({name} as string), '')" for name in table.entity)
    entity = f"count(distinct concat({key}, ''))" if table.entity else "count(*)"
    known = [(day, expected.get(day.game_date, 0)) for day in calendar.days]
    days = dialect.rows(
        ("game_date", "season_year", "requested", "expected"),
        [
            (literal(day.game_date), str(day.season_year), str(int(day.game_date >= calendar.start)), str(count))
            for day, count in known
        ],
    )
    first = min(day.game_date for day in calendar.days)
    real = dialect.float_type
    per_day = ["game_date", "count(*) as row_count", f"{entity} as found"]
    for alias, name in names.items():
        judged = conditions.get(name)
        per_day += [
            f"count(case when {judged} then {name} end) as {alias}_n" if judged else f"count({name}) as {alias}_n",
            f"count(case when {judged} then 1 end) as {alias}_all" if judged else f"count(*) as {alias}_all",
        ]
    per_day += [f"sum(cast({name} as {real})) as {alias}_sum" for alias, name in means.items()]
    enough = f"count(built.row_count) over past >= {MIN_HISTORY}"
    compared = [
        "days.game_date",
        "days.requested",
        "days.expected - coalesce(built.found, 0) as missing",
        f"case when {enough} then 100.0 * built.row_count / built.found"
        " / nullif(1.0 * sum(built.row_count) over past / sum(built.found) over past, 0) end"
        " as rows_per_entity_pct",
    ]
    for alias, name in names.items():
        compared.append(
            f"case when {enough} then 100.0 * built.{alias}_n / nullif(built.{alias}_all, 0)"
            f" - 100.0 * sum(built.{alias}_n) over past / nullif(sum(built.{alias}_all) over past, 0) end"
            f" as fill__{name}"
        )
    for alias, name in means.items():
        total, count = f"sum(built.{alias}_sum) over past", f"sum(built.{alias}_n) over past"
        squares = f"sum(built.{alias}_sum * built.{alias}_sum / nullif(built.{alias}_n, 0)) over past"
        variance = f"(({squares}) - ({total}) * ({total}) / nullif({count}, 0)) / count(built.row_count) over past"
        compared.append(
            f"case when {enough} and {variance} > 1e-9 then (built.{alias}_sum / nullif(built.{alias}_n, 0)"
            f" - ({total}) / nullif({count}, 0)) * sqrt(built.{alias}_n) / sqrt({variance}) end as mean__{name}"
        )
    # GX accepts queries that start with select
    return f"""select * from (
        with days as (select * from {days}),
        built as (
            select {", ".join(per_day)} from {table.relation}
            where {between(first, calendar.end)} group by game_date
        ),
        compared as (
            select {", ".join(compared)}
            from days left join built on days.game_date = built.game_date
            window past as (
                partition by days.season_year order by days.game_date
                rows between {TRAILING_DATES} preceding and 1 preceding
            )
        )
        select * from compared where requested = 1
    ) as compared_days"""


def spans_query(table: Table, spans: Sequence[Span], dialect: Dialect) -> str:
    """One row per span that the table covers: 1 when it `is_whole`, and the distinct values of each column."""
    dates = dialect.rows(
        ("game_date", "span", "is_whole"),
        [
            (literal(game_date), str(number), str(int(span.is_whole)))
            for number, span in enumerate(spans)
            for game_date in span.dates
        ],
    )
    distinct = ", ".join(f"count(distinct built.{name}) as {name}" for name in countable(table))
    first, last = min(span.dates[0] for span in spans), max(span.dates[-1] for span in spans)
    return f"""select span_dates.span, max(span_dates.is_whole) as is_whole, {distinct}
        from (select * from {dates}) as span_dates
        inner join (select * from {table.relation} where {between(first, last)}) as built
            on span_dates.game_date = built.game_date
        group by span_dates.span
    """


def drifting(table: Table) -> list[str]:
    """Columns with a healthy fill rate, and numbers that must vary."""
    return [name for name in table.columns if name in table.null_budget or name in steady(table)]


def steady(table: Table) -> list[str]:
    """Numbers that must vary, but whose mean stays about the same from date to date."""
    return [name for name in table.must_vary if not CALENDAR.search(name)]


def countable(table: Table) -> list[str]:
    """Columns whose distinct values can be counted on either engine: all but arrays, the date and load marks."""
    unused = {"game_date", "processed_at", "source_file_path", "data_hash"}
    return [
        name
        for name, data_type in table.columns.items()
        if name not in unused and "[" not in data_type and not data_type.startswith("array")
    ]
