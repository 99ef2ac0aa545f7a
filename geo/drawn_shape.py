"""Shapes that readers draw: a polygon or a true circle, in metres, no finer than 50 m.

Coarse on purpose: a small shape in a link would say which house somebody watches.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from geo.longitude import near

STEP = 50  # metres: corners, centres and radii are multiples of it
LEAST_KM2 = 0.05
MOST_KM = 50  # of a circle's radius
MOST_CORNERS = 40
FARTHEST = 1_000_000  # steps from where the coordinate system begins: beyond the globe
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
ROUND = 72  # corners that a circle is drawn with

Points = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Shape:
    """A polygon of `points`, or a circle of `radius` metres around the only one of them.

    Points are in steps of 50 m of the place's metric coordinate system.
    """

    points: Points
    radius: int = 0

    @property
    def area_km2(self) -> float:
        """The size of the shape in km2."""
        if self.radius:
            return float(np.pi * self.radius**2 / 1e6)
        return float(shapely.Polygon(self.metres).area / 1e6)

    @property
    def metres(self) -> npt.NDArray[np.float64]:
        """The points of the shape (n, 2) in meters."""
        return np.array(self.points, float) * STEP


def circle(x: float, y: float, radius: float) -> Shape:
    """A circle around a point, all in metres, rounded. ValueError where it cannot be."""
    return _checked(Shape((_step(x, y),), max(round(radius / STEP), 1) * STEP))


def polygon(x: npt.ArrayLike, y: npt.ArrayLike) -> Shape:
    """A polygon of corners in metres, rounded. ValueError where it cannot be."""
    corners = [_step(a, b) for a, b in zip(np.asarray(x, float), np.asarray(y, float))]
    kept = [c for c, before in zip(corners, corners[-1:] + corners[:-1]) if c != before]
    return _checked(Shape(tuple(kept)))


def encode(shape: Shape) -> str:
    """The shape in a few letters for a link: c and p tell circle and polygon.

    Whole numbers in base 36, a polygon's corners after the first as steps from the last.
    """
    xy = np.array(shape.points, np.int64)
    steps = np.vstack([xy[:1], np.diff(xy, axis=0)]).ravel().tolist()
    numbers = [*steps, shape.radius // STEP] if shape.radius else steps
    return ("c" if shape.radius else "p") + ".".join(_written(n) for n in numbers)


def decode(text: str) -> Shape:
    """The shape of a link. ValueError with a sentence where it is none, or too fine."""
    try:
        numbers = [int(part, 36) for part in text[1:].split(".")]
        if max(map(abs, numbers)) > FARTHEST:
            raise ValueError
        if text[:1] == "c":
            x, y, radius = numbers
            return _checked(Shape(((x, y),), max(radius, 1) * STEP))
        if text[:1] != "p" or len(numbers) % 2:
            raise ValueError
    except ValueError as wrong:
        raise ValueError(str(wrong) if "shape" in str(wrong) else UNREAD) from None
    xy = np.cumsum(np.array(numbers, np.int64).reshape(-1, 2), axis=0)
    return _checked(Shape(tuple((int(a), int(b)) for a, b in xy)))


UNREAD = (
    "This shape cannot be read. Draw it on the map, or write it like: 800 m around "
    "the name of an area."
)


def contains(shape: Shape, x: npt.ArrayLike, y: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Mask of the points in meters that lie in the shape; a point on a circle does.

    Polygons by the even-odd rule (Shimrat 1962).
    """
    px, py = np.asarray(x, float), np.asarray(y, float)
    if shape.radius:
        (cx, cy) = shape.metres[0]
        near: npt.NDArray[np.bool_] = (px - cx) ** 2 + (py - cy) ** 2 <= float(shape.radius) ** 2
        return near
    inside = np.zeros(px.shape, bool)
    for x0, y0, x1, y1 in edges(shape):
        crosses = (py < y0) != (py < y1)
        inside ^= crosses & (px < x0 + (py - y0) * ((x1 - x0) / (y1 - y0)))
    return inside


def edges(shape: Shape) -> list[tuple[float, float, float, float]]:
    """The edges of a polygon that are not level, in metres: x0, y0, x1, y1."""
    xy = shape.metres
    ends = np.hstack([xy, np.roll(xy, -1, axis=0)])
    return [(a, b, c, d) for a, b, c, d in ends.tolist() if b != d]


def outline(shape: Shape, crs: Any, meridian: float = 0.0) -> shapely.Polygon:
    """The shape in WGS 84, its longitudes within 180 degrees of a meridian.

    `crs` is the metric one that its metres are of.
    """
    if shape.radius:
        turn = np.linspace(0, 2 * np.pi, ROUND, endpoint=False)
        xy = shape.metres + shape.radius * np.column_stack([np.cos(turn), np.sin(turn)])
    else:
        xy = shape.metres
    to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(*xy.T)
    return shapely.Polygon(np.column_stack([near(lon, meridian), lat]))


def _checked(shape: Shape) -> Shape:
    if not shape.radius:
        if not 3 <= len(shape.points) <= MOST_CORNERS:
            raise ValueError(
                f"A drawn shape has 3 to {MOST_CORNERS} corners after rounding to {STEP} m; this "
                f"one has {len(shape.points)}. Draw a larger or a simpler one."
            )
        if not shapely.Polygon(shape.metres).is_valid:
            raise ValueError("The sides of this shape cross. Draw it so that they do not.")
    if shape.radius > MOST_KM * 1000:
        raise ValueError(f"A circle's radius is at most {MOST_KM} km: draw a smaller shape.")
    if shape.area_km2 < LEAST_KM2:
        raise ValueError(
            f"A shape covers at least {LEAST_KM2} km², so that it does not say which house is "
            "meant. Draw a larger one."
        )
    return shape


def _step(x: float, y: float) -> tuple[int, int]:
    return round(float(x) / STEP), round(float(y) / STEP)


def _written(number: int) -> str:
    """A whole number in base 36."""
    digits, rest = "", abs(number)
    while rest:
        rest, last = divmod(rest, 36)
        digits = DIGITS[last] + digits
    return ("-" if number < 0 else "") + (digits or "0")
