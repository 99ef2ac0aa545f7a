"""Episodes by density in space and time: ST-DBSCAN (Birant and Kut 2007), exact.

A record with enough others near it in space and time is a core point. Core points near
each other are of one cluster; a record that is not one but near one is its border.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from geo.arrays import Floats, Ints
from geo.neighbors import Bools, Neighbors, pairs, prepared
from geo.st_dbscan_dense import bordering, counted, joined, keep_nearest, nearest, nobody

Places = npt.NDArray[np.int32]  # half the memory of Ints, and there may be many


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
    near, many = prepared(x[rows], y[rows], t[rows], eps_space, eps_time)
    found = (_clustered_crowd if many else _clustered)(near, rows[near.order], min_points)
    labels[rows[near.order]], core[rows[near.order]] = found
    return Clusters(labels, core)


def _clustered(near: Neighbors, rows: Ints, least: int) -> Clusters:
    """Labels and core points by sorted place, from a list of all pairs of neighbors."""
    a, b = _pairs(near)
    count = 1 + np.bincount(a, minlength=len(rows)) + np.bincount(b, minlength=len(rows))
    core = count >= least
    labels = np.full(len(rows), -1)
    both = core[a] & core[b]
    graph = sparse.coo_array(
        (np.ones(int(both.sum()), np.int8), (a[both], b[both])), (len(rows), len(rows))
    )
    cluster = csgraph.connected_components(graph, directed=False)[1].astype(np.int64)
    labels[core] = _numbered(cluster[core], rows[core])
    best = nobody(near)
    for one, two in ((a, b), (b, a)):
        reached = core[two] & ~core[one]
        border, by = one[reached].astype(np.int64), two[reached].astype(np.int64)
        keep_nearest(near, best, border, by, labels[by])
    return Clusters(np.where(core, labels, nearest(best)), core)


def _pairs(near: Neighbors) -> tuple[Places, Places]:
    """Sorted places of all pairs of neighbors, each once."""
    kept: list[tuple[Places, Places]] = [(np.zeros(0, np.int32), np.zeros(0, np.int32))]
    for found in near.ahead(np.arange(len(near.x))):
        for which, other in pairs(found):
            record = found.record[which]
            hit = near.near(record, other)
            kept.append((record[hit].astype(np.int32), other[hit].astype(np.int32)))
    first, second = zip(*kept)
    return np.concatenate(first), np.concatenate(second)


def _clustered_crowd(near: Neighbors, rows: Ints, least: int) -> Clusters:
    """Labels and core points by sorted place, where pairs may be too many to list."""
    count = counted(near, least)
    core = count >= least
    labels, cores = np.full(len(rows), -1), np.flatnonzero(core)
    labels[cores] = _numbered(joined(near, cores), rows[cores])
    # one with no neighbor but itself is not asked again
    border = np.flatnonzero(~core & (count > 1))
    labels[border] = bordering(near, border, cores, labels[cores])
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


def _numbered(cluster: Ints, row: Ints) -> Ints:
    """Clusters numbered by the first of their rows."""
    if not len(cluster):
        return cluster
    first = np.full(int(cluster.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, cluster, row)
    return np.argsort(np.argsort(first))[cluster]
