"""Shapes drawn on a map: from the browser's corners to the filter in the link, and back."""

from typing import Any

import numpy as np
import streamlit as st
from pyproj import Transformer

from data import within
from data.view import View
from geo import drawn
from ui import cached, maps

HEARD = "drawn"  # in the session: which drawing was last acted on, and what was wrong with it


def told(view: View) -> dict[str, Any]:
    """What the map needs to draw: the shape in force, as corners in degrees."""
    meta = cached.meta(view.stamp)
    crs = meta["place"]["crs"]
    if not view.shape or crs is None:
        return {"shape": None, "draws": crs is not None}
    found = within.shape(view.shape, meta, view.area_set)
    ring = drawn.outline(found, crs).exterior.coords
    return {"shape": [[round(x, 5), round(y, 5)] for x, y in ring], "draws": True}


def hear(view: View) -> None:
    """Take what was drawn as the filter; before the page runs, as all filters are."""
    asked = maps.said("map").get("drawn") or {}
    if asked.get("turn") == st.session_state.get(HEARD, {}).get("turn"):
        return
    st.session_state[HEARD] = {"turn": asked.get("turn"), "wrong": "", "new": True}
    try:
        st.session_state["shape"] = _text(asked, cached.meta(view.stamp)["place"]["crs"])
    except ValueError as problem:
        st.session_state[HEARD] |= {"wrong": str(problem), "new": False}
    except (KeyError, TypeError):
        st.session_state[HEARD]["new"] = False


def _text(asked: dict[str, Any], crs: str) -> str:
    """A drawing as it stands in links. ValueError with a sentence where it cannot."""
    to_metres = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    if asked["type"] == "none":
        return ""
    if asked["type"] == "circle":
        x, y = to_metres.transform(float(asked["center"][0]), float(asked["center"][1]))
        return drawn.encode(drawn.circle(x, y, float(asked["radius"])))
    corners = np.array([[float(a), float(b)] for a, b in asked["corners"]])
    x, y = to_metres.transform(corners[:, 0], corners[:, 1])
    return drawn.encode(drawn.polygon(x, y))


def follow() -> None:
    """Run the whole page anew where a drawing has become a filter; say what was wrong."""
    heard = st.session_state.get(HEARD, {})
    if heard.get("new"):
        st.session_state[HEARD] = heard | {"new": False}
        st.rerun()
    if heard.get("wrong"):
        st.text(heard["wrong"])
