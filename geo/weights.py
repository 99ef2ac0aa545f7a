"""Neighbors of areas: from borders, from the nearest, from a distance.

Every function gives a sparse matrix of (areas, areas) with 1 where the column's area is a
neighbor of the row's, and nothing on the diagonal.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy import sparse

from geo.arrays import Ints

Weights = sparse.csr_array[np.float64]

STRETCH = 4.0  # tolerances: two corners that meet share up to about 3, a street's width more


def contiguity(geometries: Any, rule: str = "queen", tolerance: float = 1.0) -> Weights:
    """Areas that border on each other, from polygons in metres.

    Borders at most `tolerance` metres apart are one, so that areas drawn by different hands
    still touch. "queen" asks for a corner in common, "rook" for a stretch of border, longer
    than four tolerances on both sides. An empty geometry has no neighbors.
    """
    if rule not in ("queen", "rook"):
        raise ValueError(f"The rule is {rule!r}: use 'queen' or 'rook'.")
    if not tolerance >= 0:
        raise ValueError(f"The tolerance is {tolerance}: use 0 or more meters.")
    crs = getattr(geometries, "crs", None)
    if crs is not None and not crs.is_projected:
        raise ValueError(
            f"The areas are in degrees ({crs.to_string()}): project them to meters with to_crs."
        )
    shapes = np.asarray(getattr(geometries, "geometry", geometries), dtype=object)
    pairs = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=tolerance)
    pairs = pairs[:, pairs[0] != pairs[1]]
    if rule == "rook":
        pairs = pairs[:, _shares(shapes, pairs, tolerance)]
    return from_pairs(pairs.T, len(shapes))


def _shares(
    shapes: npt.NDArray[Any], pairs: npt.NDArray[Any], tolerance: float
) -> npt.NDArray[np.bool_]:
    """Mask of the pairs that share a stretch of border, asked from both sides.

    `pairs` holds each pair in both orders, so that the two sides add up to one answer.
    """
    n = len(shapes)
    around = shapely.buffer(shapes, tolerance) if tolerance else shapes
    border = shapely.boundary(shapes)
    one, other = pairs
    length = shapely.length(shapely.intersection(border[one], around[other]))
    sides = sparse.csr_array((length, (one, other)), shape=(n, n))
    both = (sides + sides.T)[one, other]
    return np.asarray(both > 2 * STRETCH * tolerance)


def k_nearest(x: npt.ArrayLike, y: npt.ArrayLike, k: int) -> Weights:
    """The k nearest of each point; of several just as near, any.

    Not symmetric: a remote point's nearest have nearer ones. Points without a known
    place neither have neighbors nor are any.
    """
    points, known = _points(x, y)
    if not 1 <= k < len(points):
        raise ValueError(
            f"{k} nearest of {len(points)} points: use a number from 1 to {len(points) - 1}."
        )
    near = np.asarray(_tree(points).query(points, k + 1)[1])
    # a point is mostly its own nearest, but not always among many at one place
    own = near == np.arange(len(points))[:, None]
    own[:, -1] |= ~own.any(axis=1)
    others = near[~own].reshape(len(points), k)
    pairs = np.column_stack([np.repeat(known, k), known[others.ravel()]])
    return from_pairs(pairs, np.size(x))


def distance_band(x: npt.ArrayLike, y: npt.ArrayLike, distance: float) -> Weights:
    """Points at most so many metres apart; one without a known place has no neighbors."""
    if not distance > 0:
        raise ValueError(f"The distance is {distance}: use more than 0 meters.")
    points, known = _points(x, y)
    pairs = known[_tree(points).query_pairs(distance, output_type="ndarray")]
    return from_pairs(np.vstack([pairs, pairs[:, ::-1]]), np.size(x))


def _points(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[npt.NDArray[np.float64], Ints]:
    """The points that are known, and their numbers."""
    points = np.column_stack([np.asarray(x, float), np.asarray(y, float)])
    known = np.flatnonzero(np.isfinite(points).all(axis=1))
    return points[known], known


def _tree(points: npt.NDArray[np.float64]) -> Any:
    from scipy.spatial import cKDTree  # here: it takes longer to load than all the rest

    return cKDTree(points)


def from_pairs(pairs: npt.ArrayLike, n: int) -> Weights:
    """Pairs (area, its neighbor), counted from 0, as weights of n areas.

    As given, not both ways; a pair given twice counts once, an area is not its own neighbor.
    """
    found = np.asarray(pairs, np.int64).reshape(-1, 2)
    if len(found) and (found.min() < 0 or found.max() >= n):
        raise ValueError(f"A pair names an area beyond the {n} there are: count them from 0.")
    row, column = found[found[:, 0] != found[:, 1]].T
    weights = sparse.csr_array((np.ones(len(row)), (row, column)), shape=(n, n))
    weights.sum_duplicates()
    weights.data[:] = 1
    return weights


def star(weights: Weights) -> Weights:
    """The same neighbors, and each area its own neighbor too."""
    found = binary(weights)
    return sparse.csr_array(found + sparse.eye_array(found.shape[0], format="csr"))


def binary(weights: Any) -> Weights:
    """Weights of any kind as these functions give them: 1 for a neighbor, never oneself."""
    given = sparse.coo_array(weights)
    if given.ndim != 2 or given.shape[0] != given.shape[1]:
        raise ValueError(f"Weights have the shape {given.shape}: use one row and column an area.")
    row, column = given.coords
    held = given.data != 0
    return from_pairs(np.column_stack([row[held], column[held]]), given.shape[0])
