"""Hexagons on the map, as fine as the zoom asks for: density on one scale, or counts."""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from data import palette, words
from data.maps import heat_surface, hexagons
from data.numbers import measures
from data.palette import Theme
from data.views import recording
from data.views.answers import Answer
from data.views.filters import period
from data.views.view import View
from geo import classes, mercator
from geo.hexagons import RESOLUTIONS
from geo.mercator import Grid
from ui.cached import map_layers, views
from ui.map import heat_layer
from ui.map.choices import MapChoices
from ui.map.patch import Legend, Picture, class_rows

MEASURES = ("density", "count")
WHOLE = (7, 8)  # resolutions that are sent for the whole place at once
SCALED = 8  # the resolution that gives the scale of densities at all zooms
_FEW = 5  # incidents: a hexagon with fewer is hatched, for chance alone makes its density
_ZOOM = 11.0  # before the map has said what it shows
DEGREE = 100_000  # parts of a degree that corners are sent in: about a metre


def hexagon_patch(
    view: View, answer: Answer, theme: Theme, asked: MapChoices, lower: list[float] | None = None
) -> Picture:
    """The patch of the hexagons: outlines, fills, tips, and when to ask again.

    `lower` are class limits that are fixed already.
    """
    over = views.outline(view)
    if over is None or answer.headline["n"] <= answer.headline["no_point"]:
        why = "None of the chosen records has a place known to the block or better."
        return {"legend": {"title": "Nothing to draw as hexagons", "note": why}}
    resolution, grid = _fineness(over, asked)
    found = map_layers.hexes(view, resolution, grid)
    weeks = heat_surface.covered_weeks(view, views.current(view.stamp))
    density = found.n / found.km2 / weeks
    count = recording.is_count(view, views.meta(view.stamp))
    by_density = asked.hexagons == "density" and count
    values = density if by_density else found.n.astype(float)
    if lower is None:
        lower = density_limits((view,)) if by_density else _count_limits(view, resolution)
    lower = lower or [0.0]  # no hexagon is dense enough to make a scale: one class for all
    colors = palette.classes(theme, len(lower))
    chosen = classes.assign(values, lower)
    few = by_density & (found.n < _FEW)
    fills = [("~" if f else "") + colors[c] for c, f in zip(chosen, few)]
    lines = [
        [words.counted(int(n), "incident"), *([f"{measures.number(d)} per km² per week"] * count)]
        for n, d in zip(found.n, density)
    ]
    low, _ = heat_surface.bounds(over)
    return {
        "hexes": {
            "origin": low,
            "rings": _rings(found.shapes.geometry.to_numpy(), low),
            "fills": fills,
            "tips": lines,
        },
        "legend": _legend(view, resolution, lower, colors, by_density, bool(few.any()), theme),
        "asks": {
            "bounds": grid.bounds if grid else heat_surface.bounds(over),
            "zooms": hexagons.zooms(resolution),
        },
    }


def hexagon_shapes(view: View, asked: MapChoices) -> list[Any]:
    """The outlines (WGS 84) of the hexagons of a patch, in the order of its fills."""
    over = views.outline(view)
    if over is None:
        return []
    return list(map_layers.hexes(view, *_fineness(over, asked)).shapes.geometry)


def _fineness(over: heat_surface.Extent, asked: MapChoices) -> tuple[int, Grid | None]:
    """The resolution for what is seen, and the window that is asked for; None for the whole place."""
    resolution = hexagons.resolution(asked.seen.zoom if asked.seen else _ZOOM)
    return resolution, None if resolution in WHOLE else _window(over, asked)


def _window(over: heat_surface.Extent, asked: MapChoices) -> Grid | None:
    """The pixels of about what is seen, so coarse that near windows are the same."""
    whole = heat_surface.bounds(over)
    near = heat_surface.about(asked.seen, whole) if asked.seen else None
    return mercator.grid_over(near or whole, 16)


def density_limits(several: tuple[View, ...]) -> list[float]:
    """Class limits of densities: those of one resolution, whatever the zoom shows."""
    held = []
    for view in several:
        every = map_layers.hexes(view, SCALED, None)
        weeks = heat_surface.covered_weeks(view, views.current(view.stamp))
        held.append((every.n / every.km2 / weeks)[every.n >= _FEW])
    return classes.limits(np.concatenate(held))


def _count_limits(view: View, resolution: int) -> list[float]:
    return classes.limits(map_layers.hexes(view, resolution, None).n)


def _rings(shapes: npt.NDArray[Any], low: list[float]) -> list[list[int]]:
    """Corners of each hexagon, east and north of the place's corner, in parts of a degree."""
    xy, which = shapely.get_coordinates(shapes, return_index=True)
    parts = np.rint((xy - np.array([low[1], low[0]])) * DEGREE).astype(int)
    ends = np.flatnonzero(np.diff(which)) + 1
    return [ring[:-1].ravel().tolist() for ring in np.split(parts, ends) if len(ring)]


def _legend(
    view: View,
    resolution: int,
    lower: list[float],
    colors: tuple[str, ...],
    by_density: bool,
    few: bool,
    theme: Theme,
) -> Legend:
    """The legend: classes, the size of a hexagon, the period."""
    rows = class_rows(colors, measures.class_texts(lower, not by_density))
    if few:
        rows.append({"color": theme.ramp[2], "text": f"fewer than {_FEW} incidents", "weak": True})
    size = heat_layer.short(RESOLUTIONS[resolution])
    return {
        "title": "Incidents per km² per week" if by_density else "Incidents",
        "tip": measures.LIMITS,
        "rows": rows,
        "note": f"{period(view.start, view.end)}. Hexagons of {size} km²",
    }
