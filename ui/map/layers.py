"""The layers of the map: what each puts on it, as one patch."""

from collections.abc import Callable
from typing import Any

from data.views.answers import Answer
from data.views.view import HEXAGONS, View
from ui.cached import views
from ui.map import (
    area_layer,
    basemap,
    drawing,
    heat_layer,
    hexagon_layer,
    incident_layer,
    player,
    two_periods,
)
from ui.map.choices import MapChoices
from ui.palette import Theme
from ui.parts import measures

# layers of the map: each row draws a View for ui.map.leaflet
LAYERS: dict[str, Callable[[View, Answer, Theme, MapChoices], dict[str, Any]]] = {
    "areas": area_layer.fills,
    "heat": heat_layer.heat_patch,
    "hexagons": hexagon_layer.hexagon_patch,
    "incidents": incident_layer.incident_patch,
}


def patch(
    view: View, answer: Answer, layer: str, theme: Theme, asked: MapChoices
) -> dict[str, Any]:
    """Everything that the map shows for a View."""
    named = view.area_set not in HEXAGONS
    told: dict[str, Any] = {
        "shapes": views.shapes_url(view),
        "dark": theme.dark,
        "ink": theme.ink,
        "paper": theme.paper,
        "accent": theme.accent,
        "edge": theme.edge if layer == "areas" else theme.quiet,
        "named": named,
        "opens": named,
        "tips": area_layer.area_tips(view, answer),
        "order": measures.ranked(answer.table, view).index[:400].tolist(),
        "fills": None,
        "heat": None,
        "hexes": None,
        "incidents": None,
        "versus": None,
        "frames": None,
        "asks": None,
    }
    told |= LAYERS[layer](view, answer, theme, asked)
    if player.playing(asked, layer):
        told |= player.player_patch(view, answer, layer, theme, asked)
    elif asked.beside != two_periods.ONE:
        told |= two_periods.two_period_patch(view, answer, layer, theme, asked)
    return told


def still(view: View, answer: Answer, theme: Theme, **over: Any) -> dict[str, Any]:
    """A map of areas on which nothing is drawn, played or chosen; `over` says what differs."""
    told = patch(view, answer, "areas", theme, MapChoices())
    told |= (
        basemap.basemap_patch(basemap.NONE, theme) | drawing.drawing_patch(view) | {"draws": False}
    )
    return told | over
