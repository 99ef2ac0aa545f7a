"""Whole weeks of a View against what their past lets expect: the band, alarms and breaks."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from data.patterns import power
from data.storage.store import Current
from data.views import recording, view_counts
from data.views.coverage import cover, starts
from data.views.recording import KnownChange
from data.views.view import View
from geo import breaks, outbreak_bands, tabulate
from geo.outbreak_bands import SHORT_GUARD, SHORT_LEAST, Chance
from geo.trends import Seasonal, expected_by_stretch, false_alarms, seasonal

NEWEST = 4  # weeks that the page Now judges
ALL_AREAS = "all areas together"
LEVEL = 0.99
SEASONS = 104  # weeks: of fewer than two years season and break cannot be told apart
POWER_RUNS = 60
NEXT_TO_NONE = 0.05  # incidents expected: of fewer no "times as many" is told
MOST_WEEKS = 313  # six years: the method looks back on five
PAST = SHORT_GUARD + SHORT_LEAST  # whole weeks before a week that can be judged, at least


@dataclass(frozen=True)
class Weeks:
    """Counts of whole weeks by unit, and of all of them together (also outside all units).

    The past that a band needs may begin before the View does: `before` of the weeks are.
    `changes` are the known changes of recording in all of this time.
    """

    starts: list[date]
    total: npt.NDArray[np.int64]
    units: npt.NDArray[np.int64]
    before: int
    changes: tuple[KnownChange, ...] = ()

    @property
    def stretches(self) -> tuple[slice, ...]:
        """Positions of the weeks that no change of recording parts, oldest first."""
        return recording.unbroken(self.starts, 7, self.changes)

    def newest(self, most: int) -> "Weeks":
        """The newest weeks, at most so many."""
        cut = max(len(self.starts) - most, 0)
        starts, left = self.starts[cut:], max(self.before - cut, 0)
        changes = tuple(one for one in self.changes if starts and one.day > starts[0])
        return Weeks(starts, self.total[cut:], self.units[:, cut:], left, changes)


def view_weeks(current: Current, view: View, units: gpd.GeoDataFrame, past: bool = True) -> Weeks:
    """The whole weeks of a View, and with `past` those that its sources cover before it."""
    first = cover(view, current.meta).first
    start = min(view.start, first) if past else view.start
    asked = View(**(vars(view) | {"start": start}))
    counted = view_counts.by_area_and_step(current, asked, 7)
    whole = cover(asked, current.meta).whole(7)
    if view_counts.mostly_months(current, asked):  # weeks without them would look like quiet ones
        whole[:] = False
    begins = [s for s, w in zip(starts(asked, 7), whole) if w]
    rows = tabulate.aligned(units["unit"], counted.units, counted.counts)[:, whole]
    total = counted.counts.sum(axis=0)[whole]
    changes = recording.changes_between(asked, current.meta, start, asked.end)
    return Weeks(begins, total, rows, sum(s < view.start for s in begins), changes)


@dataclass(frozen=True)
class Alarms:
    """`table` has a row an alarm of the newest weeks: area, week (date), n, expected, upper,
    times (n by expected; NaN where none was expected) and method; `false_a_month` is how many
    of them chance would give. `weeks` are the whole weeks since the last known change of
    recording, `changed`, or all of them where that is None: no past reaches across one.
    `smallest` is the least rise of one week, of `data.patterns.power.RISES`, that four in five of the
    areas with any incident would have shown (None: not even ten times as many).
    In the table `clear` says which alarms stand out among all that were judged, the areas and all
    of them together apart: where nothing changed, chance brings one up in one look of twenty."""

    table: pd.DataFrame
    judged: int
    series: int
    false_a_month: float
    first: date | None
    last: date | None
    weeks: int
    changed: KnownChange | None
    smallest: float | None


class Unsought(Enum):
    """A reason why no break is sought in a View's weeks."""

    SEASON = "fewer than two years"
    SPARSE = "too few incidents a week"


