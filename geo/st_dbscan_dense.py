"""ST-DBSCAN where records are crowded: without looking at every pair of neighbors.

In a small cell the records that are near in time are near: they need not be looked at,
only counted. So a dense place costs what its records are, not their square.
"""

from collections.abc import Iterator

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from geo.arrays import Floats, Ints
from geo.boundary_segments import repeated
from geo.neighbors import Neighbors, Stretch, pairs, parts

FIRST_LOOK = 4  # records of a stretch to try at first, four times as many each time after


def counted(near: Neighbors, enough: int) -> Ints:
    """Count the neighbors of each record, itself included, until there are enough."""
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


def joined(near: Neighbors, cores: Ints) -> Ints:
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
    each: Ints = cluster[run]
    return each


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


def bordering(near: Neighbors, border: Ints, cores: Ints, labels: Ints) -> Ints:
    """The cluster of the nearest core point of each record; -1 where none is near."""
    best = nobody(near)
    for step in near.steps:
        for found in _among(near, cores, near.stretches(border, step)):
            for which, other in pairs(found):
                a, b = found.record[which], cores[other]
                hit = near.near(a, b)
                keep_nearest(near, best, a[hit], b[hit], labels[other[hit]])
    return nearest(best)[border]


def nobody(near: Neighbors) -> Floats:
    """Metres squared, time apart and cluster of the nearest core point known: none yet."""
    return np.full((3, len(near.x)), np.inf)


def nearest(best: Floats) -> Ints:
    """The cluster of the nearest core point; -1 for none."""
    return np.where(np.isfinite(best[2]), best[2], -1).astype(np.int64)


def keep_nearest(near: Neighbors, best: Floats, at: Ints, core: Ints, label: Ints) -> None:
    """Let core points take the place of those in `best` that are farther away."""
    dx, dy = near.x[at] - near.x[core], near.y[at] - near.y[core]
    rank = np.stack([dx * dx + dy * dy, np.abs(near.t[at] - near.t[core]), label])
    order = np.lexsort((*rank[::-1], at))
    first = order[np.diff(at[order], prepend=-1) != 0]
    at, rank = at[first], rank[:, first]
    held = best[:, at]
    less = rank[2] < held[2]
    for k in (1, 0):
        less = (rank[k] < held[k]) | ((rank[k] == held[k]) & less)
    best[:, at[less]] = rank[:, less]
