"""Periods of public tables: their names, and which are closed and old enough at a date."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from data.release.policy import Policy
from geo.arrays import Ints

_MONDAY = 4  # January 5, 1970, in days since the first of that month


def iso_weeks(days: Any) -> Ints:
    """The number of each day's ISO week, Monday to Sunday."""
    return (np.asarray(days, "datetime64[D]").astype(np.int64) - _MONDAY) // 7


def months(days: Any) -> Ints:
    """The number of each day's month, counted from January 1970."""
    return np.asarray(days, "datetime64[D]").astype("datetime64[M]").astype(np.int64)


class Unit(NamedTuple):
    """One kind of period: its number of a day, and what a number starts with and is called."""

    number: Callable[[Any], Ints]
    start: Callable[[int], date]
    name: Callable[[date], str]


def _week_start(n: int) -> date:
    return date(1970, 1, 5) + timedelta(weeks=n)


def _month_start(n: int) -> date:
    return date(1970 + n // 12, 1 + n % 12, 1)


def _iso(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


CALENDAR_UNITS = {
    "day": Unit(
        lambda days: np.asarray(days, "datetime64[D]").astype(np.int64),
        lambda n: date(1970, 1, 1) + timedelta(n),
        date.isoformat,
    ),
    "week": Unit(iso_weeks, _week_start, _iso),
    "month": Unit(months, _month_start, lambda d: f"{d:%Y-%m}"),
    "quarter": Unit(
        lambda days: months(days) // 3,
        lambda n: _month_start(3 * n),
        lambda d: f"{d.year:04d}-Q{(d.month + 2) // 3}",
    ),
    "year": Unit(
        lambda days: months(days) // 12, lambda n: _month_start(12 * n), lambda d: f"{d:%Y}"
    ),
}


def moment(day: date, hour: int, zone: str, latest: bool) -> datetime:
    """An hour on the place's clock in UTC; of an hour that comes twice the one asked for."""
    told = [
        datetime.combine(day, time(hour), ZoneInfo(zone)).replace(fold=fold).astimezone(UTC)
        for fold in (0, 1)
    ]
    return max(told) if latest else min(told)


def old_enough(end: date, as_of: date, hours: int, policy: Policy) -> bool:
    """Return whether a period that ended as `end` began is old enough at a date's fixed hour.

    Counted in hours that went by and in days of the calendar: a change of the clocks
    never makes a table younger.
    """
    now = moment(as_of, policy.hour, policy.zone, latest=False)
    closed = moment(end, 0, policy.zone, latest=True)
    return now - closed >= timedelta(hours=hours) and (as_of - end).days >= hours // 24


def first_day(as_of: date, policy: Policy) -> date:
    """The first day that tables may count: never taken from the records themselves."""
    return policy.since or date(as_of.year - policy.years, 1, 1)


def closed(unit: str, as_of: date, hours: int, policy: Policy) -> tuple[int, list[str]]:
    """The number of the first period and the names of all that may be shown, in order."""
    kind = CALENDAR_UNITS[unit]
    since = first_day(as_of, policy)
    first = int(kind.number(np.datetime64(since)))
    if kind.start(first) < since:
        first += 1
    last = int(kind.number(np.datetime64(as_of)))
    while last >= first and not old_enough(kind.start(last + 1), as_of, hours, policy):
        last -= 1
    return first, [kind.name(kind.start(n)) for n in range(first, last + 1)]


def last_day(as_of: date, hours: int, policy: Policy) -> date:
    """The newest day that may be shown by itself."""
    day = as_of
    while not old_enough(day + timedelta(1), as_of, hours, policy):
        day -= timedelta(1)
    return day
