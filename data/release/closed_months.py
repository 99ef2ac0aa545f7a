"""Which months are closed and have waited long enough: for the official and the press tables."""

from datetime import date
from typing import NamedTuple

import numpy as np

from data.release.closed_periods import CALENDAR_UNITS, first_day, old_enough
from data.release.policy import Policy


class ClosedMonths(NamedTuple):
    """Months, counted from January 1970: from `first` on, for the city and by area."""

    first: int
    city_last: int
    area_last: int


def closed_months(as_of: date, city_days: int, area_days: int, policy: Policy) -> ClosedMonths:
    """The months that a release as of a date may show.

    For the city one that ended `city_days` before, by area one whose quarter ended `area_days`
    before, at the place's fixed hour; none from before the first whole month of the policy.
    """
    month = CALENDAR_UNITS["month"]
    since = first_day(as_of, policy)
    first = int(month.number(np.datetime64(since)))
    if month.start(first) < since:
        first += 1
    city = _last("month", first, as_of, city_days, policy)
    return ClosedMonths(first, city, _last("quarter", first, as_of, area_days, policy))


def _last(unit: str, first: int, as_of: date, days: int, policy: Policy) -> int:
    """The last month whose period of a unit has ended so many days before; else `first` - 1."""
    period, month = CALENDAR_UNITS[unit], CALENDAR_UNITS["month"]
    last = int(month.number(np.datetime64(as_of)))
    while last >= first:
        end = period.start(int(period.number(np.datetime64(month.start(last)))) + 1)
        if old_enough(end, as_of, 24 * days, policy):
            break
        last -= 1
    return last
