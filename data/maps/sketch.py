"""The place and its areas as small SVG paths: a picture that stands before any script has come.

Drawn as the map draws it (Web Mercator), in whole units of a thousandth of its longer side.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from data.maps import outlines
from data.storage.store import Current
from geo.longitude import framed, shapes_near

SIDE = 1000  # units of the longer side
_TOLERANCE = 1.5  # units: about a pixel
_MOST = 600  # areas that are drawn one by one


class Sketch(NamedTuple):
    """A picture `width` by `height` units: the path of each area, and of the place's outline.

    There are no paths of areas, only the outline, where the areas are very many.
    """

    width: int
    height: int
    areas: list[str]
    outline: str


def sketch(
    current: Current,
    area_set: str,
    settled_by: datetime | None = None,
    sources: Sequence[str] | None = None,
) -> Sketch | None:
    """The sketch of an area set; None where the place has no extent."""
    held = outlines.units(current, area_set, settled_by)
    whole = outlines.outline(current, settled_by, sources)
    if whole.is_empty:
        return None
    edge = shapes_near(gpd.GeoSeries([whole], crs=4326), current.meridian)
    west, south, east, north = shapely.bounds(shapely.transform(edge[0], _mercator))
    scale = SIDE / max(east - west, north - south)

    def flat(at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x, y = _mercator(at).T
        return np.column_stack([(x - west) * scale, (north - y) * scale])

    drawn: npt.NDArray[np.object_] = np.array([], dtype=object)
    if len(held) <= _MOST:
        near = shapes_near(held.geometry, current.meridian)
        drawn = shapely.coverage_simplify(shapely.transform(near, flat), _TOLERANCE)
    border = shapely.simplify(shapely.transform(edge[0], flat).buffer(1).buffer(-1), _TOLERANCE)
    size = (max(1, round((east - west) * scale)), max(1, round((north - south) * scale)))
    return Sketch(*size, [_path(shape) for shape in drawn], _path(border))


def sketch_shapes(shapes: gpd.GeoSeries) -> Sketch:
    """The sketch of one polygon in WGS 84 or more, each by itself, without an outline."""
    flat = shapely.transform(framed(shapes), _mercator)
    west, south, east, north = shapely.total_bounds(flat)
    scale = SIDE / max(east - west, north - south)
    drawn = shapely.transform(flat, lambda at: (at - (west, north)) * (scale, -scale))
    size = (max(1, round((east - west) * scale)), max(1, round((north - south) * scale)))
    return Sketch(*size, [_path(shape) for shape in shapely.simplify(drawn, _TOLERANCE)], "")


def _mercator(at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Web Mercator of longitudes and latitudes, in radians; the poles are far, not endless."""
    lon, lat = np.radians(at[:, 0]), np.radians(np.clip(at[:, 1], -85.05, 85.05))
    return np.column_stack([lon, np.log(np.tan(np.pi / 4 + lat / 2))])


def _path(shape: shapely.Geometry) -> str:
    """The `d` of a shape's rings, each point from the one before; "" for no shape."""
    written = []
    for part in shapely.get_parts(shape):
        if shapely.get_type_id(part) != shapely.GeometryType.POLYGON:
            continue
        for ring in (part.exterior, *part.interiors):
            at = np.rint(shapely.get_coordinates(ring)[:-1]).astype(int)
            moves = np.diff(at, axis=0)
            moves = moves[moves.any(axis=1)]
            if len(moves) > 1:
                steps = " ".join(f"{x} {y}" for x, y in moves)
                written.append(f"M{at[0, 0]} {at[0, 1]}l{steps}z")
    return "".join(written)
