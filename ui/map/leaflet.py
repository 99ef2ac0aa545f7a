"""The one way a map is drawn: a base that never changes and a patch for each View.

Measured: changing a folium map mounts it anew (blank frames, lost position); a patch in
`feature_group_to_add` does not. Nothing from outside enters folium: a patch carries codes,
numbers and area names of the store's checked list, and the page sets them as text.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import folium
import streamlit as st
import streamlit_folium
from branca.element import MacroElement
from jinja2 import Template
from streamlit import runtime
from streamlit_folium import st_folium

from geo import longitude
from ui import joined
from ui.map import template_guard
from ui.map.patch import Corners, Events, MapStart, Patch

template_guard.install()

DEFAULT_HEIGHT = 460
_FARTHEST = 19  # zoom: nearer there is nothing more to see
FAR = 0.5  # degrees from the place: there is nothing to see

# one file: Leaflet comes with our own code, and its style with both
folium.Map.default_js = [("map", joined.script().address)]
folium.Map.default_css = []


def register_component() -> None:
    """Make the map's frame known to the running server: it is, of itself, only where a page's own
    run imports it first."""
    server = runtime.get_instance()
    server.component_registry.register_component(streamlit_folium._component_func)


def frame_files() -> list[str]:
    """The addresses of the scripts that every map's frame loads, st_folium's first."""
    folder = Path(streamlit_folium.__file__).parent / "frontend/build/static/js"
    its_own = [
        f"/component/streamlit_folium.st_folium/static/js/{file.name}"
        for file in folder.glob("main.*.js")
    ]
    return [*its_own, joined.script().address]


class Base(MacroElement):
    """Our part of a map that is drawn once: legend, labels, the place for heat."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "porchlight.base({{this._parent.get_name()}}, {{this.told|tojson}});"
        "{% endmacro %}"
    )

    def __init__(self, told: MapStart) -> None:
        super().__init__()
        self._name = "Base"
        self.told = told


class PatchElement(MacroElement):
    """The element that carries a View's patch to the map."""

    _template = Template(
        "{% macro script(this, kwargs) %}porchlight.patch({{this.told|tojson}});{% endmacro %}"
    )

    def __init__(self, told: Patch) -> None:
        super().__init__()
        self._name = "Patch"
        self.told = told


def position(at: str, bounds: Corners) -> tuple[float, float, float] | None:
    """Latitude, longitude and zoom of "lat,lon,zoom"; None where it is not near the bounds."""
    (south, west), (north, east) = bounds
    try:
        lat, lon, zoom = (float(v) for v in at.split(","))
    except ValueError:
        return None
    lon = float(longitude.near(lon, (west + east) / 2))
    near = south - FAR < lat < north + FAR and west - FAR < lon < east + FAR
    return (lat, lon, zoom) if near and 1 <= zoom <= _FARTHEST else None


def base(key: str, title: str, bounds: Corners, at: str) -> folium.Map:
    """An empty map over [[south, west], [north, east]], or where `at` says.

    `at` is what a link says; where it is no `position` it is ignored. Where the reader left
    the map of this key before, the browser knows.
    """
    (south, west), (north, east) = bounds
    asked = position(at, bounds)
    lat, lon, zoom = asked or ((south + north) / 2, (west + east) / 2, 11.0)
    made = folium.Map(
        [lat, lon],
        tiles=None,
        zoom_snap=0.01,  # a fit leaves nothing of the frame unused
        zoom_delta=0.7,
        minZoom=2,
        maxZoom=_FARTHEST,
        maxBoundsViscosity=1,  # the edge of where a reader may go does not spring back
    )
    made.options["zoom"] = zoom  # a fraction: folium's own argument takes whole numbers only
    made.add_child(
        Base({"key": key, "title": title, "bounds": bounds, "placed": asked is not None})
    )
    return made


def events(key: str) -> Events:
    """The map's own words on itself: one entry for each part of static/map/, or nothing."""
    told: Events | None = st.session_state.get(f"{key}_map")
    return told or {}


def draw(
    key: str, title: str, bounds: Corners, told: Patch, heard: Callable[[], None] | None = None
) -> None:
    """Draw a map and put a patch on it.

    It is to be called within a fragment: then only that reruns where a part of the map
    has something to say (`state.say` in static/porchlight.js), and nothing otherwise. `heard`
    is called then, before anything runs.
    """
    started = f"{key}_at"
    if started not in st.session_state:  # read once: another start is another map
        st.session_state[started] = st.query_params.get("at", "")
    # patches are told apart so that tests can wait for the one they caused
    text = json.dumps(told, sort_keys=True)
    told = {**told, "id": hashlib.sha256(text.encode()).hexdigest()[:10]}
    group = folium.FeatureGroup().add_child(PatchElement(told))
    with st.container(key=key):
        st_folium(
            base(key, title, bounds, st.session_state[started]),
            key=f"{key}_map",
            height=DEFAULT_HEIGHT,
            use_container_width=True,
            returned_objects=[],
            on_change=heard,
            feature_group_to_add=[group],
        )
