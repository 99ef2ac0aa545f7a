"""Kernel density on the ground: counts on a map grid in, incidents per km2 per week out.

Gaussian kernel, its standard deviation the bandwidth in metres (Silverman 1986, chapter 4).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from geo.mercator import Grid

Floats = npt.NDArray[np.floating[Any]]

REACH = 4.5  # standard deviations after which the kernel is cut: 0.004% of it is lost
LIKE = 0.002  # rows whose pixels differ by less than this share are smoothed as one band
NEAREST = 1 / 12  # variance in pixels that counting by pixel adds to where things are
BANDWIDTHS = (150, 200, 250, 300, 400, 500, 600, 800, 1000, 1200, 1500)  # metres


def counted(
    column: npt.ArrayLike,
    row: npt.ArrayLike,
    n: npt.ArrayLike,
    east: npt.ArrayLike,
    south: npt.ArrayLike,
    grid: Grid,
) -> tuple[npt.NDArray[np.float64], float]:
    """Counts on a grid that keep where in their pixel things lie, and the variance left.

    `column` and `row` number pixels of the grid's world, `n` things lie in each; `east` and
    `south` are the means of their distances from its north-west corner, 0..1 of a pixel.
    Each pixel's count is shared out among the four pixels whose centres surround that mean
    (linear binning; Jones and Lotwick 1984), so that it lies where it was. The variance
    (pixels2, an axis) is what sharing adds less what the mean forgets: `per_km2_per_week`
    takes it from the kernel.
    """
    u, v = (np.asarray(a, float) - 0.5 for a in (east, south))
    weight = np.asarray(n, float)
    across, down = np.asarray(column) - grid.column, np.asarray(row) - grid.row
    wide = grid.width + 2  # a frame of one pixel takes what is shared out over the edge
    held = (across >= 0) & (down >= 0) & (across < grid.width) & (down < grid.height)
    u, v, weight = u[held], v[held], weight[held]
    place = (down[held] + 1) * wide + across[held] + 1
    to_x, to_y = np.where(u < 0, -1, 1), np.where(v < 0, -1, 1) * wide
    a, b = np.abs(u), np.abs(v)
    parts = ((0, (1 - a) * (1 - b)), (to_x, a * (1 - b)), (to_y, (1 - a) * b), (to_x + to_y, a * b))
    every = np.concatenate([place + to for to, _ in parts])
    shares = np.concatenate([weight * share for _, share in parts])
    size = (grid.height + 2) * wide
    counts = np.bincount(every, shares, size).reshape(-1, wide)[1:-1, 1:-1]
    forgotten = NEAREST * (1 - 1 / np.maximum(weight, 1))
    added = (a * (1 - a) + b * (1 - b)) / 2 - forgotten
    spread = float(np.average(added, weights=weight)) if weight.sum() else 0.0
    return np.ascontiguousarray(counts), spread


def per_km2_per_week(
    counts: npt.ArrayLike,
    inside: npt.NDArray[np.bool_],
    metres_per_pixel: npt.ArrayLike,
    bandwidth: float,
    weeks: float,
    spread: float = NEAREST,
) -> Floats:
    """Kernel density of binned incidents, NaN outside the place.

    `counts` are incidents a pixel, rows from the north, or a stack of such grids;
    `metres_per_pixel` is the ground size of a pixel: one number, one a row, or east and north
    of each row: in Web Mercator it shrinks towards the poles, and the kernel follows it.
    `bandwidth` is in metres. At the outline each value is divided by the share of the kernel
    that lies inside the place (Diggle 1985; Baddeley, Rubak and Turner 2015, section
    6.5.1.2), so that the edge is not shown as empty. `spread` (pixels2) is the variance that
    binning has added to where incidents are; it is taken from the kernel's own (Sheppard
    1898).
    """
    grid = np.asarray(counts)
    if grid.shape[-2:] != inside.shape:
        raise ValueError("counts and inside must be grids of one shape")
    if bandwidth <= 0 or weeks <= 0:
        raise ValueError("bandwidth and weeks must be more than 0")
    metres = ground(metres_per_pixel, len(inside))
    within = np.where(inside, grid, 0)
    area = inside * metres.prod(axis=1)[:, None]  # a pixel's ground, in m2
    smooth = smoothed(within, metres, bandwidth, spread)
    share = smoothed(area, metres, bandwidth, spread)
    with np.errstate(invalid="ignore", divide="ignore"):
        density: Floats = smooth / np.where(inside, share, np.nan) * (1e6 / weeks)
    return density.astype(smooth.dtype, copy=False)


def ground(metres_per_pixel: npt.ArrayLike, rows: int) -> npt.NDArray[np.float64]:
    """The size of a pixel in metres, east and north, for each of so many rows."""
    size = np.asarray(metres_per_pixel, float)
    return np.broadcast_to(size[:, None] if size.ndim == 1 else size, (rows, 2))


def smoothed(
    grid: npt.ArrayLike, metres: npt.NDArray[np.float64], bandwidth: float, spread: float = 0.0
) -> Floats:
    """The kernel's sum over a grid (..., rows, columns), in its unit per m2.

    Exact for what lies at the pixels' centres: distances are those on the ground, along a
    row by the size of its own pixels. `metres` is (rows, 2): east and north.
    """
    given = np.asarray(grid)
    kind = np.float32 if given.dtype == np.float32 else np.float64
    given = given.astype(kind, copy=False)
    least = float(np.median(metres)) ** 2 * spread
    sd = float(np.sqrt(max(bandwidth**2 - least, bandwidth**2 / 4)))
    east, north = metres.T
    place = np.cumsum(north) - north / 2
    down = _kernel(place[:, None] - place[None, :], sd).astype(kind)
    column = np.arange(given.shape[-1], dtype=float)
    apart = column[:, None] - column[None, :]
    out = np.empty_like(given)
    for rows in _bands(east):
        across = _kernel(apart * float(east[rows].mean()), sd).astype(kind)
        out[..., rows, :] = given[..., rows, :] @ across
    result: Floats = np.matmul(down, out) / kind(2 * np.pi * sd**2)
    return result


def _kernel(distance: npt.NDArray[np.float64], sd: float) -> npt.NDArray[np.float64]:
    t = distance / sd
    return np.where(np.abs(t) <= REACH, np.exp(-0.5 * t * t), 0.0)


def _bands(metres: npt.NDArray[np.float64]) -> list[slice]:
    """Runs of rows whose pixels have about the same size."""
    level = np.floor(np.log(metres / metres.min()) / LIKE).astype(int)
    starts = np.flatnonzero(np.diff(level, prepend=level[0] - 1))
    return [slice(a, b) for a, b in zip(starts, [*starts[1:], len(metres)])]


def usual_bandwidth(sd_x: float, sd_y: float, n: int) -> int:
    """The bandwidth in metres to begin with, one of BANDWIDTHS: Scott's rule.

    The root mean square of the standard deviations of x and y (metres) times n ** (-1/6)
    (Scott 1992, section 6.3, for two dimensions), to the nearest in proportion. 400 where
    nothing is known.
    """
    wide = float(np.sqrt((sd_x**2 + sd_y**2) / 2)) if n > 1 else 0.0
    if not np.isfinite(wide) or wide <= 0:
        return 400
    wanted = wide * n ** (-1 / 6)
    return min(BANDWIDTHS, key=lambda metres: abs(np.log(metres / wanted)))


def nice_top(*values: npt.ArrayLike) -> float:
    """A round number at or above almost all of the values: where a legend ends.

    The 99.8th percentile, rounded up to 1, 1.5, 2, 3, 5 or 7.5 times a power of ten;
    1 where there is nothing.
    """
    every = np.concatenate([np.ravel(np.asarray(v, float)) for v in values])
    held = every[np.isfinite(every) & (every > 0)]
    if not len(held):
        return 1.0
    top = float(np.quantile(held, 0.998))
    power = 10.0 ** np.floor(np.log10(top))
    steps = np.array([1, 1.5, 2, 3, 5, 7.5, 10]) * power
    return float(steps[steps >= top * (1 - 1e-9)][0])
