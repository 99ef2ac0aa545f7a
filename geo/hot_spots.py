"""Local clusters of high and low values: Gi*, its p by permutation, local Moran's I."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from geo.arrays import Flags, Ints
from geo.deals import Drawn, deal_orders
from geo.weights import Weights, binary

Array = npt.NDArray[np.float64]

SORTED = 20  # areas with as many neighbors for which their sums are put in order
WORK = 200_000_000  # areas x permutations at most, however many values there are
FEW = 10  # permutations as extreme as found: with fewer, p is not settled


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
    areas: npt.ArrayLike | None = None,
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

    The same seed gives the same p, whichever columns are asked together. With `areas`, numbers
    of some of them, only they get a p and the others NaN, which takes less time.
    """
    columns = _permuted(values, weights, permutations, seed, areas)
    return _shaped(_p(np.shape(_columns(values, weights)[0]), columns), values)


class Sequential(NamedTuple):
    """p and q of every value, and which values stay `undecided`.

    Undecided is a value that hardly a permutation reached and that does not stand after
    false-discovery control, but might with more permutations than are allowed.
    """

    p: Array
    q: Array
    undecided: Flags


def sequential_p(
    values: npt.ArrayLike,
    weights: Any,
    tested: npt.ArrayLike,
    permutations: int = 9999,
    seed: int | None = None,
    level: float = 0.05,
    against: npt.ArrayLike = False,
    importance: npt.ArrayLike = 1.0,
) -> Sequential:
    """The p of `permutation_p`, with more permutations where those given leave it open.

    p cannot fall below 2 / (permutations + 1), which among many values hides the few that
    stand out: of 4,680 no single one can have q <= 0.05 with fewer than 187,199. So values
    that fewer than 10 permutations reached, and that do not stand but may (by the lower 99%
    bound of p), get four times as many again and again, until there is none, or even a single
    value that nothing reached would stand twice over (Besag and Clifford 1991, Biometrika 78;
    Sandve, Ferkingstad and Nygard 2011, Bioinformatics 27). All rounds together make at most
    `WORK` / areas permutations; what would need more is undecided.

    Where not `tested` p is NaN and no value counts; it is 1 where something speaks `against`
    the finding whatever its p. Benjamini and Hochberg's control is over all others, of p
    divided by the `importance` of a value, whose mean over them is made 1: what was asked for
    before any value was seen may weigh more, and the rest less, at the same rate of false
    findings (Genovese, Roeder and Wasserman 2006, Biometrika 93). The shape of `tested`, p, q
    and `undecided` is that of the values.
    """
    x, neighbors = _columns(values, weights)
    asked = np.reshape(np.asarray(tested, bool), x.shape)
    denied = np.reshape(np.broadcast_to(np.asarray(against, bool), np.shape(values)), x.shape)
    columns = _permuted(x, neighbors, permutations, seed)
    weight = np.reshape(np.broadcast_to(np.asarray(importance, float), np.shape(values)), x.shape)
    weight = weight / weight[asked].mean() if asked.any() else weight
    needed = int(np.ceil(4 * asked.sum() / level / weight.min())) if asked.any() else 0
    most = min(needed, WORK // max(len(x), 1))
    made, turn = permutations, 0
    own = int(np.random.SeedSequence(seed).generate_state(1)[0])
    while True:
        p = np.where(asked, np.where(denied, 1.0, _p(x.shape, columns)), np.nan)
        q = benjamini_hochberg(p / weight)
        with np.errstate(invalid="ignore"):
            stands = q <= level
            could = benjamini_hochberg(np.where(stands, p, _least_p(p, columns)) / weight) <= level
        open_ = np.zeros(x.shape, bool)
        for t, column in columns.items():
            open_[column.areas[column.extreme() < FEW], t] = True
        open_ &= could & ~stands & ~denied
        if not open_.any() or made >= most:
            break
        more = min(3 * made, most - made)
        made, turn = made + more, turn + 1
        _deal_more(columns, open_, more, (own, turn))
    undecided = open_ if made < needed else np.zeros(x.shape, bool)
    return Sequential(_shaped(p, values), _shaped(q, values), undecided.reshape(np.shape(values)))


def _permuted(
    values: npt.ArrayLike,
    weights: Any,
    permutations: int,
    seed: int | None,
    areas: npt.ArrayLike | None = None,
) -> "dict[int, _Column]":
    """The columns whose values differ, each counted over the same permutations."""
    if permutations < 1:
        raise ValueError(f"{permutations} permutations: use 1 or more, 9999 to be sure.")
    x, neighbors = _columns(values, weights)
    known = np.isfinite(x)
    seed = int(np.random.SeedSequence(seed).generate_state(1)[0])
    most = int(np.diff(neighbors.indptr).max(initial=0))
    degrees = np.rint(neighbors @ known.astype(float)).astype(np.int64)
    varied = _centred(x, known)[2] > 0
    counts = known.sum(axis=0)
    found = {}
    for n in np.unique(counts[varied]):
        alike = np.flatnonzero((counts == n) & varied)
        seen = [_Column(x[:, t], known[:, t], neighbors, degrees[:, t]) for t in alike]
        wanted = [
            np.flatnonzero(np.isin(column.areas, column.areas if areas is None else areas))
            for column in seen
        ]
        for drawn in deal_orders(int(n), min(most, int(n) - 1), permutations, (seed,)):
            _count(drawn, list(zip(seen, wanted)))
        for t, column, rows in zip(alike, seen, wanted):
            column.permutations[rows] = permutations
            found[int(t)] = column
    return found


def _deal_more(
    columns: "dict[int, _Column]", open_: Flags, more: int, seed: tuple[int, ...]
) -> None:
    """Count so many more permutations of the values that are open, and of no others."""
    left = [
        (column, np.flatnonzero(open_[column.areas, t]))
        for t, column in columns.items()
        if open_[:, t].any()
    ]
    for n in sorted({len(column.areas) for column, _ in left}):
        alike = [(column, rows) for column, rows in left if len(column.areas) == n]
        most = max(int(column.degree[rows].max()) for column, rows in alike)
        for drawn in deal_orders(n, min(most, n - 1), more, seed):
            _count(drawn, alike)
        for column, rows in alike:
            column.permutations[rows] += more


def _p(shape: tuple[int, ...], columns: "dict[int, _Column]") -> Array:
    """Two-sided p of every value from what was counted."""
    p = np.full(shape, np.nan)
    for t, column in columns.items():
        share = 2 * (column.extreme() + 1) / (column.permutations + 1)
        p[column.areas, t] = np.where(column.permutations > 0, np.minimum(1.0, share), np.nan)
    return p


def _least_p(p: Array, columns: "dict[int, _Column]") -> Array:
    """The least that each p may be in truth, with 99% confidence: 0 where nothing reached it."""
    out = p.copy()
    if not columns:
        return out
    every = np.concatenate([column.extreme() for column in columns.values()])
    counts, at = np.unique(every, return_inverse=True)  # thousands of values, few counts
    least = np.where(counts > 0, special.gammaincinv(np.maximum(counts, 1), 0.01), 0.0)[at]
    for t, column in columns.items():
        own, least = least[: len(column.areas)], least[len(column.areas) :]
        out[column.areas, t] = np.minimum(2 * own / column.permutations, out[column.areas, t])
    return out


def _count(drawn: Drawn, columns: "list[tuple[_Column, Ints]]") -> None:
    """Count deals for some of the areas of each column."""
    known: dict[bytes, tuple[Ints, Ints]] = {}
    for column, rows in columns:
        first = np.zeros(len(column.x), np.min_scalar_type(len(drawn)))
        first[rows] = column.degree[rows]
        key = first.tobytes()  # where no value is missing all columns have the same
        if key not in known:
            known[key] = _themselves(drawn, first)
        column.count(drawn, rows, *known[key])


def _themselves(drawn: Drawn, first: npt.NDArray[Any]) -> tuple[Ints, Ints]:
    """The areas that are among the so many first of an order themselves, and in which deal."""
    place = np.arange(int(first.max(initial=0)), dtype=first.dtype)[:, None]
    some = drawn[: len(place)]
    flat = np.flatnonzero(place < first[some])
    return some.ravel()[flat].astype(np.int64), flat % drawn.shape[1]


class _Column:
    """One column's known values and how many deals came out as high or as low as found."""

    def __init__(self, x: Array, known: Flags, neighbors: Weights, degrees: npt.NDArray[Any]):
        self.areas = np.flatnonzero(known)
        self.x = x[known] - x[known].mean()
        self.degree = degrees[known]
        filled = np.zeros(len(x))
        filled[known] = self.x
        found = np.asarray(neighbors @ filled)[known]
        # sums of the same values in another order differ by rounding: still ties
        largest, spread = np.abs(x[known]).max(), np.abs(self.x).max()
        tie = (self.degree + 1) * (1e-12 * spread + 1e-15 * largest)
        self.high, self.low = found - tie, found + tie
        self.above, self.below, self.permutations = np.zeros((3, known.sum()), np.int64)

    def extreme(self) -> npt.NDArray[np.int64]:
        """Count the permutations that reached each value on its rarer side."""
        return np.asarray(np.minimum(self.above, self.below))

    def count(self, drawn: Drawn, rows: Ints, area: Ints, which: Ints) -> None:
        """Count deals for some of the areas: an area's neighbors are the first of the order.

        Areas with as many neighbors share their sums, which are put in order once; then the few
        deals `which` are mended in which an `area` is among the first itself, and is left out.
        """
        degree = self.degree[rows]
        drawn = drawn[: int(degree.max(initial=0)) + 1]
        sums = np.zeros((len(drawn) + 1, drawn.shape[1]))
        for before, after, one in zip(sums, sums[1:], drawn):
            np.add(before, self.x[one], out=after)
        for size in np.unique(degree):
            alike, dealt = rows[degree == size], sums[size]
            if len(alike) > SORTED:
                dealt = np.sort(dealt)
                high, low = self.high[alike], self.low[alike]
                self.above[alike] += len(dealt) - np.searchsorted(dealt, high, side="left")
                self.below[alike] += np.searchsorted(dealt, low, side="right")
                continue
            for row in alike:
                self.above[row] += np.count_nonzero(dealt >= self.high[row])
                self.below[row] += np.count_nonzero(dealt <= self.low[row])
        taken = sums[self.degree[area], which]
        instead = sums[self.degree[area] + 1, which] - self.x[area]
        high, low = self.high[area], self.low[area]
        for counted, new, old in (
            (self.above, instead >= high, taken >= high),
            (self.below, instead <= low, taken <= low),
        ):
            np.add.at(counted, area, new.astype(np.int64) - old)


def benjamini_hochberg(p: npt.ArrayLike) -> Array:
    """q-values over every p given, of whatever shape (Benjamini and Hochberg 1995).

    Called significant at q <= 0.05, at most 5% of what is called so is chance, on average. NaN
    stays and does not count among the tests. What is above 1, as a p divided by its weight may
    be, counts as 1; below 0 is a ValueError. For one control a column, give columns.
    """
    q: Array = np.minimum(np.asarray(p, float), 1.0)
    tested = ~np.isnan(q)
    if (q[tested] < 0).any():
        raise ValueError("Some p are below 0: a chance lies between 0 and 1.")
    sorted_ = np.sort(q[tested])
    stepped = sorted_ * (len(sorted_) / np.arange(1, len(sorted_) + 1))
    stepped = np.minimum.accumulate(stepped[::-1])[::-1]
    # equal p have the same q, that of the last of them: the least that follows
    q[tested] = np.minimum(stepped[np.searchsorted(sorted_, q[tested])], 1.0)
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


def _centred(x: Array, known: Flags) -> tuple[npt.NDArray[Any], Array, Array]:
    """The number known, values less their mean (0 where unknown), and their spread, a column each.

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
