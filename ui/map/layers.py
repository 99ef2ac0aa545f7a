"""The layers of the map: what each puts on it, as one patch."""

from collections.abc import Callable
from typing import Unpack

from data import words
from data.numbers import measures
from data.palette import Theme
from data.views.answers import Answer
from data.views.view import View
from data.words import HEXAGONS
from ui.cached import views
from ui.map import (
    area_layer,
    basemap,
    cluster_layer,
    drawing,
    heat_layer,
    hexagon_layer,
    incident_layer,
    player,
    two_periods,
)
from ui.map.choices import MapChoices
from ui.map.patch import Patch, Picture, area_patch
from ui.parts import headline
from ui.parts.headline import Shown

# layers of the map: each row draws a View for ui.map.leaflet
LAYERS: dict[str, Callable[[View, Answer, Theme, MapChoices], Picture]] = {
    "areas": area_layer.fills,
    "heat": heat_layer.heat_patch,
    "hexagons": hexagon_layer.hexagon_patch,
    "incidents": incident_layer.incident_patch,
    "clusters": cluster_layer.cluster_patch,
}


def title(view: View, answer: Answer, layer: str, asked: MapChoices) -> str:
    """The headline of the map: the sentence that its picture says."""
    if layer == "clusters":
        return cluster_layer.cluster_title(view, asked)
    plays = player.UNITS[asked.play] if player.playing(asked, layer) else ""
    if plays and answer.headline["n"] and (why := player.why_nothing(player.played(view, asked))):
        return f"{words.sentence_case(headline.noun(view))}: {why[:1].lower()}{why[1:]}"
    compares = not plays and two_periods.comparing(view, layer, asked.beside)
    return headline.headline_title(view, answer, Shown(layer, compares, plays))


def patch(view: View, answer: Answer, layer: str, theme: Theme, asked: MapChoices) -> Patch:
    """Everything that the map shows for a View, but what lies below it and a drawn shape."""
    named = view.area_set not in HEXAGONS
    found = area_patch(
        theme,
        views.shapes_url(view),
        area_layer.area_tips(view, answer),
        order=measures.ranked(answer.table, view).index[:400].tolist(),
        edge=theme.edge if layer == "areas" else theme.quiet,
        named=named,
    )
    found = {**found, "opens": named, **LAYERS[layer](view, answer, theme, asked)}
    if player.playing(asked, layer):
        return {**found, **player.player_patch(view, answer, layer, theme, asked)}
    if asked.beside != two_periods.ONE:
        return {**found, **two_periods.two_period_patch(view, answer, layer, theme, asked)}
    return found


def still(view: View, answer: Answer, theme: Theme, **over: Unpack[Picture]) -> Patch:
    """A map of areas on which nothing is drawn, played or chosen; `over` says what differs."""
    return {
        **patch(view, answer, "areas", theme, MapChoices()),
        **basemap.basemap_patch(basemap.NONE, theme),
        **drawing.drawing_patch(view),
        "draws": False,
        **over,
    }
