"""Which tiles of Web Mercator a place needs."""

import math
from typing import NamedTuple

from pmtiles.tile import zxy_to_tileid

MOST_TILES = 250_000  # of them alone a copy would be too large to be served
WIDE_ZOOM = 12  # up to here a screen shows more than the place, and its tiles weigh little
_AROUND = 2.0  # the side of the square of what a screen shows, in the place's longer side
_MARGIN = 0.15  # of the place on each side, at finer zooms
_FARTHEST = 85.0511  # degrees from the equator: the edge of the projection


class Box(NamedTuple):
    """Degrees. `west` to `east` may reach over 180 where a place does."""

    west: float
    south: float
    east: float
    north: float


def tile_numbers(bounds: Box, coarsest: int, finest: int) -> list[int]:
    """The numbers of the tiles of a place and of some ground around it, at these zooms.

    Finer zooms are left out once there would be more than `MOST_TILES`.
    """
    found: list[int] = []
    for zoom in range(coarsest, finest + 1):
        box = _grown(bounds, zoom)
        if len(found) + _count(box, zoom) > MOST_TILES:
            break
        found += numbers_at(box, zoom)
    return found


def numbers_at(bounds: Box, zoom: int) -> list[int]:
    """The numbers of the tiles that touch a box at one zoom."""
    west, east, top, bottom = _corners(bounds, zoom)
    across = {x % (1 << zoom) for x in range(west, east + 1)}
    return [zxy_to_tileid(zoom, x, y) for x in sorted(across) for y in range(top, bottom + 1)]


def tile_point(zoom: int, x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a place in the grid of tiles."""
    across = x / (1 << zoom) * 360 - 180
    return across, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / (1 << zoom)))))


def _corners(bounds: Box, zoom: int) -> tuple[int, int, int, int]:
    """The outermost tiles of a box: west, east, north, south."""
    most = (1 << zoom) - 1
    west, east = math.floor(_x(bounds.west, zoom)), math.floor(_x(bounds.east, zoom))
    top, bottom = math.floor(_y(bounds.north, zoom)), math.floor(_y(bounds.south, zoom))
    return west, min(east, west + most), max(top, 0), min(bottom, most)


def _count(bounds: Box, zoom: int) -> int:
    west, east, top, bottom = _corners(bounds, zoom)
    return (east - west + 1) * (bottom - top + 1)


def _grown(bounds: Box, zoom: int) -> Box:
    """The box with what is seen around it at a zoom."""
    west, east = _x(bounds.west, 0), _x(bounds.east, 0)
    north, south = _y(bounds.north, 0), _y(bounds.south, 0)
    wide, high = east - west, south - north
    if zoom <= WIDE_ZOOM:
        side = _AROUND * max(wide, high)
        more, above = (side - wide) / 2, (side - high) / 2
    else:
        more, above = _MARGIN * wide, _MARGIN * high
    west_, north_ = tile_point(0, west - more, max(north - above, 0.0))
    east_, south_ = tile_point(0, east + more, min(south + above, 1.0))
    return Box(west_, south_, east_, north_)


def _x(lon: float, zoom: int) -> float:
    return (lon + 180) / 360 * (1 << zoom)


def _y(lat: float, zoom: int) -> float:
    held = math.radians(max(-_FARTHEST, min(_FARTHEST, lat)))
    return (1 - math.asinh(math.tan(held)) / math.pi) / 2 * (1 << zoom)
