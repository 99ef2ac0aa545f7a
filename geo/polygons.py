"""Polygons put right, and where they overlap or leave gaps."""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

Shapes = npt.NDArray[Any]

POLYGONS = (3, 6)  # shapely's type ids of Polygon and MultiPolygon


def polygonal(shapes: Shapes) -> tuple[Shapes, npt.NDArray[np.bool_]]:
    """Valid polygons in two dimensions, and which had to be repaired for it.

    Rings that cross or overlap are joined, lines and points dropped. None where nothing
    with an area is left.
    """
    flat = shapely.force_2d(shapes)
    sound = shapely.is_valid(flat) & np.isin(shapely.get_type_id(flat), POLYGONS)
    whole = np.array(flat, dtype=object)
    for i in np.flatnonzero(~sound):
        whole[i] = _repaired(flat[i])
    gone = shapely.is_missing(whole) | shapely.is_empty(whole)
    whole[gone] = None
    return whole, ~sound & ~gone


def _repaired(shape: Any) -> Any:
    if shape is None:
        return None
    parts = shapely.get_parts(shape)
    if shapely.get_type_id(shape) == 7:  # collections can hold collections
        parts = np.array([_repaired(part) for part in parts], dtype=object)
    parts = parts[np.isin(shapely.get_type_id(parts), POLYGONS)]
    # each part on its own, then joined: parts that overlap are one area, not a hole
    mended = shapely.make_valid(parts, method="structure", keep_collapsed=False)
    joined = shapely.union_all(mended)
    return joined if shapely.get_type_id(joined) in POLYGONS else None


def overlaps(shapes: Shapes) -> list[tuple[int, int, float]]:
    """Pairs of rows that share ground, and how much of it: largest first."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    order = np.argsort(-shared, kind="stable")
    return [(int(one[k]), int(other[k]), float(shared[k])) for k in order if shared[k] > 0]


def gaps(shapes: Shapes) -> list[float]:
    """The size of each hole in the union of the polygons, largest first."""
    union = shapely.union_all(shapes)
    outer = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(union)))
    holes = shapely.get_parts(shapely.difference(shapely.union_all(outer), union))
    return sorted(shapely.area(holes).tolist(), reverse=True)
