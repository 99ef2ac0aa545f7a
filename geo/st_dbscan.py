"""Episodes by density in space and time: ST-DBSCAN (Birant and Kut 2007), exact.

A record with enough others near it in space and time is a core point. Core points near
each other are of one cluster; a record that is not one but near one is its border.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from geo.borders import Floats, Ints, repeated
from geo.neighbors import Bools, Neighbors, Stretch, pairs, parts

FIRST_LOOK = 4  # records of a stretch to try at first, four times as many each time after


class Clusters(NamedTuple):
    """The cluster of each record, -1 for noise, and whether it is a core point."""

    labels: Ints
    core: Bools


def st_dbscan(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    t: npt.ArrayLike,
    eps_space: float,
    eps_time: float,
    min_points: int,
) -> Ints:
    """The cluster of each record, as by `st_dbscan_core`; -1 for noise."""
    return st_dbscan_core(x, y, t, eps_space, eps_time, min_points).labels


@np.errstate(over="ignore", under="ignore")
def st_dbscan_core(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    t: npt.ArrayLike,
    eps_space: float,
    eps_time: float,
    min_points: int,
) -> Clusters:
    """The cluster of each record, and whether it is a core point.

    Neighbors are at most `eps_space` metres apart and at most `eps_time` apart in time,
    in the unit of `t`; a record is its own neighbor. A core point has `min_points`
    neighbors or more. Clusters are numbered from 0 by the first row that is one of their
    core points. A border record goes to the cluster of the core point nearest in space;
    of those, nearest in time; of those, of the lowest number. A record whose place or
    time is not finite is noise and nobody's neighbor.
    """
    x, y, t = (np.asarray(v, dtype=np.float64) for v in (x, y, t))
    check(x, y, t, eps_space, eps_time)
    if min_points < 1:
        raise ValueError(f"min_points is {min_points}. Use 1 or more: a record counts itself.")
    rows = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & np.isfinite(t))
    labels, core = np.full(len(x), -1), np.zeros(len(x), dtype=bool)
    if not len(rows):
        return Clusters(labels, core)
    near = Neighbors(x[rows], y[rows], t[rows], eps_space, eps_time)
    counts = _counted(near, min_points)
    is_core = counts >= min_points
    rows = rows[near.order]
    core[rows] = is_core
    cores = np.flatnonzero(is_core)
    labels[rows[cores]] = _numbered(_joined(near, cores), rows[cores])
    # one with no neighbor but itself is not asked again
    border = np.flatnonzero(~is_core & (counts > 1))
    labels[rows[border]] = _bordering(near, border, cores, labels[rows[cores]])
    return Clusters(labels, core)


def check(x: Floats, y: Floats, t: Floats, eps_space: float, eps_time: float) -> None:
    """Say what is wrong with places, times or distances, if anything is."""
    if x.ndim != 1 or not x.shape == y.shape == t.shape:
        raise ValueError(
            "x, y and t are three lists of one length; "
            f"these have the shapes {x.shape}, {y.shape} and {t.shape}."
        )
    for name, eps in (("eps_space", eps_space), ("eps_time", eps_time)):
        if not eps >= 0:
            raise ValueError(f"{name} is {eps}. Use a distance of 0 or more.")


def _counted(near: Neighbors, enough: int) -> Ints:
    """How many neighbors each record has, itself included; counted until there are enough."""
    count = np.zeros(len(near.x), dtype=np.int64)
    asked = np.arange(len(count))
    for step in near.steps:
        for found in near.stretches(asked, step):
            length = found.stop - found.start
            count[found.record[found.whole]] += length[found.whole]
            unsure = found.only(~found.whole)
            for which, other in pairs(unsure):
                record = unsure.record[which]
                hits = np.bincount(which[near.near(record, other)], minlength=which[-1] + 1)
                at = np.flatnonzero(hits)
                count[unsure.record[at]] += hits[at]
        asked = asked[count[asked] < enough]
    return count


def _among(near: Neighbors, cores: Ints, found: Iterator[Stretch]) -> Iterator[Stretch]:
    """Stretches of all records as stretches of the list of core points."""
    before = np.zeros(len(near.x) + 1, dtype=np.int64)
    before[cores + 1] = 1
    np.cumsum(before, out=before)
    for one in found:
        among = one._replace(start=before[one.start], stop=before[one.stop])
        yield among.only(among.start < among.stop)


def _joined(near: Neighbors, cores: Ints) -> Ints:
    """The cluster of each core point, in any numbering.

    Core points of one cell that follow each other in time within eps are a run: joined
    already. A stretch of another cell is looked at only while it holds runs of another
    cluster, a few records at a time: two dense places are joined by the first pair found.
    """
    cell, t = near.cell[cores], near.t[cores]
    apart = (np.diff(cell) != 0) | (np.diff(t) > near.eps_time) | ~near.compact[cell[1:]]
    run = np.append(0, np.cumsum(apart)) if len(cores) else np.zeros(0, dtype=np.int64)
    cluster = np.arange(run[-1] + 1) if len(run) else run
    number = np.full(len(near.x), -1)
    number[cores] = np.arange(len(cores))
    for step in [(0, 0), *near.half]:
        asked = cores[~near.compact[cell]] if step == (0, 0) else cores
        found = list(_among(near, cores, near.stretches(asked, step)))
        if not found:
            continue
        a, start, stop = (np.concatenate([s[k] for s in found]) for k in range(3))
        cluster = _looked_through(near, cores, run, cluster, number[a], start, stop)
    joined: Ints = cluster[run]
    return joined


def _looked_through(
    near: Neighbors, cores: Ints, run: Ints, cluster: Ints, a: Ints, start: Ints, stop: Ints
) -> Ints:
    """Clusters of runs, joined by pairs of core point `a` and one from start to stop."""
    look = FIRST_LOOK
    while len(a):
        for part in parts(np.minimum(stop - start, look)):
            own = cluster[run[a[part]]]
            first, last = start[part], stop[part]
            other = cluster[run[first]], cluster[run[last - 1]]
            known = (own == other[0]) & (own == other[1]) & (run[last - 1] - run[first] < 2)
            open_ = np.flatnonzero(~known) + part.start
            which, step = repeated(np.minimum(stop[open_] - start[open_], look))
            one, two = a[open_[which]], start[open_[which]] + step
            hit = near.near(cores[one], cores[two])
            cluster = _merged(cluster, run[one[hit]], run[two[hit]])
            stop[part][known] = 0
        start += look
        kept = start < stop
        a, start, stop = a[kept], start[kept], stop[kept]
        look *= 4
    return cluster


def _merged(cluster: Ints, one: Ints, two: Ints) -> Ints:
    """Clusters of runs after the runs `one` and `two` are joined, pair by pair."""
    one, two = cluster[one], cluster[two]
    new = one != two
    if not new.any():
        return cluster
    count = int(cluster.max()) + 1
    graph = sparse.coo_array(
        (np.ones(int(new.sum()), np.int8), (one[new], two[new])), (count, count)
    )
    merged: Ints = csgraph.connected_components(graph, directed=False)[1].astype(np.int64)
    return merged[cluster]


def _numbered(cluster: Ints, row: Ints) -> Ints:
    """Clusters numbered by the first of their rows."""
    if not len(cluster):
        return cluster
    first = np.full(int(cluster.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, cluster, row)
    return np.argsort(np.argsort(first))[cluster]


def _bordering(near: Neighbors, border: Ints, cores: Ints, labels: Ints) -> Ints:
    """The cluster of the nearest core point of each record; -1 where none is near."""
    best = np.full((3, len(near.x)), np.inf)  # metres squared, time apart, label
    for step in near.steps:
        for found in _among(near, cores, near.stretches(border, step)):
            for which, other in pairs(found):
                a, b = found.record[which], cores[other]
                dx, dy = near.x[a] - near.x[b], near.y[a] - near.y[b]
                hit = near.near_by(dx, dy)
                a, b = a[hit], b[hit]
                far = (dx * dx + dy * dy)[hit]
                rank = np.stack([far, np.abs(near.t[a] - near.t[b]), labels[other[hit]]])
                _keep_least(best, a, rank)
    label = best[2, border]
    return np.where(np.isfinite(label), label, -1).astype(np.int64)


def _keep_least(best: Floats, at: Ints, rank: Floats) -> None:
    """Put each column of `rank` in its place in `best` where it comes before what is there."""
    order = np.lexsort((*rank[::-1], at))
    first = order[np.diff(at[order], prepend=-1) != 0]
    at, rank = at[first], rank[:, first]
    held = best[:, at]
    less = rank[2] < held[2]
    for k in (1, 0):
        less = (rank[k] < held[k]) | ((rank[k] == held[k]) & less)
    best[:, at[less]] = rank[:, less]
