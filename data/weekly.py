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
from geo.alarms import expected, false_alarms

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
