"""Places where a kernel density rose or fell by more than chance explains."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from geo import density
from geo.hot_spots import benjamini_hochberg
from geo.rates import BORROWED

Grid = npt.NDArray[Any]

ENOUGH = 10.0  # incidents of both periods within a kernel, for the normal approximation
LEVEL = 0.05
USUALLY = 0.8  # of rises that are to be found
REACH = 2.0  # bandwidths around a pixel in which a rise is thought of


class Period(NamedTuple):
    """Counts on a grid, how many weeks they cover, and the variance that binning added."""

    counts: npt.NDArray[Any]
    weeks: float
    spread: float = density.NEAREST


class Difference(NamedTuple):
    """`change` is the later density less the earlier (incidents per km2 per week), NaN
    outside; `sure` is where it stands after false-discovery control over all pixels.

    `smallest` is the rise, as a factor, within two bandwidths of a typical pixel tested that
    would be found four times in five; NaN where none is tested.
    """

    change: Grid
    sure: npt.NDArray[np.bool_]
    smallest: float = np.nan


def difference(
    now: Period,
    before: Period,
    inside: npt.NDArray[np.bool_],
    metres_per_pixel: npt.ArrayLike,
    bandwidth: float,
    factor: npt.ArrayLike = 1.0,
    degrees: float = np.inf,
    level: float = LEVEL,
) -> Difference:
    """The difference of two kernel densities and where chance does not explain it.

    A pixel's variance is that of a Poisson process through the squared kernel (Diggle 1985)
    times `factor`, how much more weekly counts there vary than chance (`dispersion`: one
    number or one a pixel, known to so many `degrees` of freedom). Two-sided t, then Benjamini
    and Hochberg (1995) over the pixels with at least 10 incidents within reach; pixels near
    each other agree, under which the control holds (Benjamini and Yekutieli 2001).
    """
    metres = density.ground(metres_per_pixel, len(inside))
    area = inside * metres.prod(axis=1)[:, None]
    rates, variances, reached = [], [], np.zeros(inside.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        for period in (now, before):
            share = density.smoothed(area, metres, bandwidth, period.spread)
            share = np.where(inside, share, np.nan) * period.weeks / 1e6
            rate, square = _smooth(period, inside, metres, bandwidth)
            rates.append(rate / share)
            variances.append(square / share**2)
            reached += np.where(square > 0, rate**2 / square, 0.0)
        change = rates[0] - rates[1]
        t = np.abs(change) / np.sqrt(np.asarray(factor) * (variances[0] + variances[1]))
    tested = inside & np.isfinite(t) & (reached >= ENOUGH)
    p = 2 * (
        special.stdtr(degrees, -t[tested]) if np.isfinite(degrees) else special.ndtr(-t[tested])
    )
    sure = np.zeros(inside.shape, bool)
    sure[tested] = benjamini_hochberg(p) <= level
    pixels = np.pi * bandwidth**2 / float(metres.prod(axis=1).mean())
    alone = level * min(pixels / max(int(tested.sum()), 1), 1.0)
    limit = -float(special.stdtrit(min(degrees, 1e9), alone / 2)) + special.ndtri(USUALLY)
    wide = np.broadcast_to(np.asarray(factor, float), inside.shape)[tested]
    rise = _detectable(
        rates[1][tested], variances[1][tested] * wide, now.weeks / before.weeks, limit
    )
    return Difference(np.asarray(change), sure, rise)


def _detectable(rate: Grid, variance: Grid, weeks: float, limit: float) -> float:
    """The middle of the rises that leave `limit` standard errors between both periods.

    `rate` and `variance` are those of the period before, at each pixel; the later one has
    `weeks` times its weeks and, risen, more variance too. The kernel sees a rise within two
    bandwidths nearly whole.
    """
    if not len(rate):
        return np.nan
    seen = np.maximum(rate, 1e-300) * -np.expm1(-(REACH**2) / 2)
    own = limit**2 * variance / weeks
    both = own + limit**2 * variance
    rise = (own + np.sqrt(own**2 + 4 * seen**2 * both)) / (2 * seen**2)
    return 1 + float(np.median(np.where(rate > 0, rise, np.inf)))


def dispersion(
    now: npt.ArrayLike,
    before: npt.ArrayLike,
    inside: npt.NDArray[np.bool_],
    metres_per_pixel: npt.ArrayLike,
    bandwidth: float,
) -> tuple[Grid, float]:
    """The dispersion of the kernel's weekly sums beyond chance, a grid, and its degrees.

    `now` and `before` are counts (weeks, rows, columns). Pearson's statistic around each
    period's mean, of what the kernel sees: neighbors that rise together make it vary more
    than one area does. Each pixel's factor is drawn towards the mean of all, as `rates.change`
    does with areas; never below 1.
    """
    metres = density.ground(metres_per_pixel, len(inside))
    stacks = [np.where(inside, np.asarray(p, np.float32), 0) for p in (now, before)]
    free = sum(len(stack) - 1 for stack in stacks)
    statistic = np.zeros(inside.shape)
    for stack in stacks:
        mean = stack.mean(axis=0, dtype=float)
        believed = _smooth(Period(mean, 1.0, 0.0), inside, metres, bandwidth)[1]
        seen = density.smoothed(stack, metres, bandwidth)
        around = ((seen - seen.mean(axis=0)) ** 2).sum(axis=0, dtype=float)
        enough = believed > believed.max() * 1e-6
        statistic += np.where(enough, around / np.where(enough, believed, 1.0), 0.0)
    own = statistic / max(free, 1)
    usual = float(own[inside].mean()) if inside.any() else 1.0
    drawn = (free * own + BORROWED * usual) / (free + BORROWED)
    return np.maximum(drawn, 1.0), float(free + BORROWED)


def _smooth(
    period: Period, inside: npt.NDArray[np.bool_], metres: Grid, bandwidth: float
) -> tuple[Grid, Grid]:
    """The sum of the kernel and of its square over a period's counts, per m2 and per m4."""
    counts = np.where(inside, np.asarray(period.counts, float), 0.0)
    rate = density.smoothed(counts, metres, bandwidth, period.spread)
    # the square of a Gaussian is one of half the variance, over 4 pi variances
    square = density.smoothed(counts, metres, bandwidth / np.sqrt(2), period.spread / 2)
    return rate, np.maximum(square, 0) / (4 * np.pi * bandwidth**2)