def alarms(
    current: Current, view: View, units: gpd.GeoDataFrame, seed: int, newest: int = NEWEST
) -> Alarms:
    """The newest whole weeks of every unit, and of all together, above their expected band."""
    found = view_weeks(current, view, units).newest(MOST_WEEKS)
    table = np.vstack([found.total[None], found.units])
    starts, stretches = found.starts, found.stretches
    names = np.array([ALL_AREAS, *units["name"]], object)
    held = table.sum(axis=1) > 0  # what never recorded anything cannot alarm
    band = expected_by_stretch(table[held], stretches, newest, LEVEL)
    row, week = np.nonzero(band.alarm)
    n = table[held][row, week]
    listed = pd.DataFrame(
        {
            "area": names[held][row],
            "week": [starts[i] for i in week],
            "n": n,
            "expected": band.expected[row, week],
            "upper": band.upper[row, week],
            "times": times_expected(n, band.expected[row, week]),
            "method": band.method[week] if len(week) else [],
            "exceedance": band.exceedance[row, week],
        }
    )
    order = listed.assign(all=listed["area"] != ALL_AREAS).sort_values(
        ["week", "all", "times"],
        ascending=[False, True, False],
        ignore_index=True,
        na_position="first",
    )
    judged = np.flatnonzero(band.method != "")
    areas = slice(1, None) if held[0] else slice(None)
    of_all = of_areas = Chance(0.0 if len(judged) else np.nan, np.inf)
    if len(judged):  # all together are one question, the areas another: neither hides the other
        own = table[held][:, _around(stretches, judged[-1])]
        of_areas = false_alarms(own[areas], len(judged), LEVEL, seed=seed)
        of_all = false_alarms(own[:1], len(judged), LEVEL, seed=seed) if held[0] else of_all
    often = float(np.nansum([of_all.a_month, of_areas.a_month])) if len(judged) else np.nan
    limit = np.where(order["all"], of_areas.clear_from, of_all.clear_from)
    order = order.assign(clear=order["exceedance"] > limit)
    newest_of = (band.expected[areas], band.upper[areas])
    return Alarms(
        order.drop(columns=["all", "exceedance"]),
        len(judged),
        int(held.sum()),
        often,
        starts[judged[0]] if len(judged) else None,
        starts[judged[-1]] + timedelta(days=6) if len(judged) else None,
        _size(stretches[-1]),
        found.changes[-1] if found.changes else None,
        power.smallest(lambda times: outbreak_bands.share_found(*newest_of, times)),
    )


