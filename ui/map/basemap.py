"""The base map below the areas: the reader's choice, and what it puts on the map."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from data.palette import Theme
from data.settings import Problem
from ui import joined
from ui.cached import map_layers
from ui.map.patch import BaseLayer, BasemapPatch

NONE, LOCAL, TILES = "none", "local", "tiles"
_SWITCH = "tiles_of_others"  # the key of a widget: never bound to the address
# how much of the map below an area's color hides: tiles of others may have any color, our own
# is light on light and dark on dark, so that colors laid over it like ink stay those of the legend
COVER = {NONE: None, LOCAL: 0.9, TILES: 0.62}
INK = {False: "multiply", True: "screen"}
WIDTH = 300  # px: also on a phone


def choose_basemap() -> str:
    """Ask for the base map: NONE, LOCAL or TILES; asked only where there is one.

    Our own map is there from the start, and a link may leave it out. Tiles of others are
    switched on by hand and for this visit: a link that did it would make its reader's browser
    call them.
    """
    own, others = _said(map_layers.local_map), _said(map_layers.tiles)
    _said(map_layers.water_url)
    if not own and not others:
        return NONE
    chosen = LOCAL if own else NONE
    with st.popover("Base map", width="content"), st.container(width=WIDTH):
        if own:
            chosen = st.segmented_control(
                "Below the areas",
                (NONE, LOCAL),
                default=LOCAL,
                key="base",
                bind="query-params",
                required=True,
                disabled=st.session_state.get(_SWITCH, False),
            )
            st.text("The local map comes with this page: no other host is asked.")
        if others:
            if st.toggle(f"Tiles of {_plain(others.name)}", key=_SWITCH):
                chosen = TILES
            st.text(others.learns)
    return chosen


def has_local() -> bool:
    """Return whether there is a local map that a reader can choose."""
    try:
        return map_layers.local_map() is not None
    except Problem:  # choose_basemap() says it
        return False


def street_index_url() -> str | None:
    """The address of the streets of the local map, for the search; None where there are none.

    JSON: a list of {"name", "bounds": [[south, west], [north, east]]}, by name.
    """
    try:
        return map_layers.streets_url()
    except Problem:  # choose_basemap() says it
        return None


def _said(look: Callable[[], Any]) -> Any:
    """The result of `look`; None, and a sentence on the page, where it cannot be drawn."""
    try:
        return look()
    except Problem as problem:
        st.text(str(problem))
        return None


def _plain(name: str) -> str:
    """A name that markdown shows as it is."""
    return name.replace("_", "\\_")


def basemap_patch(choice: str, theme: Theme) -> BasemapPatch:
    """The patch of a choice: `base`, `cover` and `blend` of areas, `water`."""
    try:
        water = map_layers.water_url()
        base = BASES[choice]()
    except Problem:  # choose_basemap() has said it
        water = base = None
    return {
        "base": base,
        "cover": COVER[choice] if base else None,
        "blend": INK[theme.dark] if base and choice == LOCAL else None,
        "water": {"url": water, "color": theme.water} if water else None,
    }


def _local() -> BaseLayer | None:
    found = map_layers.local_map()
    if found is None:
        return None
    own, url = found
    code = joined.versioned("vendor/protomaps-leaflet.js")
    return {"kind": LOCAL, "url": url, "zoom": own.zoom, "credit": own.credit, "code": code}


def _tiles() -> BaseLayer | None:
    found = map_layers.tiles()
    if found is None:
        return None
    return {
        "kind": TILES,
        "url": found.url,
        "zoom": found.zoom,
        "credit": found.credit,
        "subdomains": found.subdomains,
    }


BASES: dict[str, Callable[[], BaseLayer | None]] = {
    NONE: lambda: None,
    LOCAL: _local,
    TILES: _tiles,
}
