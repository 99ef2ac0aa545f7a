"""Events of the map that the page must follow: each becomes the value of a widget."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from data.views.view import View
from ui.map import choices, drawing, heat_layer, leaflet
from ui.map.choices import MapChoices
from ui.map.patch import Events

HEARD = "heard"  # in the session: what was last acted on, and what was wrong with it


def _refit(view: View, asked: MapChoices, said: Events) -> tuple[str, float]:  # noqa: ARG001
    return "scale", heat_layer.color_ends(view, asked)


def _drawn(view: View, asked: MapChoices, said: Events) -> tuple[str, str]:  # noqa: ARG001
    return "shape", drawing.text(view, said["drawn"])


# event of the map -> the widget that it sets, and the value
ACTS: dict[Literal["drawn", "refit"], Callable[[View, MapChoices, Events], tuple[str, object]]] = {
    "drawn": _drawn,
    "refit": _refit,
}


def take(view: View, asked: MapChoices) -> None:
    """Act on what the map has said anew; before the page runs, as all widgets do."""
    said, state = leaflet.events("map"), st.session_state.get(HEARD, {})
    for word, act in ACTS.items():
        given = said.get(word)
        if not isinstance(given, dict) or given.get("turn") == state.get(word):
            continue
        state = {**state, word: given.get("turn"), "wrong": ""}
        try:
            key, value = act(view, asked._replace(seen=choices.seen(said)), said)
            st.session_state[key] = value
            state["new"] = True
        except ValueError as problem:
            state["wrong"] = str(problem)
        except (KeyError, TypeError, IndexError):
            pass  # no browser of ours says so
    st.session_state[HEARD] = state


def ask_again() -> None:
    """Note that a part of the Map page has set a filter: the whole page must follow."""
    st.session_state[HEARD] = {**st.session_state.get(HEARD, {}), "new": True}


def follow() -> None:
    """Run the whole page anew where the map has set a widget; say what was wrong."""
    state = st.session_state.get(HEARD, {})
    if state.pop("new", False):
        st.rerun()
    if state.get("wrong"):
        st.text(state["wrong"])