def times_expected(
    n: npt.NDArray[np.int64], expected: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Counts as multiples of what was expected; NaN where next to nothing was expected."""
    told = expected >= NEXT_TO_NONE
    return np.where(told, n / np.maximum(expected, NEXT_TO_NONE), np.nan)


def _around(stretches: tuple[slice, ...], week: np.int64) -> slice:
    """The stretch that a week lies in."""
    return next(part for part in stretches if part.start <= week < part.stop)


def _size(part: slice) -> int:
    return int(part.stop - part.start)


@dataclass(frozen=True)
class Trend:
    """The whole weeks of a View with what their past lets expect, and the breaks of their level.

    `table` has start, n, expected, lower, upper, alarm, `clear` (an alarm that stands out among
    all weeks judged), method and `level` (the mean between breaks and known changes of
    recording); `breaks` that of `geo.breaks.change_points` with dates for positions, and how many
    units moved the `same` way, of those `judged`. `changes` are the known changes of recording in
    the View and in the past of its band. `unsought` is why no break was sought; `drifts` have the
    days that they begin and end, and the ratio between. `smallest_break` and `smallest_alarm` are
    the least rises, of `data.patterns.power.RISES`, that would usually have shown: lasting for the later
    half of the weeks, and for one week (None: not even ten times as many).
    """

    table: pd.DataFrame
    breaks: pd.DataFrame
    false_a_month: float
    changes: tuple[KnownChange, ...] = ()
    unsought: Unsought | None = None
    drifts: tuple[tuple[date, date, float], ...] = ()
    smallest_break: float | None = None
    smallest_alarm: float | None = None

    @property
    def span(self) -> tuple[date, date]:
        """The first and last day of the weeks counted."""
        first, last = (self.table["start"].iloc[i].date() for i in (0, -1))
        return first, last + timedelta(days=6)


def trend(current: Current, view: View, units: gpd.GeoDataFrame, seed: int) -> Trend:
    """The View's weeks against their past, which may begin before the View."""
    found = view_weeks(current, view, units)
    at = slice(found.before, None)
    judged = len(found.starts) - found.before
    band = expected_by_stretch(found.total, found.stretches, judged or None, LEVEL)
    table = pd.DataFrame(
        {
            "start": pd.to_datetime(pd.Series(found.starts[at])),
            "n": found.total[at],
            "expected": band.expected[at],
            "lower": band.lower[at],
            "upper": band.upper[at],
            "alarm": band.alarm[at],
            "method": band.method[at],
        }
    )
    shown = found.newest(judged)
    known = sorted({part.start for part in shown.stretches if 0 < part.start < judged})
    whole = np.zeros(judged, bool)  # a week that a change cuts is of neither stretch
    for part in shown.stretches:
        whole[part] = True
    n = np.where(whole, shown.total, np.nan)
    sought, unsought = breaks_of(n, known, seed)
    found_breaks = sought.breaks
    smallest = None
    if found_breaks.empty and unsought is None:
        smallest = power.smallest(lambda times: breaks.share_found(n, times, replicates=POWER_RUNS))
    chance, told = Chance(np.nan, np.inf), np.flatnonzero(band.method != "")
    if len(told):
        own = _around(found.stretches, told[-1])
        chance = false_alarms(found.total[None, own], len(told), LEVEL, seed=seed)
    clear = band.alarm & (np.nan_to_num(band.exceedance) > chance.clear_from)
    table = table.assign(clear=clear[at])
    edges = sorted({0, *known, *found_breaks["at"].tolist(), judged})
    level = [part[np.isfinite(part)] for part in np.split(n, edges[1:-1])]
    means = [part.mean() if len(part) else np.nan for part in level][: len(edges) - 1]
    table = table.assign(level=np.repeat(np.array(means, float), np.diff(edges)))
    drifts = tuple(
        (shown.starts[one.first], shown.starts[one.last], one.ratio) for one in sought.drifts
    )
    alarm = power.smallest(
        lambda times: outbreak_bands.share_found(table["expected"], table["upper"], times)
    )
    return Trend(
        table,
        _dated(found_breaks, shown, edges, whole),
        chance.a_month,
        found.changes,
        unsought,
        drifts,
        smallest,
        alarm,
    )


def breaks_of(
    counts: npt.NDArray[np.float64], known: list[int], seed: int, replicates: int = 499
) -> tuple[breaks.Levels, Unsought | None]:
    """The breaks and drifts of whole weeks (NaN: of neither side of a change), or why none is
    sought: a season passes for a break where two years of weeks are not there."""
    if len(counts) and np.nanmean(counts) < breaks.FEWEST:
        return breaks.levels([]), Unsought.SPARSE
    if len(counts) < SEASONS:
        return breaks.levels([]), Unsought.SEASON
    return breaks.levels(counts, seed=seed, known=known, replicates=replicates), None


def _dated(
    breaks: pd.DataFrame, shown: Weeks, edges: list[int], whole: npt.NDArray[np.bool_]
) -> pd.DataFrame:
    """Breaks with the Mondays of their weeks, and how many units moved the same way."""
    starts, same, judged = shown.starts, [], []
    before_from, before_to = [], []  # the days whose level the ratio divides by
    units = np.where(whole, shown.units, np.nan)
    for at, ratio in zip(breaks["at"], breaks["ratio"]):
        i = edges.index(at)
        before, after = (
            np.nanmean(units[:, a:b], axis=1)
            for a, b in ((edges[i - 1], edges[i]), (edges[i], edges[i + 1]))
        )
        before_from.append(starts[edges[i - 1]])
        before_to.append(starts[at] - timedelta(days=1))
        moved = after > before if ratio > 1 else after < before
        some = (before + after) > 0
        same.append(int((moved & some).sum()))
        judged.append(int(some.sum()))
    days = {c: [starts[int(i)] for i in breaks[c]] for c in ("at", "low", "high")}
    spans = {"before_from": before_from, "before_to": before_to}
    return breaks.assign(**days, **spans, same=same, judged=judged)


@dataclass(frozen=True)
class Seasons:
    """Trend, season and rest of a View's weeks, sought in the days of `span` alone: the
    longest stretch that no known change of recording parts. `parts` is None where that has
    fewer than `needed` weeks; it has `weeks`."""

    parts: Seasonal | None
    span: tuple[date, date] | None
    weeks: int
    needed: int = 104


def seasons(current: Current, view: View, units: gpd.GeoDataFrame) -> Seasons:
    """The parts of a View's whole weeks; NaN outside the stretch that they are sought in."""
    found = view_weeks(current, view, units, past=False)
    part = max(found.stretches, key=lambda one: (_size(one), one.start))
    n = np.full(len(found.starts), np.nan)
    n[part] = found.total[part]
    span = None
    if _size(part):
        span = (found.starts[part.start], found.starts[part.stop - 1] + timedelta(days=6))
    if _size(part) < Seasons.needed:
        return Seasons(None, span, _size(part))
    return Seasons(seasonal(n), span, _size(part))
