"""The marks of a map of areas: shapes by look, borders, names where there is room, and the legend."""

import base64
import math
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from data.pictures.area_shapes import LINE, Map, draw_areas, labels
from data.pictures.figure import Ground, HeatMap, LegendRow
from data.pictures.letters import BOLD, REGULAR, WIDER, fold_text
from data.pictures.looks import INK, PAPER, QUIET, fill_of, ink_on_look
from data.pictures.sheet import Mark

_NAME = 10.5  # units high: of an area's name
_MOST_NAMED = 300  # more areas have no names: hexagons
_LEGEND, _BOX = 12.5, (26.0, 15.0)


def map_shape(figure: Ground) -> float:
    """The height of a map, of which its width is 1."""
    if isinstance(figure, HeatMap):
        west, south, east, north = figure.outline.bounds
    elif len(figure.areas):
        west, south, east, north = figure.areas.total_bounds
    else:
        return 0.5
    narrow = math.cos(math.radians((south + north) / 2))
    return float((north - south) / max((east - west) * narrow, 1e-9))


def map_marks(figure: Ground, box: Any) -> list[Mark]:
    """The map within a box (x, y, wide, high), as large as it goes, in its middle."""
    if isinstance(figure, HeatMap):
        return _heat_marks(figure, box)
    if not len(figure.areas):
        x, y = box.x + box.wide / 2, box.y + box.high / 2
        return [Mark("text", (x, y), QUIET, text="No areas.", size=14, anchor="middle")]
    frame = _coded(figure.areas)
    drawn = draw_areas(frame, sizes={})
    west, north, east, south = shapely.total_bounds([shape.polygon for shape in drawn.shapes])
    scale = min(box.wide / (east - west), box.high / (south - north))
    left = box.x + (box.wide - (east - west) * scale) / 2
    top = box.y + (box.high - (south - north) * scale) / 2

    def move(points: Any) -> Any:
        return (points - [west, north]) * scale + [left, top]

    looks = dict(zip(frame["area"], figure.looks, strict=True))
    shapes = {s.code: shapely.transform(s.polygon, move) for s in drawn.shapes}
    marks = [Mark("area", shape, fill_of(looks[code])) for code, shape in shapes.items()]
    lines = shapely.line_merge(shapely.union_all([*map(shapely.boundary, shapes.values())]))
    named = len(frame) <= _MOST_NAMED
    for color, wide in ((PAPER, 1.8), (INK, 0.6)) if named else ((QUIET, 0.4),):
        marks.append(Mark("line", lines, color, wide))  # one of the two is seen on any color
    return [*marks, *(_names(drawn, looks, scale, move) if named else [])]


def _heat_marks(figure: HeatMap, box: Any) -> list[Mark]:
    """The surface on the place's outline."""
    west, south, east, north = figure.outline.bounds
    narrow = math.cos(math.radians((south + north) / 2))
    scale = min(box.wide / ((east - west) * narrow), box.high / (north - south))
    left = box.x + (box.wide - (east - west) * narrow * scale) / 2
    top = box.y + (box.high - (north - south) * scale) / 2

    def move(points: Any) -> Any:
        return (points * [1, -1] - [west, -north]) * [narrow * scale, scale] + [left, top]

    place = shapely.transform(figure.outline, move)
    low, high = (figure.bounds[i : i + 2][::-1] for i in (0, 2))
    (x, bottom), (right, y) = move(np.array([low, high]))
    image = (
        f'<image x="{x:.1f}" y="{y:.1f}" width="{right - x:.1f}" height="{bottom - y:.1f}" '
        'preserveAspectRatio="none" href="data:image/png;base64,'
        f'{base64.b64encode(figure.surface).decode()}"/>'
    )
    edge = Mark("line", shapely.boundary(place), QUIET, 0.8)
    return [Mark("area", place, PAPER), Mark("svg", None, text=image), edge]


