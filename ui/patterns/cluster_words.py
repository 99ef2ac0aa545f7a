"""Unusual clusters of the newest days in words."""

from typing import Any

from data import words
from data.patterns.episodes import PAIR_HOURS, PAIR_METRES
from data.patterns.space_time_scan import Daily, Unusual
from data.patterns.weekly_trend import NEXT_TO_NONE
from data.views.filters import period


def describe_events(found: Daily, again: int) -> str:
    """Return how many reports were taken as how many events."""
    what = "reports" if found.only_reports else "records"
    near = f"{PAIR_METRES:.0f} m and {PAIR_HOURS:.0f} hour"
    if not again:
        return f"No two reports of one kind are within {near} of each other, so each counts."
    events = int(found.counts.sum())
    return (
        f"{events + again:,} {what} count as {events:,} events: reports of one kind within {near} of "
        "each other count once (see the page “Same event?”; nobody has checked them all)."
    )


def describe_cluster(row: Any, newest: Unusual) -> str:
    """Return one cluster in words."""
    others = len(row.members) - 1
    where = words.spell_area(row.area) + (
        f" and {words.counted(others, 'area')} around it" if others else ""
    )
    rare = "less than" if row.p <= newest.least_p else "about"
    return (
        f"{where}, since {period(row.since, row.since)} ({words.counted(int(row.days), 'day')}): "
        f"{row.cases:,.0f} incidents, {describe_expected(row)}. If nothing had changed, you would see a "
        f"cluster this strong {rare} once in {row.recurrence_interval:,.0f} days."
    )


def describe_expected(row: Any) -> str:
    """Return the expected count and the ratio to it; no number where it is next to none."""
    if row.expected < NEXT_TO_NONE:
        return "almost none expected"
    about = f"{row.expected:,.0f}" if row.expected >= 10 else f"{row.expected:.1f}"
    return f"about {about} expected ({row.ratio:.1f} times the usual)"
