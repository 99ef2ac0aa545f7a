"""Periods of public tables: their names, and which are closed and old enough at a date."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from data.privacy.policy import Policy
from data.privacy.tables import LATE, Table


@lru_cache(maxsize=64)
def calendar(first: date, last: date) -> pd.DataFrame:
    """A row for each day from the first to the last: day (index), and the names of its week,
    week-part (the part of a week that lies in its month), month, quarter and year."""
    day = pd.date_range(first, last, freq="D")
    iso = day.isocalendar()
    month = day.strftime("%Y-%m")
    monday = (day - pd.to_timedelta(day.day_of_week, "D")).to_series(index=pd.RangeIndex(len(day)))
    sunday = monday + pd.Timedelta(days=6)
    start = day.to_period("M").start_time.to_series(index=pd.RangeIndex(len(day)))
    end = day.to_period("M").end_time.normalize().to_series(index=pd.RangeIndex(len(day)))
    begins, ends = monday.clip(lower=start), sunday.clip(upper=end)
    part = begins.dt.strftime("%Y-%m-%d") + "/" + ends.dt.strftime("%Y-%m-%d")
    week = iso["year"].astype(str) + "-W" + iso["week"].astype(str).str.zfill(2)
    quarter = [f"{y}-Q{q}" for y, q in zip(day.year, day.quarter)]
    return pd.DataFrame(
        {
            "week": week.to_numpy(object),
            "week-part": part.to_numpy(object),
            "month": month.to_numpy(object),
            "quarter": quarter,
            "year": day.strftime("%Y").to_numpy(object),
        },
        index=day,
    )


def moment(day: date, hour: int, zone: str, latest: bool) -> datetime:
    """An hour on the place's clock in UTC; of an hour that comes twice the one asked for."""
    both = [
        datetime.combine(day, time(hour), ZoneInfo(zone)).replace(fold=fold).astimezone(UTC)
        for fold in (0, 1)
    ]
    return max(both) if latest else min(both)


def old_enough(end: date, as_of: date, days: int, policy: Policy) -> bool:
    """Return whether a period that ended as `end` began is some days old at a date's fixed hour.

    Counted in hours that went by and in days of the calendar: a change of the clocks
    never makes a table younger.
    """
    now = moment(as_of, policy.hour, policy.zone, latest=False)
    closed = moment(end, 0, policy.zone, latest=True)
    return now - closed >= timedelta(days=days) and (as_of - end).days >= days


def first_day(as_of: date, policy: Policy) -> date:
    """The first day that tables count, a January 1: never taken from the records themselves."""
    return policy.since or date(as_of.year - policy.years, 1, 1)


def next_month(day: date, many: int = 1) -> date:
    """The first day of the month that comes `many` after a day's own."""
    at = day.year * 12 + day.month - 1 + many
    return date(at // 12, at % 12 + 1, 1)


def decided_months(as_of: date, policy: Policy) -> list[str]:
    """The months whose events are decided at a date, oldest first: 2026-01."""
    found, month = [], first_day(as_of, policy)
    while old_enough(next_month(month), as_of, policy.decided_after_days, policy):
        found.append(f"{month:%Y-%m}")
        month = next_month(month)
    return found


class ClosedMonths(NamedTuple):
    """Months that exact tables may show: of the whole city, and by area."""

    city: frozenset[str]
    area: frozenset[str]


def closed_months(as_of: date, policy: Policy) -> ClosedMonths:
    """The months that exact tables may show at a date: they wait as long as measured ones."""
    city, area = (closed(Table(where, "month"), as_of, policy) for where in ("city", "group"))
    return ClosedMonths(frozenset(city), frozenset(area))


def closed(table: Table, as_of: date, policy: Policy) -> list[str]:
    """The periods of a table that are published at a date, oldest first.

    The city's months and parts of them after 28 days; quarters, years and all that tells areas
    apart 42 days after their quarter or year; what was graded too late on one day of the next year.
    """
    months = pd.PeriodIndex(decided_months(as_of, policy), freq="M")
    if not len(months):
        return []
    days = calendar(months[0].start_time.date(), months[-1].end_time.date())
    if table.sort == LATE:
        years = days["year"].unique()
        return [
            y for y in years if date(int(y) + 1, policy.late_month, 1) <= as_of and _all_of(days, y)
        ]
    unit, wait = _closing(table), policy.area_after_days
    if unit == "month":
        return list(days[table.unit].unique())
    last = days.groupby(unit, sort=False).apply(lambda rows: rows.index[-1].date())
    good = [
        name
        for name, end in last.items()
        if old_enough(end + timedelta(1), as_of, wait, policy) and _ends(unit, end)
    ]
    return list(days.loc[days[unit].isin(good), table.unit].unique())


def _closing(table: Table) -> str:
    """The unit with which a table's periods are published."""
    if table.unit in ("week-part", "month"):
        return "month" if table.where == "city" else "quarter"
    return table.unit


def _ends(unit: str, day: date) -> bool:
    """Return whether a quarter or year ends on a day."""
    after = day + timedelta(1)
    return after.day == 1 and (after.month - 1) % {"quarter": 3, "year": 12}[unit] == 0


def _all_of(days: pd.DataFrame, year: str) -> bool:
    return bool(_ends("year", days.index[days["year"] == year][-1].date()))