def _ramp_marks(figure: HeatMap, x: float, y: float, wide: float, scale: float) -> list[Mark]:
    """The colors of a surface side by side, with numbers below them; 30 units high."""
    each, high = min(wide, 220 * scale) / len(figure.ramp), _BOX[1] * scale
    marks = [
        Mark("area", shapely.box(x + i * each, y, x + (i + 1) * each, y + high), color)
        for i, color in enumerate(figure.ramp)
    ]
    marks.append(
        Mark(
            "line",
            shapely.boundary(shapely.box(x, y, x + each * len(figure.ramp), y + high)),
            QUIET,
            0.7,
        )
    )
    last = max(len(figure.ticks) - 1, 1)
    ends = ("start", *("middle",) * (last - 1), "end")
    for i, (text, anchor) in enumerate(zip(figure.ticks, ends)):
        at = x + each * len(figure.ramp) * i / last, y + high + 13 * scale
        marks.append(Mark("text", at, INK, text=text, size=_LEGEND * 0.9 * scale, anchor=anchor))
    return marks


def _coded(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The areas with a number each, which the shapes are named by, and no empty one."""
    coded = areas.assign(area=np.arange(len(areas)), name=areas["name"].fillna("").astype(str))
    return coded.to_crs(4326) if coded.crs and coded.crs.to_epsg() != 4326 else coded


def _names(drawn: Map, looks: dict[int, str], scale: float, move: Any) -> list[Mark]:
    """The names that lie on their own area, at the size that they have on the sheet."""
    size = _NAME / scale
    marks = []
    for name in labels(drawn.shapes, size):
        x, y = move(np.array([[name.x, name.y]]))[0]
        ink, halo = ink_on_look(looks[name.code])
        for i, line in enumerate(name.lines):
            at = x, y + (i - (len(name.lines) - 1) / 2) * _NAME * LINE + _NAME * 0.34
            marks.append(Mark("text", at, ink, 2, line, _NAME, 500, "middle", halo))
    return marks


def legend_marks(
    figure: Ground, x: float, y: float, wide: float, scale: float, columns: int
) -> tuple[list[Mark], float]:
    """The legend from a point downward, in so many columns; and where it ends."""
    size, marks = _LEGEND * scale, []
    for line in (
        fold_text(figure.legend_title, size, BOLD, wide / WIDER) if figure.legend_title else ()
    ):
        y += size * 1.2
        marks.append(Mark("text", (x, y), INK, text=line, size=size, weight=BOLD))
    y += 5 * scale
    if isinstance(figure, HeatMap):
        return [*marks, *_ramp_marks(figure, x, y, wide, scale)], y + 30 * scale
    each = wide / columns
    long = -(-len(figure.legend) // columns)
    bottoms = [y]
    for i in range(0, len(figure.legend), long or 1):
        at = y
        for row in figure.legend[i : i + long]:
            more, at = _legend_row(row, x + (i // long) * each, at, each, scale)
            marks += more
        bottoms.append(at)
    return marks, max(bottoms)


def _legend_row(
    row: LegendRow, x: float, y: float, wide: float, scale: float
) -> tuple[list[Mark], float]:
    size, (box_wide, box_high) = _LEGEND * scale, (side * scale for side in _BOX)
    box = shapely.box(x, y + 1, x + box_wide, y + 1 + box_high)
    marks = [Mark("area", box, fill_of(row.look)), Mark("line", shapely.boundary(box), QUIET, 0.7)]
    lines = fold_text(row.says, size, REGULAR, (wide - box_wide - 14 * scale) / WIDER)
    for i, line in enumerate(lines):
        at = x + box_wide + 7 * scale, y + 1 + box_high / 2 + size * 0.34 + i * size * 1.15
        marks.append(Mark("text", at, INK, text=line, size=size))
    return marks, y + max(box_high, (len(lines) - 1) * size * 1.15 + box_high) + 5 * scale
