"""The floor: as many elements of each kind as a screen of ours has, and nothing computed.

The file named on the command line says how many of each kind, and of how many bytes on average.
"""

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import folium
import streamlit as st
from branca.element import MacroElement
from jinja2 import Template
from streamlit_folium import st_folium

folium.Map.default_js = folium.Map.default_css = []
LINK = {"bind": "query-params"}
OPTIONS = ("one", "two", "three")


class Constant(MacroElement):
    """A patch of so many bytes."""

    _template = Template(
        "{% macro script(this, kwargs) %}patch({{this.told|tojson}});{% endmacro %}"
    )

    def __init__(self, size: int) -> None:
        super().__init__()
        self._name, self.told = "Constant", "x" * size


def constant_map(key: str, size: int) -> None:
    """A map through streamlit-folium, as ours is drawn."""
    group = folium.FeatureGroup().add_child(Constant(size))
    st_folium(
        folium.Map([41, -87], tiles=None),
        key=key,
        height=460,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=[group],
    )


# kinds of elements, as the protocol names them -> one of them, by its key and size
MAKE: dict[str, Callable[[str, int], object]] = {
    "flex_container": lambda key, size: st.container(key=key),
    "popover": lambda key, size: st.popover("More", key=key),
    "expandable": lambda key, size: st.expander("More"),
    "button": lambda key, size: st.button("Do", key=key, help="It does", type="tertiary"),
    "download_button": lambda key, size: st.download_button(
        "Take", lambda: b"x", file_name="x.csv", key=key, on_click="ignore"
    ),
    "html": lambda key, size: st.html("<p>" + "x" * size + "</p>"),
    "page_link": lambda key, size: st.page_link(st.session_state["page"], label="Page"),
    "text": lambda key, size: st.text("x" * size),
    "markdown": lambda key, size: st.caption("x" * size),
    "heading": lambda key, size: st.title("Title", anchor=False),
    "selectbox": lambda key, size: st.selectbox("One", OPTIONS, key=key, **LINK),
    "multiselect": lambda key, size: st.multiselect("Several", OPTIONS, key=key, **LINK),
    "date_input": lambda key, size: st.date_input(
        "Day", None, key=key, max_value=date(2100, 1, 1), **LINK
    ),
    "button_group": lambda key, size: st.segmented_control("One", OPTIONS, key=key, **LINK),
    "radio": lambda key, size: st.radio("One", OPTIONS, key=key, **LINK),
    "checkbox": lambda key, size: st.toggle("On", key=key, **LINK),
    "text_input": lambda key, size: st.text_input("Text", key=key, **LINK),
    "bidi_component": lambda key, size: COMPONENT(key=key, data={"x": "x" * size}),
    "component_instance": constant_map,
}
COMPONENT = st.components.v2.component("floor", html="<div></div>")


def emit() -> None:
    """Emit the elements, each with constant contents."""
    for kind, (many, size) in json.loads(Path(sys.argv[1]).read_text()).items():
        for i in range(many):
            MAKE[kind](f"{kind}_{i}", size)


st.session_state["page"] = st.Page(emit, title="Floor", default=True)
st.navigation([st.session_state["page"]], position="hidden").run()
