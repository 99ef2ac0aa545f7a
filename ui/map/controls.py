"""The Map page's controls of the picture, beside the View's filters."""

from collections.abc import Callable

import streamlit as st

from data.patterns import neighbors
from data.views import recording
from data.views.view import View
from geo import density
from ui.cached import map_layers, views
from ui.map import choices, hexagon_layer, layers, leaflet, player, two_periods
from ui.map.choices import MapChoices

BY_RULE = "automatic"
LEAST_SCALE = 0.001  # incidents per km2 per week
# a phone shows the layers when they are asked for: the page's own script does it
_OPEN_LAYERS = (
    '<button type="button" class="porch-layers" data-fold="layers" aria-expanded="false" '
    'aria-label="Layers of the map" title="Layers of the map"></button>'
)


def layer() -> str:
    """Ask for the layer that the map shows."""
    st.html(_OPEN_LAYERS)
    with st.container(horizontal=True, horizontal_alignment="left"):
        chosen: str = st.segmented_control(
            "Layer",
            list(layers.LAYERS),
            default="areas",
            key="layer",
            bind="query-params",
            label_visibility="collapsed",
            required=True,
        )
    return chosen


def ask_choices(view: View, layer: str, found: MapChoices) -> MapChoices:
    """Ask how the layer is drawn; widgets only for what it has. `found` says how it plays."""
    said = leaflet.events("map")
    found = found._replace(seen=choices.seen(said), held=choices.cells_on_map(said))
    with st.container(horizontal=True, horizontal_alignment="left", key="options"):
        if layer in _WIDGETS:
            found = _WIDGETS[layer](view, found)
        return (
            found if player.playing(found, layer) else found._replace(beside=_beside(view, layer))
        )


def _beside(view: View, layer: str) -> str:
    """Ask how two periods are shown, where the layer can show two."""
    modes = two_periods.modes(view, layer)
    asked = st.session_state.get("beside") or st.query_params.get("beside", two_periods.ONE)
    if len(modes) == 1 or (asked == two_periods.ONE and map_layers.pair(view) is None):
        return two_periods.ONE
    chosen = st.selectbox(
        "Compare",
        modes,
        key="beside",
        bind="query-params",
        label_visibility="collapsed",
        width=116,
        help="Two periods on one scale: this one and the one chosen under “Compared with” in When.",
    )
    return str(chosen)


def _heat(view: View, found: MapChoices) -> MapChoices:
    usual = map_layers.usual_bandwidth(view)
    with st.popover("Heat", help="Bandwidth and color scale"):
        chosen = st.select_slider(
            "Bandwidth (m)",
            (BY_RULE, *density.BANDWIDTHS),
            value=BY_RULE,
            key="bandwidth",
            bind="query-params",
            help=f"How far each incident's heat reaches on the ground: small "
            f"shows corners, large shows districts. Automatic is {usual} m here: Scott's rule, "
            "from the spread and number of all records of the source.",
        )
        found = found._replace(bandwidth=usual if chosen == BY_RULE else int(str(chosen)))
        scale = st.number_input(
            "Colors end at (incidents per km² per week)",
            min_value=LEAST_SCALE,
            value=None,
            key="scale",
            bind="query-params",
            placeholder="automatic",
            format="%g",
            help="The same color is the same density at every zoom and in every period. Empty: "
            "automatic, from all that the filters let through. “Rescale colors to this view” in the "
            "legend takes the scale of what the map shows.",
        )
        st.button("Back to the automatic scale", on_click=_unfit, disabled=scale is None)
    return found._replace(scale=scale)


def _unfit() -> None:
    st.session_state["scale"] = None


def _hexagons(view: View, found: MapChoices) -> MapChoices:
    if not recording.is_count(view, views.meta(view.stamp)):
        return found._replace(hexagons="count")
    chosen = st.segmented_control(
        "Hexagons show",
        hexagon_layer.MEASURES,
        default=hexagon_layer.MEASURES[0],
        key="hexagons",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
        help="Density has one scale at every zoom; counts depend on the hexagons' size.",
    )
    return found._replace(hexagons=chosen)


def _clusters(view: View, found: MapChoices) -> MapChoices:
    offered = neighbors.measures(view)
    if len(offered) == 1:
        return found._replace(of=offered[0])
    chosen = st.segmented_control(
        "Clusters by",
        offered,
        default=offered[0],
        key="of",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
        help="Never by raw counts: those show where people and streets are. Per km² needs no "
        "residents, but is high wherever more people are.",
    )
    return found._replace(of=chosen)


_WIDGETS: dict[str, Callable[[View, MapChoices], MapChoices]] = {
    "heat": _heat,
    "hexagons": _hexagons,
    "clusters": _clusters,
}
