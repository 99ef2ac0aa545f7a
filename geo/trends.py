"""Weekly series: from days to whole weeks, their trend and season, alarms and breaks."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.breaks import change_points, levels
from geo.outbreak_bands import Expected, expected, expected_by_stretch, false_alarms

__all__ = [
    "Expected",
    "Seasonal",
    "change_points",
    "expected",
    "expected_by_stretch",
    "false_alarms",
    "levels",
    "seasonal",
    "weekly",
]

Array = npt.NDArray[np.float64]
Day = Any  # a date, a timestamp or "2020-05-25"

DAY = np.timedelta64(1, "D")


def weekly(
    days: npt.ArrayLike,
    first: Day,
    last: Day,
    n: npt.ArrayLike | None = None,
    covered: Sequence[tuple[Day, Day]] | None = None,
) -> pd.DataFrame:
    """Counts of the whole weeks, Monday to Sunday, from a first to a last day: start, n, whole.

    `days` are dates of incidents, one each, or of counts `n`. Weeks cut by the first or last
    day are left out. `covered` are the spans of days, first and last, that the records cover
    (all, unless given): a week not wholly covered is not `whole` and its n is NaN, because
    absence of data is not zero.
    """
    begin, end = _day(first), _day(last)
    monday = begin + (-_weekday(begin)) % 7 * DAY
    weeks = max(int((end - monday) / DAY + 1) // 7, 0)
    at = (np.asarray(days, "datetime64[D]") - monday) / DAY
    if np.isnan(at).any():
        raise ValueError("A day is not known: an incident without a day has no week.")
    inside = (at >= 0) & (at < 7 * weeks)
    counted = np.ones(len(at)) if n is None else np.asarray(n, float)
    if len(counted) != len(at):
        raise ValueError("There must be as many counts as days.")
    each = (at[inside] // 7).astype(int)
    sums = np.bincount(each, counted[inside], minlength=weeks).astype(float)
    whole = _covered(monday + np.arange(7 * weeks) * DAY, covered).reshape(-1, 7).all(axis=1)
    start = pd.to_datetime(monday + 7 * np.arange(weeks) * DAY)
    return pd.DataFrame({"start": start, "n": np.where(whole, sums, np.nan), "whole": whole})


def _day(day: Day) -> np.datetime64:
    return np.datetime64(pd.Timestamp(day).date(), "D")


def _weekday(day: np.datetime64) -> int:
    return pd.Timestamp(day).weekday()


def _covered(
    days: npt.NDArray[np.datetime64], spans: Sequence[tuple[Day, Day]] | None
) -> npt.NDArray[np.bool_]:
    """Mask of the days that lie in any of the spans."""
    if spans is None:
        return np.ones(len(days), bool)
    held = np.zeros(len(days), bool)
    for first, last in spans:
        held |= (days >= _day(first)) & (days <= _day(last))
    return held


class Seasonal(NamedTuple):
    """Trend, season and rest of a series: events a week that add up to its counts.

    NaN outside the longest run of weeks without a gap.
    """

    trend: Array
    season: Array
    rest: Array


def seasonal(series: npt.ArrayLike, period: int = 52) -> Seasonal:
    """Split weekly counts (weeks,) into trend, season and rest.

    STL (Cleveland et al. 1990), robust, on the square root of the counts, where weeks of
    many and of few events vary alike; brought back so that trend + season is the square of
    the fitted root. So the trend is that of a usual week, a little below the mean. It is
    fitted to the longest run without a gap, which must hold two whole periods.
    """
    given = np.asarray(series, float)
    if given.ndim != 1 or (given < 0).any():
        raise ValueError("A season is sought in one series of weekly counts.")
    run = _longest_run(np.isfinite(given))
    weeks = run.stop - run.start
    if weeks < 2 * period:
        raise ValueError(
            f"A season takes {2 * period} weeks without a gap, two whole periods; "
            f"the longest run here has {weeks}."
        )
    from statsmodels.tsa.seasonal import STL  # two seconds: only where it is asked for

    found = STL(np.sqrt(given[run]), period=period, robust=True).fit()
    trend = np.maximum(np.asarray(found.trend), 0) ** 2
    fitted = np.maximum(np.asarray(found.trend) + np.asarray(found.seasonal), 0) ** 2
    out = np.full((3, len(given)), np.nan)
    out[:, run] = trend, fitted - trend, given[run] - fitted
    return Seasonal(*out)


def _longest_run(held: npt.NDArray[np.bool_]) -> slice:
    """The longest stretch that is held throughout, the newest of equals."""
    turns = np.flatnonzero(np.diff(np.pad(held.astype(np.int8), 1)))
    begin, end = turns[::2], turns[1::2]
    if not len(begin):
        return slice(0, 0)
    at = len(begin) - 1 - int(np.argmax((end - begin)[::-1]))
    return slice(int(begin[at]), int(end[at]))
