"""Where high and low values gather: Gi*, its p by permutation, local Moran's I."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.weights import Weights, binary

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Drawn = npt.NDArray[np.int32]

CELLS = 200_000  # areas x permutations held at once: what a processor's cache holds


def gi_star(values: npt.ArrayLike, weights: Any) -> Array:
    """Getis and Ord's Gi* as a z-score, of values (areas,) or (areas, times).

    Ord and Getis (1995), equation 14, with binary weights in which each area counts itself,
    whatever the diagonal given: R spdep's localG. Areas without a value leave their
    column: they count neither in its mean and spread nor as neighbors, and get NaN. A column of
    equal values gives NaN, and so does an area that all others neighbor. An island is compared
    on its own.
    """
    x, neighbors = _columns(values, weights)
    known = np.isfinite(x)
    n, centred, spread = _centred(x, known)
    # where no value is missing every column has the same neighbors
    own = (known[:, :1] if known.all() else known).astype(float)
    size = neighbors @ own + own
    total = neighbors @ centred + centred
    with np.errstate(invalid="ignore", divide="ignore"):
        z = total / (spread * np.sqrt((n * size - size**2) / (n - 1)))
    return _shaped(np.where(known & (size < n), z, np.nan), values)


def permutation_p(
    values: npt.ArrayLike,
    weights: Any,
    permutations: int = 9999,
    seed: int | None = None,
) -> Array:
    """Two-sided p of Gi* by conditional permutation, values (areas,) or (areas, times).

    An area's own value is held and the others are dealt out anew; p is twice the smaller share
    of deals with a sum as high, or as low, as found, the finding itself counted among them
    (Anselin 1995; twice, because either side would have been told). Rounding decides no tie. One
    order of all areas serves every area, which leaves itself out of it: each p is valid, but
    those of one run depend on each other, as in esda. NaN without a value or where all
    are equal; 1 where dealing changes nothing, without neighbors or with all as neighbors.

    With P permutations no p is below 2 / (P + 1): for false-discovery control over n areas
    to find a single one at 0.05, P must be above 40 n.

    The same seed gives the same p, whichever columns are asked together.
    """
    if permutations < 1:
        raise ValueError(f"{permutations} permutations: use 1 or more, 9999 to be sure.")
    x, neighbors = _columns(values, weights)
    known = np.isfinite(x)
    seed = int(np.random.SeedSequence(seed).generate_state(1)[0])
    most = int(np.diff(neighbors.indptr).max(initial=0))
    degrees = np.rint(neighbors @ known.astype(float)).astype(np.int64)
    p = np.full(x.shape, np.nan)
    varied = _centred(x, known)[2] > 0
    counts = known.sum(axis=0)
    for n in np.unique(counts[varied]):
        alike = np.flatnonzero((counts == n) & varied)
        seen = [_Column(x[:, t], known[:, t], neighbors, degrees[:, t]) for t in alike]
        for drawn in _deals(int(n), min(most, int(n) - 1), permutations, seed):
            for column in seen:
                column.count(drawn)
        for t, column in zip(alike, seen):
            extreme = np.minimum(column.above, column.below)
            p[known[:, t], t] = np.minimum(1.0, 2 * (extreme + 1) / (permutations + 1))
    return _shaped(p, values)


def _deals(n: int, most: int, permutations: int, seed: int) -> Iterator[Drawn]:
    """The first areas of random orders of n, (position, permutation): one more than `most`.

    Fisher and Yates's shuffle, stopped there.
    """
    rng = np.random.default_rng([seed, n])
    step = max(1, CELLS // n)
    for start in range(0, permutations, step):
        across = np.arange(min(step, permutations - start))
        order = np.repeat(np.arange(n, dtype=np.int32)[:, None], len(across), axis=1)
        for place in range(most + 1):
            other = rng.integers(place, n, len(across))
            chosen = order[other, across]
            order[other, across] = order[place]
            order[place] = chosen
        yield order[: most + 1]


class _Column:
    """One column's known values and how many deals came out as high or as low as found."""

    def __init__(self, x: Array, known: Mask, neighbors: Weights, degrees: npt.NDArray[Any]):
        self.x = x[known] - x[known].mean()
        self.degree = degrees[known]
        filled = np.zeros(len(x))
        filled[known] = self.x
        found = np.asarray(neighbors @ filled)[known]
        # sums of the same values in another order differ by rounding: still ties
        largest, spread = np.abs(x[known]).max(), np.abs(self.x).max()
        tie = (self.degree + 1) * (1e-12 * spread + 1e-15 * largest)
        self.high, self.low = (found - tie)[:, None], (found + tie)[:, None]
        self.above, self.below = np.zeros((2, known.sum()), np.int64)

    def count(self, drawn: Drawn) -> None:
        """Each area's neighbors are the first of the order, itself left out."""
        sums = np.zeros((len(drawn) + 1, drawn.shape[1]))
        np.cumsum(self.x[drawn], axis=0, out=sums[1:])
        dealt = sums[self.degree]
        place, which = np.nonzero(np.arange(len(drawn))[:, None] < self.degree[drawn])
        area = drawn[place, which]
        dealt[area, which] = sums[self.degree[area] + 1, which] - self.x[area]
        self.above += np.count_nonzero(dealt >= self.high, axis=1)
        self.below += np.count_nonzero(dealt <= self.low, axis=1)


