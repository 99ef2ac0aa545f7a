"""Where the heat of two Views differs by more than chance explains."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from data import questions, surface
from data.store import Current
from data.surface import Window
from data.view import View
from geo import density, rates, tabulate
from geo.area_index import index
from geo.difference import Difference, Period, difference

WEEK, DAY = 7, 1
ENOUGH = 4  # weeks in each period; with fewer, days tell how much counts vary


def between(
    current: Current,
    found: tuple[View, View],
    bandwidth: float,
    over: Window,
    units: gpd.GeoDataFrame,
) -> Difference:
    """The later surface less the earlier over the window's shown pixels, and where it stands.

    Weekly counts vary more than chance where crowds, campaigns and seasons move them: each
    pixel's variance is widened by the factor of the area that it lies in, as that of the
    area's own change is.
    """
    factor, degrees = _factor(current, found, units)
    around = over.around
    at = [*np.meshgrid(*around.centres)]
    row = index(units).locate(at[0].ravel(), at[1].ravel()).reshape(at[0].shape)
    usual = float(np.nanmean(factor)) if len(factor) else 1.0
    spread_out = np.append(np.nan_to_num(factor, nan=usual), usual)[row]  # -1: outside all
    now, before = (_period(current, view, over) for view in found)
    whole = difference(
        now, before, over.inside, around.metres, bandwidth, spread_out, degrees
    )  # fmt: skip
    part = over.shown.within(around)
    return Difference(whole.change[part], whole.sure[part])


def _period(current: Current, view: View, over: Window) -> Period:
    column, row, n, east, south = (
        c.to_numpy() for c in questions.pixels(current, view, over.around).columns
    )
    counts, spread = density.counted(column, row, n, east, south, over.around)
    return Period(surface.brought(counts, over), surface.weeks(view, current), spread)


def _factor(
    current: Current, found: tuple[View, View], units: gpd.GeoDataFrame
) -> tuple[npt.NDArray[np.float64], float]:
    """How much more each area's counts of weeks vary than chance, and how well it is known."""
    step = WEEK if min(view.days for view in found) >= ENOUGH * WEEK else DAY
    counts = []
    for view in found:
        asked = questions.by_area_and_step(current, view, step)
        rows = tabulate.aligned(units["unit"], asked.units, asked.counts)
        counts.append(rows[:, : view.days // step])  # whole steps: the Views are cut to them
    free = sum(rows.shape[1] - 1 for rows in counts)
    return rates.change(counts[0], counts[1]).factor, float(max(free, 1) + rates.BORROWED)
