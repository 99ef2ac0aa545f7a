"""Classes of a choropleth: values in, few rounded class limits and a class each out.

Our own because loading mapclassify (with scikit-learn, networkx and scipy.stats) took as
long as everything else before the first map; the tests hold these against it.
"""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

MANY = 1000  # natural breaks take the square of how many values there are
NATURAL = 400  # up to this many distinct values natural breaks; beyond, quantiles

Array = npt.NDArray[np.float64]


def limits(values: npt.ArrayLike, k: int = 5) -> list[float]:
    """Lower limits of at most `k` classes of the positive values, ascending, the first 0.

    A class goes from its limit to the next one, which belongs to the class above; the last
    has no end. Natural breaks of up to 400 distinct values (of more than 1,000 values, of as
    many of their quantiles), quantiles of more; a class each for `k` distinct values or fewer.
    Each limit is the roundest number between two classes, of two figures where that leaves
    something in every class. Empty without a value.
    """
    held = np.asarray(values, float)
    held = held[np.isfinite(held) & (held > 0)]
    distinct = np.unique(held)
    if len(distinct) <= k:
        return _between(distinct, distinct)
    if len(distinct) > NATURAL:
        found = quantiles(held, k)
    elif len(held) > MANY:  # many of few values: their quantiles stand for them all
        found = natural(np.quantile(held, np.linspace(0, 1, MANY), method="higher"), k)
    else:
        found = natural(held, k)
    return _between(distinct, found)


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


def _between(distinct: Array, upper: Array) -> list[float]:
    """Lower limits for classes with these upper ones, as round as the sorted values allow."""
    if not len(distinct):
        return []
    after = np.unique(np.searchsorted(distinct, upper, side="right"))
    gaps = [(distinct[i - 1], distinct[i]) for i in after if 0 < i < len(distinct)]
    for figures in range(2, 16):
        found = np.array([_round_between(low, high, figures) for low, high in gaps])
        edges = np.concatenate([[0.0], found, [np.inf]])
        held = np.diff(np.searchsorted(distinct, edges, side="left"))
        if (np.diff(edges) > 0).all() and (held > 0).all():
            return [0.0, *map(float, found)]
    return [0.0, *(float(high) for _, high in gaps)]


def _round_between(low: float, high: float, figures: int) -> float:
    """The roundest number above `low`, up to `high`: of at most so many figures, else near them.

    Multiples of 10, 5, 2 and 1 are tried in this order, and of each the one nearest the middle.
    """
    middle = (low + high) / 2
    lead = math.floor(math.log10(high))
    for power in range(lead, lead - figures, -1):
        for times in (5, 2, 1) if power < lead else (1,):
            step = Fraction(10) ** power * times
            near = float(round(Fraction(middle) / step) * step)
            for found in (near, float(math.floor(Fraction(high) / step) * step)):
                if low < found <= high:
                    return found
    step = Fraction(10) ** (lead - figures + 1)
    return float(round(Fraction(middle) / step) * step)


def assign(values: npt.ArrayLike, lower: list[float]) -> npt.NDArray[np.int64]:
    """The class of each value, 0 the lowest; -1 for zero, negative and NaN, and without classes."""
    v: Any = np.asarray(values, float)
    found = np.searchsorted(np.asarray(lower, float), v, side="right") - 1
    return np.where(v > 0, found, -1)
