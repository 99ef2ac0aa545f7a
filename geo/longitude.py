"""Longitudes counted around a place, so that it is one piece also across 180 degrees."""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import affinity

from geo.arrays import Floats

TURN = 360.0


def near(lon: npt.ArrayLike, meridian: npt.ArrayLike) -> Floats:
    """Return longitudes moved by whole turns to within 180 degrees of a meridian.

    One meridian for all, or one for each. What lies there already, NaN and infinity come
    back as they are, bit for bit.
    """
    x = np.asarray(lon, dtype=np.float64)
    off = x - np.asarray(meridian, dtype=np.float64)
    beyond = np.isfinite(x) & (np.abs(off) > TURN / 2)
    if not beyond.any():
        return x
    turns = np.floor(np.where(beyond, off, 0.0) / TURN + 0.5)
    return np.where(beyond, x - TURN * turns, x)


def mean(lon: npt.ArrayLike) -> float | None:
    """Return the mean direction of longitudes, -180 to 180; None where there are none.

    Mardia and Jupp (2000), Directional Statistics, section 2.2.
    """
    x = np.asarray(lon, dtype=np.float64)
    turned = np.radians(x[np.isfinite(x)])
    if not turned.size:
        return None
    return float(np.degrees(np.arctan2(np.sin(turned).mean(), np.cos(turned).mean())))


def shapes_near(shapes: Any, meridian: float) -> npt.NDArray[Any]:
    """Return shapes (WGS 84, None stays) with every corner within 180 degrees of a meridian.

    A ring that jumps from 180 to -180 becomes one that goes on, and the parts of a polygon
    that was cut along 180 degrees (RFC 7946, section 3.1.9) are joined.
    """
    every = np.array([None, *shapes], dtype=object)[1:]
    xy, of = shapely.get_coordinates(every, return_index=True)
    moved = near(xy[:, 0], meridian)
    changed = np.unique(of[moved != xy[:, 0]])
    for i in changed:
        shape = shapely.transform(
            every[i], lambda at: np.column_stack([near(at[:, 0], meridian), at[:, 1]])
        )
        many = shapely.get_type_id(shape) == 6 and shapely.is_valid(shapely.get_parts(shape)).all()
        every[i] = shapely.union_all(shapely.get_parts(shape)) if many else shape
    return every


def framed(shapes: Any) -> npt.NDArray[Any]:
    """Return shapes (WGS 84) with their longitudes within 180 degrees of their own mean."""
    every = np.array([None, *shapes], dtype=object)[1:]
    return shapes_near(every, mean(shapely.get_coordinates(every)[:, 0]) or 0.0)


def cut(shape: Any) -> Any:
    """Return a polygon within -180 to 180 degrees, cut in two where it crosses 180.

    So RFC 7946, section 3.1.9, wants it in GeoJSON.
    """
    west, south, east, north = shapely.bounds(shape)
    if west >= -180 and east <= 180:
        return shape
    parts = []
    for turn in np.arange(np.floor((west + 180) / TURN), np.ceil((east + 180) / TURN)):
        globe = shapely.box(turn * TURN - 180, south, turn * TURN + 180, north)
        inside = shapely.get_parts(shapely.intersection(shape, globe))
        inside = inside[shapely.get_type_id(inside) == 3]
        parts += [affinity.translate(part, -turn * TURN) for part in inside]
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
