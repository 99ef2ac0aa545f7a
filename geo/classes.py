"""Classes of a choropleth: values in, few rounded class limits and a class each out.

Our own because loading mapclassify (with scikit-learn, networkx and scipy.stats) took as
long as everything else before the first map; the tests hold these against it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

MANY = 1000  # natural breaks take the square of how many values there are
NATURAL = 400  # up to this many distinct values natural breaks; beyond, quantiles

Array = npt.NDArray[np.float64]


def limits(values: npt.ArrayLike, k: int = 5) -> list[float]:
    """Upper limits of at most `k` classes of the positive values, ascending.

    Natural breaks of up to 400 distinct values (of more than 1,000 values, of as many of
    their quantiles), quantiles of more. Limits are rounded up
    to two figures where that keeps them apart, so that the legend can be read and is
    what the colors follow. Empty without a value.
    """
    held = np.asarray(values, float)
    held = held[np.isfinite(held) & (held > 0)]
    distinct = np.unique(held)
    if len(distinct) <= k:
        return [float(v) for v in distinct]
    if len(distinct) > NATURAL:
        found = quantiles(held, k)
    elif len(held) > MANY:  # many of few values: their quantiles stand for them all
        found = natural(np.quantile(held, np.linspace(0, 1, MANY), method="higher"), k)
    else:
        found = natural(held, k)
    return [float(v) for v in np.unique(_rounded(found))]


def natural(values: npt.ArrayLike, k: int) -> Array:
    """Upper limits of the `k` classes with the least squares around their means.

    Exact, by dynamic programming over the sorted values (Fisher 1958, J. Am. Stat.
    Assoc. 53; Jenks 1977). Needs more than `k` values.
    """
    v = np.sort(np.asarray(values, float))
    n = len(v)
    one, two = (np.concatenate([[0], v.cumsum()]), np.concatenate([[0], (v * v).cumsum()]))
    first, last = np.ogrid[:n, 1 : n + 1]  # a class holds v[first:last]
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = (two[last] - two[first]) - (one[last] - one[first]) ** 2 / (last - first)
    cost = np.where(last > first, np.maximum(squares, 0), np.inf)
    best = cost[0].copy()  # of v[:i + 1] in one class
    starts = []
    for _ in range(k - 1):
        whole = best[:-1, None] + cost[1:]  # the last class begins after v[i]
        start = whole.argmin(axis=0)
        best = whole[start, np.arange(n)]
        starts.append(start)
    ends, end = [n - 1], n - 1
    for start in reversed(starts):
        end = int(start[end])
        ends.append(end)
    return np.asarray(v[ends[::-1]])


def quantiles(values: npt.ArrayLike, k: int) -> Array:
    """Upper limits of `k` classes that hold about as many values each."""
    return np.asarray(np.quantile(np.asarray(values, float), np.arange(1, k + 1) / k))


def _rounded(bins: Array) -> Array:
    """Limits rounded up to two significant figures; whole numbers stay whole."""
    power = 10.0 ** (np.floor(np.log10(bins)) - 1)
    power = np.where(bins == np.round(bins), np.maximum(power, 1), power)
    power = np.maximum(power, 1e-300)  # below that there is nothing to round to
    up = np.maximum(np.ceil(bins / power - 1e-9) * power, bins)
    return np.asarray(np.round(up, 12))


def assign(values: npt.ArrayLike, upper: list[float]) -> npt.NDArray[np.int64]:
    """The class of each value, 0 the lowest; -1 for zero, negative and NaN."""
    v: Any = np.asarray(values, float)
    found = np.searchsorted(np.asarray(upper, float), v, side="left")
    return np.where((v > 0) & (found < len(upper)), found, -1)
