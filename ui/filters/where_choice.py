"""The choice of the place: a circle around an area, or a shape drawn on the map."""

from collections.abc import Sequence

import streamlit as st

from data import words

RADII = (200, 300, 400, 500, 600, 800, 1000, 1500, 2000, 3000, 5000)
TOOLS = (("polygon", "Polygon"), ("rectangle", "Rectangle"), ("circle", "Circle"))


def ask_around(names: Sequence[str]) -> None:
    """A circle around an area: the way to draw without a mouse."""

    def draw() -> None:
        state = st.session_state
        state["shape"] = f"{state['around_metres']} m around {state['around_area']}"

    with st.expander("Around an area"):
        st.selectbox("Area in the middle", names, key="around_area", format_func=words.spell_area)
        st.selectbox("Meters around its center", RADII, RADII.index(800), key="around_metres")
        st.button("Show only this circle", on_click=draw, disabled=not names)


def show_tools() -> None:
    """Buttons that begin to draw on the map; what they do is the page's own script."""
    buttons = "".join(
        f'<button type="button" data-draw="{tool}">{name}</button>' for tool, name in TOOLS
    )
    st.html(f'<div class="porch-tools"><span>Draw on the map</span>{buttons}</div>')
