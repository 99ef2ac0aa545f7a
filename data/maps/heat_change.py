"""The change of heat between two Views, and where it is more than chance explains."""

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from data.maps import heat_surface
from data.maps.heat_surface import Extent, Window
from data.storage.store import Current
from data.views import pixel_counts, view_counts
from data.views.view import DAY, MONTH, WEEK, View
from geo import density, difference, mercator
from geo.difference import Difference, Period
from geo.mercator import Grid

_ENOUGH = 4  # weeks in each period; with fewer, days tell how much counts vary
COARSE = 2  # pixels a bandwidth has where only the variation is asked for


def between(
    current: Current, found: tuple[View, View], bandwidth: float, over: Window, place: Extent
) -> Difference:
    """The later surface less the earlier over the window's shown pixels, and where it stands.

    Counts of weeks vary more than chance where crowds, campaigns and seasons move them: each
    pixel's variance is widened by as much as the weekly sums of its own kernel vary.
    """
    around = over.around
    factor, degrees = _factor(current, found, bandwidth, around, place)
    now, before = (_period(current, view, over) for view in found)
    whole = difference.difference(
        now, before, over.inside, around.metres, bandwidth, factor, degrees
    )
    part = over.shown.within(around)
    return Difference(whole.change[part], whole.sure[part], whole.smallest)


def _period(current: Current, view: View, over: Window) -> Period:
    found = pixel_counts.counts(current, view, over.around)
    column, row, n, east, south = (c.to_numpy() for c in found.columns)
    counts, spread = density.counted(column, row, n, east, south, over.around)
    return Period(
        heat_surface.with_border_counts(counts, over),
        heat_surface.covered_weeks(view, current),
        spread,
    )


def _factor(
    current: Current, found: tuple[View, View], bandwidth: float, around: Grid, place: Extent
) -> tuple[npt.NDArray[np.float64], float]:
    """The dispersion of the kernel's sums of steps over the pixels of `around`, and its degrees."""
    step = WEEK if min(view.days for view in found) >= _ENOUGH * WEEK else DAY
    if any(view_counts.mostly_months(current, view) for view in found):
        step = MONTH
    latitude = float(np.mean(around.centres[1]))
    shift = max(mercator.shift_for(bandwidth / COARSE, latitude), around.shift)
    over = heat_surface.window(place, mercator.grid_over(around.bounds, shift), bandwidth)
    grid = over.around
    stacks = [
        heat_surface.with_border_counts(pixel_counts.by_step(current, view, grid, step), over)
        for view in found
    ]
    now, before = stacks
    factor, degrees = difference.dispersion(now, before, over.inside, grid.metres, bandwidth)
    scale = 1 << (shift - around.shift)
    rows = (around.row + np.arange(around.height) + 0.5) / scale - 0.5 - grid.row
    columns = (around.column + np.arange(around.width) + 0.5) / scale - 0.5 - grid.column
    at = np.meshgrid(rows, columns, indexing="ij")
    return ndimage.map_coordinates(factor, at, order=1, mode="nearest"), degrees