def benjamini_hochberg(p: npt.ArrayLike) -> Array:
    """q-values over every p given, of whatever shape (Benjamini and Hochberg 1995).

    Called significant at q <= 0.05, at most 5 % of what is called so is chance, on average. NaN
    stays and does not count among the tests. For one control a column, give columns.
    """
    given = np.asarray(p, float)
    q = np.full(given.shape, np.nan)
    tested = np.isfinite(given)
    found = given[tested]
    order = np.argsort(found)[::-1]  # the largest first
    rank = np.arange(len(found), 0, -1)
    least = np.minimum.accumulate(found[order] * len(found) / rank)
    out = np.empty(len(found))
    out[order] = np.minimum(least, 1.0)
    q[tested] = out
    return q


class Moran(NamedTuple):
    """Local Moran's I, its z, its two-sided p, and the quadrant: own value, then neighbors'.

    NaN, and an empty quadrant, where an area has no value or no neighbor with one.
    """

    I: Array  # noqa: E741 - the statistic's name
    z: Array
    p: Array
    quadrant: npt.NDArray[np.str_]


def local_moran(
    values: npt.ArrayLike, weights: Any, permutations: int = 999, seed: int | None = None
) -> Moran:
    """Anselin's (1995) local Moran's I of values (areas,), weights row-standardized.

    I as R spdep's localmoran (esda's is smaller by (n - 1) / n). z is from the mean and variance
    given the own value (Sokal, Oden and Thomson 1998), p from permutation as in
    `permutation_p`: with the own value held, I is as extreme as the neighbors' sum.
    """
    if np.ndim(values) != 1:
        raise ValueError("Local Moran takes one value an area: call it once for each column.")
    x, neighbors = _columns(values, weights)
    known = np.isfinite(x)
    n, centred, spread = _centred(x, known)
    with np.errstate(invalid="ignore", divide="ignore"):
        size = neighbors @ known.astype(float)
        lag = neighbors @ centred / size
        variance = spread**2
        local = centred * lag / variance
        mean = -(centred**2) / ((n - 1) * variance)
        others = (variance - centred**2 / (n - 1)) * n / (n - 2)
        dealt = (centred / variance) ** 2 * others * (1 / size - 1 / (n - 1))
        z = (local - mean) / np.sqrt(dealt)
    tested = (known & (size > 0) & (spread > 0))[:, 0]
    p = permutation_p(np.asarray(values, float), weights, permutations, seed)
    p = np.where(centred[:, 0] == 0, 1.0, p)  # I is 0 whatever is dealt
    side = np.where(centred > 0, "high", "low"), np.where(lag > 0, "high", "low")
    quadrant = np.char.add(np.char.add(side[0], "-"), side[1])[:, 0]
    return Moran(
        np.where(tested, local[:, 0], np.nan),
        np.where(tested & (dealt[:, 0] > 0), z[:, 0], np.nan),
        np.where(tested, p, np.nan),
        np.where(tested, quadrant, ""),
    )


def _columns(values: npt.ArrayLike, weights: Any) -> tuple[Array, Weights]:
    """Values as (areas, times), and who neighbors whom."""
    x = np.asarray(values, float)
    if x.ndim not in (1, 2):
        raise ValueError(f"Values have {x.ndim} dimensions: use (areas,) or (areas, times).")
    neighbors = binary(weights)
    if len(x) != neighbors.shape[0]:
        raise ValueError(
            f"{len(x)} values and weights of {neighbors.shape[0]} areas: give one value an area."
        )
    return (x[:, None] if x.ndim == 1 else x), neighbors


def _centred(x: Array, known: Mask) -> tuple[npt.NDArray[Any], Array, Array]:
    """How many are known, values less their mean (0 where unknown), and their spread a column.

    The spread is NaN where all are equal but for rounding.
    """
    n = known.sum(axis=0)
    filled = np.where(known, x, 0.0)
    mean = filled.sum(axis=0) / np.maximum(n, 1)
    centred = np.where(known, filled - mean, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / np.maximum(n, 1))
    rounding = 1e-12 * np.abs(filled).max(axis=0, initial=0.0)
    return n, centred, np.where(spread > rounding, spread, np.nan)


def _shaped(found: Array, values: npt.ArrayLike) -> Array:
    return found[:, 0] if np.ndim(values) == 1 else found
