"""The heat of a View: one small picture in real units, and its legend."""

import numpy as np

from data.maps import heat_surface
from data.maps.heat_surface import Seen
from data.palette import Theme
from data.views import recording
from data.views.answers import Answer
from data.views.filters import period
from data.views.view import View
from geo import density
from ui import raster
from ui.cached import map_layers, views
from ui.map import area_layer
from ui.map.choices import MapChoices
from ui.map.patch import AskAgain, Legend, Picture


def heat_patch(view: View, answer: Answer, theme: Theme, asked: MapChoices) -> Picture:
    """The patch of the heat: a picture over its window, and when to ask again."""
    over = views.outline(view)
    if over is None:
        return {"legend": {"title": "No record has a point"}}
    if not recording.is_count(view, views.meta(view.stamp)):
        why = "These records do not count what happened, so there is no heat map of them. See Incidents."
        return {"legend": {"title": "Nothing to draw as heat", "note": why}}
    if answer.headline["n"] <= answer.headline["no_point"]:
        why = "None of the chosen records has a place known to the block or better."
        return {"legend": {"title": "Nothing to draw as heat", "note": why}}
    grid, whole = heat_surface.visible_window(over, asked.bandwidth, asked.seen)
    values = map_layers.heat(view, grid, asked.bandwidth)
    top = scale(view, asked)
    crisp = map_layers.window(view, grid, asked.bandwidth).crisp
    said = period(view.start, view.end) + area_layer.approximate(view)
    return {
        "heat": {"url": raster.heat_picture(values, top, theme, crisp), "bounds": grid.bounds},
        "legend": {**legend(top, theme, asked.bandwidth, said), "refits": True},
        "asks": None if whole else asks(grid.bounds, asked.seen),
    }


def color_ends(view: View, asked: MapChoices) -> float:
    """The top of a color scale that is fitted to what the map shows now."""
    over = views.outline(view)
    if over is None:
        return 1.0
    grid, _ = heat_surface.visible_window(over, asked.bandwidth, asked.seen)
    values = map_layers.heat(view, grid, asked.bandwidth)
    if asked.seen is None:
        return density.nice_top(values)
    lon, lat = grid.centres
    across = (lon >= asked.seen.west) & (lon <= asked.seen.east)
    down = (lat >= asked.seen.south) & (lat <= asked.seen.north)
    return density.nice_top(values[np.ix_(down, across)])


def asks(bounds: list[list[float]], seen: Seen | None) -> AskAgain:
    """The bounds and zooms beyond which the map must ask for another picture."""
    around = (seen.zoom - 1, seen.zoom + 1.2) if seen else (0, 0)
    return {"bounds": bounds, "zooms": around}


def scale(view: View, asked: MapChoices) -> float:
    """The top of the color scale: as the reader fixed it, else by the View over the whole place.

    Never by the window or the zoom: one color is one density wherever the reader looks. A
    period that the View is compared with counts too.
    """
    if asked.scale:
        return asked.scale
    over = views.outline(view)
    assert over is not None
    grid, _ = heat_surface.visible_window(over, asked.bandwidth)
    return map_layers.heat_top(view, grid, asked.bandwidth)


def legend(top: float, theme: Theme, bandwidth: int, span: str) -> Legend:
    """The legend of the surface: its unit, its ends, its period, its bandwidth."""
    return {
        "title": "Incidents per km² per week",
        "ramp": {
            "colors": list(theme.ramp),
            "ticks": ["0", short(top / 2), f"{short(top)} or more"],
        },
        "note": f"{span}. Kernel density: each incident is spread over about {bandwidth} m",
    }


def short(value: float) -> str:
    """A number of a legend, two figures."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
