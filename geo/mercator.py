"""Web Mercator pixels: where a coordinate lies on the square map that browsers draw."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

WORLD = 1 << 30  # the world is this many pixels wide: 0.04 m at the equator, fits int32
MAX_LATITUDE = 85.0511287798066
RADIUS = 6_378_137.0  # metres: of the sphere that Web Mercator draws
ECCENTRICITY2 = 0.00669437999014  # of the WGS 84 ellipsoid, squared


def to_pixels(
    lon: npt.ArrayLike, lat: npt.ArrayLike
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Column and row of each WGS 84 coordinate in a world 2**30 pixels wide.

    Rows count from the north. NaN gives 0, 0; latitudes beyond 85.05 are cut there.
    Longitudes beyond 180 degrees go on into the next world, up to one on each side.
    EPSG:3857 on the sphere (Snyder 1987, p. 41).
    """
    x, y = (np.floor(np.nan_to_num(v) * WORLD) for v in fractions(lon, lat))
    return x.clip(-WORLD, 2 * WORLD - 1).astype(np.int32), y.clip(0, WORLD - 1).astype(np.int32)


def fractions(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """The coordinates as fractions of the world: 0..1 from the west, 0..1 from the north."""
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
    return float(2 * np.pi * RADIUS * np.cos(np.radians(lat)))


@dataclass(frozen=True)
class Grid:
    """Pixels of a world 2**(30 - shift) wide: height x width of them from column and row on."""

    shift: int
    column: int
    row: int
    height: int
    width: int

    @property
    def size(self) -> int:
        """The width of the world in pixels."""
        return WORLD >> self.shift

    @property
    def bounds(self) -> list[list[float]]:
        """[[south, west], [north, east]] in degrees."""
        x = np.array([self.column, self.column + self.width]) / self.size
        y = np.array([self.row + self.height, self.row]) / self.size
        lon, lat = to_degrees(x, y)
        return [[float(lat[0]), float(lon[0])], [float(lat[1]), float(lon[1])]]

    @property
    def centres(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Longitude of each column's and latitude of each row's centres."""
        x = (self.column + np.arange(self.width) + 0.5) / self.size
        y = (self.row + np.arange(self.height) + 0.5) / self.size
        return to_degrees(x, 0.5)[0], to_degrees(0.5, y)[1]

    @property
    def metres(self) -> npt.NDArray[np.float64]:
        """Ground size of a pixel in metres, east and north, a row a row of pixels.

        It shrinks towards the poles. Distances are those on the WGS 84 ellipsoid (radii of
        curvature: Snyder 1987, p. 24), a third of a percent from the sphere's.
        """
        phi = np.radians(self.centres[1])
        bent = 1 - ECCENTRICITY2 * np.sin(phi) ** 2
        across = RADIUS / np.sqrt(bent)
        along = RADIUS * (1 - ECCENTRICITY2) / bent**1.5
        shrunk = 2 * np.pi * np.cos(phi) / self.size
        return np.column_stack([across * shrunk, along * shrunk])

    def padded(self, pixels: int) -> "Grid":
        """The grid with so many more pixels on every side, none beyond the poles."""
        top = max(self.row - pixels, 0)
        bottom = min(self.row + self.height + pixels, self.size)
        wide = self.width + 2 * pixels
        return Grid(self.shift, self.column - pixels, top, bottom - top, wide)

    def finer(self, times: int) -> "Grid":
        """The same ground in pixels halved so many times."""
        return Grid(
            self.shift - times,
            self.column << times,
            self.row << times,
            self.height << times,
            self.width << times,
        )

    def coarser(self) -> "Grid":
        """At least the same ground in pixels twice as large."""
        left, top = self.column >> 1, self.row >> 1
        right, bottom = (self.column + self.width + 1) >> 1, (self.row + self.height + 1) >> 1
        return Grid(self.shift + 1, left, top, bottom - top, right - left)

    def within(self, other: "Grid") -> tuple[slice, slice]:
        """The rows and columns of `other`, a grid of the same pixels, that are this one's."""
        top, left = self.row - other.row, self.column - other.column
        return slice(top, top + self.height), slice(left, left + self.width)


def grid_over(bounds: list[list[float]], shift: int) -> Grid:
    """The pixels of a world 2**(30 - shift) wide that cover [[south, west], [north, east]]."""
    (south, west), (north, east) = bounds
    xs, ys = fractions([west, east], [north, south])
    size = WORLD >> shift
    # beside the world lies another one: a place may cross 180 degrees
    ends = ((xs, -size, 2 * size), (ys, 0, size))
    left, top = (int(np.clip(np.floor(v[0] * size), low, high - 1)) for v, low, high in ends)
    right, bottom = (int(np.clip(np.ceil(v[1] * size), low + 1, high)) for v, low, high in ends)
    return Grid(shift, left, top, max(bottom - top, 1), max(right - left, 1))


def shift_for(metres: float, latitude: float) -> int:
    """The coarsest world whose pixels are at most so many metres on the ground there."""
    finest = ground_metres(latitude) / WORLD
    return int(np.clip(np.floor(np.log2(max(metres / finest, 1.0)) + 1e-12), 0, 29))
