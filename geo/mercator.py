"""Web Mercator pixels: where a coordinate lies on the square map that browsers draw."""

from typing import Any

import numpy as np
import numpy.typing as npt

WORLD = 1 << 30  # the world is this many pixels wide: 0.04 m at the equator, fits int32
MAX_LATITUDE = 85.0511287798066


def to_pixels(
    lon: npt.ArrayLike, lat: npt.ArrayLike
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Column and row of each WGS 84 coordinate in a world 2**30 pixels wide.

    Rows count from the north. NaN gives 0, 0; latitudes beyond 85.05 are cut there.
    EPSG:3857 on the sphere (Snyder 1987, p. 41).
    """
    x, y = fractions(lon, lat)
    edge = WORLD - 1
    pixels = (np.floor(np.nan_to_num(v) * WORLD).clip(0, edge) for v in (x, y))
    column, row = (p.astype(np.int32) for p in pixels)
    return column, row


def fractions(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """The same as fractions of the world: 0..1 from the west, 0..1 from the north."""
    phi = np.radians(np.clip(np.asarray(lat, float), -MAX_LATITUDE, MAX_LATITUDE))
    x = (np.asarray(lon, float) + 180.0) / 360.0
    y = 0.5 - np.arcsinh(np.tan(phi)) / (2 * np.pi)
    return x, y


def to_degrees(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Longitude and latitude of fractions of the world; the inverse of `fractions`."""
    lon = np.asarray(x, float) * 360.0 - 180.0
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * np.asarray(y, float)))))
    return lon, lat


def ground_metres(lat: float) -> float:
    """Metres on the ground that one fraction of the world spans at a latitude."""
    return float(2 * np.pi * 6_378_137.0 * np.cos(np.radians(lat)))
