"""Space-time interaction of incidents, near in space and in time: Knox and near repeats."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special
from scipy.spatial import cKDTree

from geo.arrays import Ints
from geo.hot_spots import benjamini_hochberg

Array = npt.NDArray[np.float64]

METRICS = {"euclidean": 2, "manhattan": 1}
LEVEL = 0.05
AT_ONCE = 1_000_000  # pairs held together; more are worked through in turn
COLUMNS = ["space_from", "space_to", "time_from", "time_to", "observed", "expected", "ratio"]


class Knox(NamedTuple):
    """Pairs close in space and time: how many there are, and how many chance makes.

    `p_poisson` is the Poisson chance of so many or more, `p` that of permuted times.
    """

    observed: int
    expected: float
    p_poisson: float
    p: float


def knox(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    t: npt.ArrayLike,
    eps_space: float,
    eps_time: float,
    replicates: int = 999,
    seed: int | None = None,
    metric: str = "euclidean",
) -> Knox:
    """The test of space-time interaction of Knox (1964), Applied Statistics 13.

    `x` and `y` in metres, `t` in days or any other unit of `eps_time`. A pair is close where
    its distance is at most the limit. Expected: pairs close in space times pairs close in
    time, by all pairs. The Monte Carlo p is one-sided: (1 + permutations with as many or more)
    / (replicates + 1). Times are permuted over incidents (Mantel 1967, Cancer Research 27),
    not over pairs, which would make p too small. Rows with NaN leave. The work is replicates
    times pairs close in space; the memory is bounded.
    """
    space, time = _edges([0, eps_space], "eps_space"), _edges([0, eps_time], "eps_time")
    place, days = _rows(x, y, t)
    found = _tables(place, days, space, time, replicates, seed, metric)
    observed = int(found.observed[0, 0])
    pairs = len(days) * (len(days) - 1) // 2
    ordered = np.sort(days)
    until = np.searchsorted(ordered, ordered + _limits(time, days)[-1], side="right")
    close = int((until - np.arange(len(days)) - 1).sum())
    expected = int(found.close[0]) * close / max(pairs, 1)
    p_poisson = float(special.pdtrc(observed - 1, expected)) if observed else 1.0
    more = int((found.draws[:, 0, 0] >= observed).sum())
    return Knox(observed, expected, p_poisson, (1 + more) / (replicates + 1))


def near_repeat(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    t: npt.ArrayLike,
    space_bands: npt.ArrayLike,
    time_bands: npt.ArrayLike,
    replicates: int = 999,
    seed: int | None = None,
    metric: str = "manhattan",
    within: float = np.inf,
) -> pd.DataFrame:
    """Pairs by band of distance and of time between them, against permuted times.

    Bands are given by their edges and hold `from < distance <= to`; the first holds its lower
    edge too. Edges that begin 0, 0 make a band of the same place (or day): 0, 0, 100, 200 is
    same place, up to 100 m, up to 200 m. One row a pair of bands: space_from, space_to,
    time_from, time_to, observed, expected (mean of the permutations), ratio (NaN where none
    is expected), p (one-sided, as in `knox`) and q (after Benjamini and Hochberg over the
    table), needed (the fewest pairs of which no more than one permutation in 20 times the bands
    has as many: so many would stand alone). Rows with NaN leave.

    Times permuted over all incidents have the same season everywhere: places whose seasons
    differ would pass for near repeats. With `within` times are permuted only among incidents of
    the same stretch of so many units of time, counted from the first, so that every place keeps
    what it had in each stretch (stratified permutation; Good 2005, Permutation, Parametric and
    Bootstrap Tests of Hypotheses). A stretch much shorter than the last band's edge leaves
    little to find. After Ratcliffe and Rengert (2008), Security Journal 21.
    """
    space, time = _edges(space_bands, "space_bands"), _edges(time_bands, "time_bands")
    place, days = _rows(x, y, t)
    found = _tables(place, days, space, time, replicates, seed, metric, within)
    observed = found.observed.ravel()
    draws = found.draws.reshape(replicates, -1)
    expected = draws.mean(axis=0)
    ratio = np.where(expected > 0, observed / np.where(expected > 0, expected, 1), np.nan)
    p = (1 + (draws >= observed).sum(axis=0)) / (replicates + 1)
    spans = [
        *(np.repeat(side, len(time) - 1) for side in (space[:-1], space[1:])),
        *(np.tile(side, len(space) - 1) for side in (time[:-1], time[1:])),
    ]
    table = pd.DataFrame(dict(zip(COLUMNS, [*spans, observed, expected, ratio])))
    # as many or more in so many permutations leaves p at most the level over the bands
    rare = max(int(LEVEL / len(p) * (replicates + 1)), 1) - 1
    needed = np.sort(draws, axis=0)[max(replicates - 1 - rare, 0)] + 1
    return table.assign(p=p, q=benjamini_hochberg(p), needed=needed)


class _Tables(NamedTuple):
    """Pairs by band of space and time: as observed, and one table a permutation.

    `close` are the pairs by band of space, whatever the time between them.
    """

    observed: Ints
    draws: Ints
    close: Ints


def _tables(
    place: Array,
    days: Array,
    space: Array,
    time: Array,
    replicates: int,
    seed: int | None,
    metric: str,
    within: float = np.inf,
) -> _Tables:
    """Counts of pairs by bands; permutations are drawn anew for each chunk of pairs."""
    if metric not in METRICS:
        raise ValueError(f"The metric {metric!r} is not known: use {' or '.join(METRICS)}.")
    if replicates < 1:
        raise ValueError(f"{replicates} replicates cannot give a p: ask for 99 or more.")
    shape = len(space) - 1, len(time) - 1
    observed, draws = np.zeros(shape, np.int64), np.zeros((replicates, *shape), np.int64)
    close = np.zeros(shape[0], np.int64)
    # a permutation has a seed of its own, so that chunks see the same ones
    seeds = np.random.SeedSequence(seed).spawn(replicates)
    limits = _limits(time, days)
    strata = _strata(days, within)
    for pairs in _pairs(place, _limits(space, place), METRICS[metric]):
        observed += _counted(days, pairs, limits)
        close += np.diff(pairs.cuts)
        for row, own in zip(draws, seeds):
            shuffled = _permuted(np.random.default_rng(own), days, strata)
            row += _counted(shuffled, pairs, limits)
    return _Tables(observed, draws, close)


class _Strata(NamedTuple):
    """The number of each time's stretch, and the times' positions in order of it."""

    number: npt.NDArray[np.int16]
    order: Ints


def _strata(days: Array, within: float) -> _Strata | None:
    """The stretches of time within which times are permuted; None where all are one.

    The last stretch takes in what is left over, so that none is too short to permute.
    """
    if not within > 0:
        raise ValueError(f"Times cannot be permuted within {within}: use more than 0.")
    if not len(days) or not np.isfinite(within):
        return None
    parts = max(int(np.ptp(days) // within), 1)
    number = np.minimum((days - days.min()) // within, parts - 1)
    if parts == 1:
        return None
    # small whole numbers: a stable sort of them is a radix sort
    small = np.unique(number, return_inverse=True)[1].astype(np.int16)
    return _Strata(small, np.argsort(small, kind="stable"))


def _permuted(rng: np.random.Generator, days: Array, strata: _Strata | None) -> Array:
    """Times permuted over incidents, each within its stretch."""
    if strata is None:
        return np.asarray(rng.permutation(days))
    order = rng.permutation(len(days))
    out = np.empty_like(days)
    out[strata.order] = days[order[np.argsort(strata.number[order], kind="stable")]]
    return out


class _Pairs(NamedTuple):
    """Both ends of pairs in the order of their bands, and where each band begins and ends."""

    first: Ints
    second: Ints
    cuts: Ints


def _pairs(place: Array, limits: Array, norm: int) -> Iterator[_Pairs]:
    """The pairs within the farthest band, each once, some points' neighbors at a time."""
    if len(place) < 2:
        return
    tree = cKDTree(place)
    reach = limits[-1]
    held = np.cumsum(tree.query_ball_point(place, reach, p=norm, return_length=True))
    blocks = np.flatnonzero(np.diff(held // AT_ONCE, prepend=0, append=-1))
    start = 0
    for stop in np.unique(np.append(blocks, len(place))):
        if stop == start:
            continue
        near = cKDTree(place[start:stop]).sparse_distance_matrix(
            tree, reach, p=norm, output_type="ndarray"
        )
        near = near[(near["i"] + start < near["j"]) & (near["v"] > limits[0])]
        band = np.searchsorted(limits[1:], near["v"])
        order = np.argsort(band, kind="stable")
        first, second = near["i"][order] + start, near["j"][order]
        yield _Pairs(first, second, np.searchsorted(band[order], np.arange(len(limits))))
        start = stop


def _counted(days: Array, pairs: _Pairs, limits: Array) -> Ints:
    """Count the pairs in each band of space (rows) and of time (columns)."""
    gap = days[pairs.first]
    gap -= days[pairs.second]
    np.abs(gap, out=gap)
    spans = list(zip(pairs.cuts[:-1], pairs.cuts[1:]))
    until = [
        [np.count_nonzero(within[a:b]) for a, b in spans]
        for within in (gap <= limit for limit in limits)
    ]
    counts = np.array(until, np.int64)
    return (counts[1:] - counts[:-1]).T


def _rows(x: npt.ArrayLike, y: npt.ArrayLike, t: npt.ArrayLike) -> tuple[Array, Array]:
    """Places (n, 2) and times of the rows that have both."""
    columns = [np.asarray(column, float) for column in (x, y, t)]
    if columns[0].ndim != 1 or len({column.shape for column in columns}) > 1:
        raise ValueError("x, y and t must be lists of the same length: one entry an incident.")
    table = np.column_stack(columns)
    table = table[np.isfinite(table).all(axis=1)]
    return table[:, :2], table[:, 2]


def _edges(edges: npt.ArrayLike, name: str) -> Array:
    """The edges of bands, checked."""
    out = np.asarray(edges, float)
    if out.ndim != 1 or len(out) < 2 or not np.isfinite(out).all() or out[0] < 0:
        raise ValueError(f"{name} must be finite and not negative; bands take two edges or more.")
    twice = np.diff(out) <= 0
    if (np.diff(out) < 0).any() or twice[1:].any() or (twice[0] and out[0] > 0):
        raise ValueError(f"The edges of {name} must rise; only 0, 0 at the start may repeat.")
    return out


def _limits(edges: Array, values: Array) -> Array:
    """The largest difference that lies within each edge.

    Differences of coordinates are off by their last digits: a pair exactly at an edge still
    counts as within. The first limit lies just below its edge, which its band holds.
    """
    largest = max(float(np.abs(values).max(initial=0)), float(edges[-1]))
    slack = 8 * np.spacing(largest)
    out = np.asarray(edges + slack)
    out[0] = np.nextafter(edges[0] - slack, -np.inf)
    return out
