"""Maps of areas without a map library: areas as SVG paths, borders, and names that do not collide.

All in units of a picture WIDTH wide, y downward; no projection library is needed for a
city: longitudes are shortened by the cosine of its latitude.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from data.pictures.letters import WIDER, letters

WIDTH, MOST_HEIGHT = 600.0, 820.0
_MARGIN = 4.0
_TOLERANCE = 1.2  # units: less than a pixel where a map is 500 px wide
WIDE, SMALL = "wide", "small"
SIZES = {WIDE: 16.0, SMALL: 21.0}  # letters' height in units: 11 px on a screen, on a phone
LINE = 1.08
INSIDE = 0.93  # how much of a name must lie on its own area
_PLACES = ((0, 0), (0, -0.5), (0, 0.5), (-0.35, 0), (0.35, 0), (0, -1), (0, 1))  # in radii


class Name(NamedTuple):
    """A label: which area, the middle of its lines, and the lines."""

    code: int
    x: float
    y: float
    lines: tuple[str, ...]


class Shape(NamedTuple):
    """An area: code, name, its path, the point where it has most room."""

    code: int
    name: str
    path: str
    at: tuple[float, float]
    polygon: Any


class Map(NamedTuple):
    """Areas by name as SVG shapes and labels, with the picture's width and height."""

    width: int
    height: int
    shapes: list[Shape]
    names: dict[str, list[Name]]


def draw_areas(
    areas: gpd.GeoDataFrame, bounds: Any = None, sizes: Mapping[str, float] = SIZES
) -> Map:
    """The map of areas by name: columns area (a number each), name, geometry (WGS 84).

    `bounds` (of another level's map) make both maps lie on each other. `sizes` are those of names
    to place, by their own names.
    """
    order = sorted(range(len(areas)), key=lambda i: name_order(str(areas["name"].iloc[i])))
    areas = areas.iloc[order].reset_index(drop=True)
    place, height = _place(areas.total_bounds if bounds is None else bounds)
    moved = shapely.transform(areas.geometry.to_numpy(), place)
    simple = shapely.coverage_simplify(moved, _TOLERANCE)
    shapes = [
        Shape(int(code), str(name), svg_path(shape), _room(shape)[:2], shape)
        for code, name, shape in zip(areas["area"], areas["name"], simple)
    ]
    names = {which: labels(shapes, size) for which, size in sizes.items()}
    return Map(int(WIDTH), math.ceil(height), shapes, names)


def name_order(name: str) -> list[tuple[int, str]]:
    """What names are sorted by: letters whatever their case, numbers by their value."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts if part]


def _place(bounds: Any) -> tuple[Callable[[Any], Any], float]:
    west, south, east, north = bounds
    narrow = math.cos(math.radians((south + north) / 2))
    inner = WIDTH - 2 * _MARGIN
    scale = min(inner / ((east - west) * narrow), (MOST_HEIGHT - 2 * _MARGIN) / (north - south))
    left = (WIDTH - (east - west) * narrow * scale) / 2

    def place(points: Any) -> Any:
        x = left + (points[:, 0] - west) * narrow * scale
        y = _MARGIN + (north - points[:, 1]) * scale
        return np.column_stack([x, y])

    return place, (north - south) * scale + 2 * _MARGIN


def svg_path(shape: shapely.Geometry) -> str:
    """A polygon as the short words of an SVG path."""
    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    return "".join(steps(shapely.get_coordinates(r)[:-1]) + "z" for r in rings)


def lines_path(lines: shapely.Geometry) -> str:
    """Lines as an SVG path."""
    return "".join(steps(shapely.get_coordinates(line)) for line in shapely.get_parts(lines))


def steps(points: Any) -> str:
    """Points as the short relative words of an SVG path, to half a unit: less than half a pixel."""
    tenths = 5 * np.rint(points * 2).astype(int)
    moves = np.diff(tenths, axis=0)
    moves = moves[np.any(moves != 0, axis=1)]
    first = f"M{_short(tenths[0][0])} {_short(tenths[0][1])}"
    # a path ends, for who reads it, at an order without numbers
    return first + ("l" + "".join(_pair(x, y) for x, y in moves).lstrip() if len(moves) else "")


def _pair(x: int, y: int) -> str:
    one, two = _short(x), _short(y)
    return (
        (" " if not one.startswith("-") else "") + one + (two if two.startswith("-") else f" {two}")
    )


def _short(tenths: int) -> str:
    whole = f"{tenths / 10:.1f}".removesuffix(".0")
    return whole.replace("0.", ".", 1) if whole.startswith(("0.", "-0.")) else whole


def _room(shape: shapely.Geometry) -> tuple[float, float, float]:
    """Middle and radius of the largest circle that fits."""
    parts = shapely.get_parts(shape)
    largest = parts[np.argmax(shapely.area(parts))]
    line = shapely.get_coordinates(shapely.maximum_inscribed_circle(largest, tolerance=0.5))
    return round(float(line[0][0]), 1), round(float(line[0][1]), 1), math.dist(line[0], line[-1])


def labels(shapes: Iterable[Shape], size: float) -> list[Name]:
    """Names at a size: only where they lie on their area and touch no other name."""
    taken: list[Any] = []
    found: list[Name] = []
    for shape in sorted(shapes, key=lambda s: (-s.polygon.area, s.code)):
        x, y, radius = _room(shape.polygon)
        best = _first_fit(shape, (x, y, radius), size, taken)
        if best is not None:
            name, box = best
            taken.append(box)
            found.append(name)
    return sorted(found)


def _first_fit(
    shape: Shape, room: tuple[float, float, float], size: float, taken: list[Any]
) -> tuple[Name, Any] | None:
    x, y, radius = room
    for lines in _foldings(shape.name):
        wide = WIDER * max(letters(size, 500).getlength(line) for line in lines)
        high = len(lines) * size * LINE
        for right, down in _PLACES:
            at = x + right * radius, y + down * radius
            box = shapely.box(
                at[0] - wide / 2, at[1] - high / 2, at[0] + wide / 2, at[1] + high / 2
            )
            if shapely.area(shapely.intersection(box, shape.polygon)) < INSIDE * box.area:
                continue
            if any(shapely.intersects(box.buffer(2), other) for other in taken):
                continue
            return Name(shape.code, round(at[0], 1), round(at[1], 1), lines), box
    return None


def _foldings(name: str) -> list[tuple[str, ...]]:
    """The name in one line, and broken into two or three at its spaces."""
    words = name.replace(" + ", " +\u00a0").replace(" - ", "\u00a0-\u00a0").split(" ")
    found: list[tuple[str, ...]] = [(" ".join(words),)]
    cuts = range(1, len(words))
    two: list[tuple[str, ...]] = [(" ".join(words[:i]), " ".join(words[i:])) for i in cuts]
    found += sorted(two, key=lambda p: max(map(len, p)))[:1]
    three: list[tuple[str, ...]] = [
        (" ".join(words[:i]), " ".join(words[i:j]), " ".join(words[j:]))
        for i in cuts
        for j in range(i + 1, len(words))
    ]
    return found + sorted(three, key=lambda p: max(map(len, p)))[:1]
