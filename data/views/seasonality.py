"""The past of a comparison: what a season brings, and how alike neighboring steps are."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from data.storage.store import Current
from data.views import recording, view_counts
from data.views.coverage import Coverage, cover, last_day, starts
from data.views.view import MONTH, NOTHING, WEEK
from geo import memory, tabulate, weekly_noise
from geo.arrays import Floats, Ints

YEAR = 365.25  # days
MOST_YEARS = 5
ALIKE = 8  # days that two periods may lie apart in their years and still have one season

Years = tuple[tuple[Ints, Ints], ...]


class Season(Enum):
    """Three answers to whether a season can pass for a change between two periods."""

    SAME = "the same weeks of the year"
    KNOWN = "other years tell what it brings"
    UNKNOWN = "no other year tells"


@dataclass(frozen=True)
class Past:
    """The past of two periods: the inflation of their ratio, and their counts in other years.

    `inflation` is that of `geo.rates.change`, a unit each, and `inflation_of_all` that of all
    incidents together. `years` are the counts of both periods in other years, as
    `geo.forest.ratios` asks for them: None where the two have the same season. `before` are the
    counts of the earlier period by its whole steps, (1 + units, steps), all incidents first.
    """

    inflation: Floats
    inflation_of_all: Floats
    years: Years | None
    years_of_all: Years | None
    before: Ints

    @property
    def season(self) -> Season:
        """Return whether a season can pass for a change."""
        if self.years is None:
            return Season.SAME
        return Season.KNOWN if self.years else Season.UNKNOWN


def count_past(
    current: Current, now: Coverage, before: Coverage, step: int, units: gpd.GeoDataFrame
) -> Past:
    """The past of a View and of what it is compared with, counted by the same step."""
    view, other = now.view, before.view
    start, end = min(now.first, view.start, other.start), max(view.end, other.end)
    asked = replace(view, start=start, end=end, compare=NOTHING)
    counted = view_counts.by_area_and_step(current, asked, step)
    rows = tabulate.aligned(units["unit"], counted.units, counted.counts)
    both = np.vstack([counted.counts.sum(axis=0), rows])
    return of_counts(
        both,
        starts(asked, step),
        cover(asked, current.meta).whole(step),
        now.whole_starts(step),
        before.whole_starts(step),
        step,
        recording.known_changes(asked, current.meta),
    )


def of_counts(
    counts: Ints,
    starts: list[date],
    whole: npt.NDArray[np.bool_],
    now: list[date],
    before: list[date],
    step: int,
    changes: tuple[recording.KnownChange, ...] = (),
) -> Past:
    """The past by counts (1 + units, steps), all incidents together first.

    `starts` are the first days of the steps and `whole` which of them count; `now` and `before`
    are those of the two periods. Nothing reaches across `changes`.
    """
    parts = recording.unbroken(starts, step, changes)
    part = next((p for p in parts if now[0] in starts[p]), slice(0, len(starts)))
    told = _memory(np.where(whole, counts, np.nan)[:, part], step)
    at = {day: i for i, day in enumerate(starts) if whole[i]}
    earlier = counts[:, [at[day] for day in before]]
    ends = sorted([(now[0], now[-1]), (before[0], before[-1])])
    apart = max((ends[1][0] - last_day(ends[0][1], step)).days - 1, 0) // step
    wide = memory.inflation(told, len(now), len(before), apart)
    if same_season(now, before, step):
        return Past(wide[1:], wide[:1], None, None, earlier)
    found = [
        (counts[:, [at[day] for day in one]], counts[:, [at[day] for day in two]])
        for one, two in _other_years(now, before, step, at, changes)
    ]
    years = tuple((one[1:], two[1:]) for one, two in found)
    of_all = tuple((one[:1], two[:1]) for one, two in found)
    return Past(wide[1:], wide[:1], years, of_all, earlier)


def same_season(now: list[date], before: list[date], step: int) -> bool:
    """Return whether two periods, by first days of their steps, hold the same weeks of the year.

    They do where one lies whole years after the other, or both are whole years long.
    """
    long = [(last_day(days[-1], step) - days[0]).days + 1 for days in (now, before)]
    if all(_off(n) <= ALIKE and n > YEAR / 2 for n in long):
        return True
    away = abs((now[0] - before[0]).days)
    return away > YEAR / 2 and _off(away) <= ALIKE and abs(long[0] - long[1]) <= ALIKE


def _off(days: float) -> float:
    """The distance from a whole number of years, in days."""
    return abs(days - round(days / YEAR) * YEAR)


def _other_years(
    now: list[date],
    before: list[date],
    step: int,
    at: dict[date, int],
    changes: tuple[recording.KnownChange, ...],
) -> list[tuple[list[date], list[date]]]:
    """The steps of both periods in earlier years, where all are counted alike and none twice."""
    used, found = {*now, *before}, []
    for years in range(1, MOST_YEARS + 1):
        one, two = ([_earlier(day, years, step) for day in days] for days in (now, before))
        both = {*one, *two}
        if not all(day in at for day in both) or both & used:
            continue
        last = last_day(max(both), step)
        if any(min(both) < change.day <= last for change in changes):
            continue
        used |= both
        found.append((one, two))
    return found


def _earlier(day: date, years: int, step: int) -> date:
    """The step of so many years before: whole weeks before, so that weekdays stay."""
    if step == MONTH:
        return day.replace(year=day.year - years)
    return day - timedelta(days=WEEK * round(years * YEAR / WEEK))


def _memory(counts: Floats, step: int) -> memory.Memory:
    """The resemblance of each step to the next, beside the season where two years tell it."""
    period = 12.0 if step == MONTH else YEAR / step
    known = np.flatnonzero(np.isfinite(counts[0]))
    wave = weekly_noise.waves(known, period)
    season = np.ones(counts.shape)
    if wave.shape[1]:
        y = counts[:, known]
        y = y / np.maximum(y.mean(axis=1, keepdims=True), 1e-9)  # the fit is that of equal rows
        season[:, known] = weekly_noise.season(y, wave, [0, len(known)], np.ones((1, len(known))))
    return memory.of_neighbors(counts, season)
