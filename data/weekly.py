"""Whole weeks of a View against what their past lets expect: the band, alarms and breaks."""

from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from data import links, periods, questions
from data.store import Current
from data.view import View
from geo import tabulate
from geo.trends import change_points, expected, false_alarms

NEWEST = 4  # weeks that the page Now judges
ALL = "all areas together"
LEVEL = 0.99
MOST_WEEKS = 313  # six years: the method looks back on five


@dataclass(frozen=True)
class Weeks:
    """Counts of whole weeks by unit, and of all of them together (also outside all units).

    The past that a band needs may begin before the View does: `before` of the weeks are.
    """

    starts: list[date]
    total: npt.NDArray[np.int64]
    units: npt.NDArray[np.int64]
    before: int


def weeks(current: Current, view: View, units: gpd.GeoDataFrame, past: bool = True) -> Weeks:
    """The whole weeks of a View, and with `past` those that its sources cover before it."""
    first, _ = links.coverage(view.sources, current.meta)
    start = min(view.start, first) if past else view.start
    asked = View(**(vars(view) | {"start": start}))
    counted = questions.by_area_and_step(current, asked, 7)
    whole = periods.whole(asked, 7, current)
    if questions.mostly_months(current, asked):  # weeks without them would look like quiet ones
        whole[:] = False
    starts = [s for s, w in zip(periods.starts(asked, 7), whole) if w]
    rows = tabulate.aligned(units["unit"], counted.units, counted.counts)[:, whole]
    total = counted.counts.sum(axis=0)[whole]
    return Weeks(starts, total, rows, sum(s < view.start for s in starts))


@dataclass(frozen=True)
class Alarms:
    """`table` has a row an alarm of the newest weeks: area, week (date), n, expected, upper,
    times (n by expected) and method; `false_a_month` is how many of them chance would give."""

    table: pd.DataFrame
    judged: int
    series: int
    false_a_month: float
    first: date | None
    last: date | None


def alarms(
    current: Current, view: View, units: gpd.GeoDataFrame, seed: int, newest: int = NEWEST
) -> Alarms:
    """The newest whole weeks of every unit, and of all together, above their expected band."""
    found = weeks(current, view, units)
    table = np.vstack([found.total[None], found.units])
    table = table[:, -MOST_WEEKS:]
    starts = found.starts[-MOST_WEEKS:]
    names = np.array([ALL, *units["name"]], object)
    held = table.sum(axis=1) > 0  # what never recorded anything cannot alarm
    band = expected(table[held], newest, LEVEL)
    row, week = np.nonzero(band.alarm)
    n = table[held][row, week]
    listed = pd.DataFrame(
        {
            "area": names[held][row],
            "week": [starts[i] for i in week],
            "n": n,
            "expected": band.expected[row, week],
            "upper": band.upper[row, week],
            "times": n / np.maximum(band.expected[row, week], 1e-9),
            "method": band.method[week] if len(week) else [],
        }
    )
    order = listed.assign(all=listed["area"] != ALL).sort_values(
        ["week", "all", "times"], ascending=[False, True, False], ignore_index=True
    )
    judged = int((band.method != "").sum())
    often = false_alarms(table[held], LEVEL, seed=seed) if judged else np.nan
    last = starts[-1] + timedelta(days=6) if starts else None
    return Alarms(
        order.drop(columns="all"), judged, int(held.sum()), often,
        starts[-judged] if judged else None, last,
    )  # fmt: skip


@dataclass(frozen=True)
class Trend:
    """The whole weeks of a View with what their past lets expect, and the breaks of their level.

    `table` has start, n, expected, lower, upper, alarm, method and `level` (the mean between
    breaks); `breaks` that of `geo.breaks.change_points` with dates for positions, and how many
    units moved the `same` way, of those `judged`.
    """

    table: pd.DataFrame
    breaks: pd.DataFrame
    false_a_month: float


def trend(current: Current, view: View, units: gpd.GeoDataFrame, seed: int) -> Trend:
    """The View's weeks against their past, which may begin before the View."""
    found = weeks(current, view, units)
    at = slice(found.before, None)
    judged = len(found.starts) - found.before
    band = expected(found.total, judged or None, LEVEL)
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
    breaks = change_points(found.total[at].astype(float), seed=seed)
    often = false_alarms(found.total[None], LEVEL, seed=seed) if table["method"].any() else np.nan
    edges = [0, *breaks["at"], judged]
    level = [n.mean() for n in np.split(table["n"].to_numpy(float), edges[1:-1])]
    table = table.assign(level=np.repeat(level, np.diff(edges)))
    return Trend(table, _dated(breaks, found, edges), often)


def _dated(breaks: pd.DataFrame, found: Weeks, edges: list[int]) -> pd.DataFrame:
    """Breaks with the Mondays of their weeks, and how many units moved the same way."""
    units, starts = found.units[:, found.before :], found.starts[found.before :]
    same, judged = [], []
    for i, ratio in enumerate(breaks["ratio"]):
        before, after = (
            units[:, a:b].mean(axis=1)
            for a, b in ((edges[i], edges[i + 1]), (edges[i + 1], edges[i + 2]))
        )
        moved = after > before if ratio > 1 else after < before
        some = (before + after) > 0
        same.append(int((moved & some).sum()))
        judged.append(int(some.sum()))
    days = {c: [starts[int(i)] for i in breaks[c]] for c in ("at", "low", "high")}
    return breaks.assign(**days, same=same, judged=judged)
