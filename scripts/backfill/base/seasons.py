"""Seasons by date: no season opened before 12 October, and none was played on that day or later (audits R2)."""

from datetime import date

BEGINS = (10, 12)


def season_of(day: date) -> int:
    """First calendar year of a date's season."""
    return day.year - ((day.month, day.day) < BEGINS)


def season_start(day: date) -> date:
    """A date before which no game of the date's season was played, as macros/window/filters.sql has it."""
    return date(season_of(day), *BEGINS)
