"""Areas merged until enough people live in each: chosen from residents only, never counts."""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.arrays import Floats, Ints

LEAST = 2000  # residents
NEAR = 1.0  # metres: borders this near are one, as in geo.weights


def merge(
    geometries: Any, population: npt.ArrayLike, codes: npt.ArrayLike, least: int = LEAST
) -> Ints:
    """The group (0, 1 ...) of each area: merged until `least` people live in every group.

    The smallest goes first, into the neighbor with the longest shared border; ties go by
    code, and a group's code is the first of its areas'. An area that touches nothing goes
    to the nearest. Residents that are not known (NaN) count as 0. Geometries are in
    metres. The order of groups is that of their codes.
    """
    shapes = np.asarray(getattr(geometries, "geometry", geometries), dtype=object)
    people = np.nan_to_num(np.asarray(population, float))
    rank = _ranks(codes)
    border = _borders(shapes)
    apart = shapely.distance(shapes[:, None], shapes[None, :])
    own = np.arange(len(shapes))
    while len(left := np.unique(own)) > 1:
        small = [g for g in left if people[own == g].sum() < least]
        if not small:
            break
        one = min(small, key=lambda g: (people[own == g].sum(), rank[own == g].min()))
        own[own == one] = _neighbor(one, [g for g in left if g != one], own, border, apart, rank)
    first = {g: rank[own == g].min() for g in np.unique(own)}
    order = {g: i for i, g in enumerate(sorted(first, key=lambda g: first[g]))}
    return np.array([order[g] for g in own], np.int64)


def _neighbor(
    one: int, others: list[int], own: Ints, border: Floats, apart: Floats, rank: Ints
) -> int:
    """The group that a group is merged into: the longest border, else the nearest."""
    mine = own == one

    def asked(group: int) -> tuple[float, float, int]:
        theirs = own == group
        both = np.ix_(mine, theirs)
        # millimetres: sums of the same borders in another order must stay ties
        length = round(float(border[both].sum()), 3)
        return -length, round(float(apart[both].min()), 3), int(rank[theirs].min())

    return min(others, key=asked)


def _ranks(codes: npt.ArrayLike) -> Ints:
    """The place of each code in their order."""
    return np.unique(np.asarray(codes), return_inverse=True)[1].astype(np.int64)


def _borders(shapes: npt.NDArray[Any]) -> Floats:
    """Metres of border that each two areas share, at most NEAR metres apart.

    Measured from both sides, so that areas drawn by different hands still touch.
    """
    length = np.zeros((len(shapes), len(shapes)))
    pairs = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=NEAR)
    one, other = pairs[:, pairs[0] != pairs[1]]
    edge, around = shapely.boundary(shapes), shapely.buffer(shapes, NEAR)
    length[one, other] = shapely.length(shapely.intersection(edge[one], around[other]))
    return (length + length.T) / 2
