"""Kernel density on the ground: counts on a map grid in, incidents per km2 per week out."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Grid = npt.NDArray[np.float64]

REACH = 4.0  # standard deviations after which the kernel is cut: 0.03 % of it is lost


def per_km2_per_week(
    counts: npt.ArrayLike,
    inside: npt.NDArray[np.bool_],
    metres_per_pixel: npt.ArrayLike,
    bandwidth: float,
    weeks: float,
) -> Grid:
    """Kernel density of binned incidents, NaN outside the place.

    `counts` are incidents a pixel, rows from the north; `metres_per_pixel` is the ground
    size of a pixel, one number or one a row. The kernel is Gaussian with `bandwidth`
    metres as its standard deviation. At the outline of the place each value is divided
    by the share of the kernel that lies inside (Diggle 1985; Baddeley, Rubak and Turner
    2015, section 6.5.1.2), so that the edge is not shown as empty.
    """
    grid = np.asarray(counts, float)
    if grid.shape != inside.shape:
        raise ValueError("counts and inside must be grids of one shape")
    if bandwidth <= 0 or weeks <= 0:
        raise ValueError("bandwidth and weeks must be more than 0")
    rows = np.broadcast_to(np.asarray(metres_per_pixel, float), (len(grid),))
    # one width for the whole window: across a city it changes by less than 1 %
    width = bandwidth / float(np.median(rows))
    within = np.where(inside, grid, 0.0)
    smooth = _smooth(within, width)
    mass = _smooth(inside.astype(float), width)
    km2 = (rows / 1000.0) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        density = smooth / np.where(inside, mass, np.nan) / km2[:, None] / weeks
    return np.asarray(density)


def _smooth(grid: Grid, width: float) -> Grid:
    smooth: Any = ndimage.gaussian_filter(grid, width, mode="constant", truncate=REACH)
    return np.asarray(smooth)


def nice_top(values: npt.ArrayLike) -> float:
    """A round number at or above almost all of the values: where a legend ends.

    The 99.8th percentile, rounded up to 1, 1.5, 2, 3, 5 or 7.5 times a power of ten;
    1 where there is nothing.
    """
    held = np.asarray(values, float)
    held = held[np.isfinite(held) & (held > 0)]
    if not len(held):
        return 1.0
    top = float(np.quantile(held, 0.998))
    power = 10.0 ** np.floor(np.log10(top))
    steps = np.array([1, 1.5, 2, 3, 5, 7.5, 10]) * power
    return float(steps[steps >= top * (1 - 1e-9)][0])
