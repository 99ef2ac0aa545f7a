"""The map with what stands beside it: reruns alone when the map has something to say."""

import streamlit as st

from data.palette import Theme
from data.views.answers import Answer
from data.views.view import View
from ui.cached import views
from ui.frame import frame
from ui.map import basemap, choices, drawing, events, in_sight, layers, leaflet, player
from ui.map.choices import MapChoices
from ui.map.patch import Patch
from ui.parts import tables


@st.fragment
def show_panel(view: View, answer: Answer, layer: str, theme: Theme, asked: MapChoices) -> None:
    """The map, the View's sentence, and the table or the incidents in sight."""
    events.follow()
    said = leaflet.events("map")  # newer than `asked` where only this part reruns
    asked = asked._replace(seen=choices.seen(said), held=choices.cells_on_map(said))
    picture, beside = st.columns([1.55, 1])
    with picture:
        above = st.container()
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            frame.view_sentence(view)
            base = basemap.choose_basemap()
        told: Patch = {
            **layers.patch(view, answer, layer, theme, asked),
            **basemap.basemap_patch(base, theme),
            **drawing.drawing_patch(view),
        }
        with above:
            leaflet.draw(
                "map",
                frame.map_title(view),
                views.bounds(view),
                told,
                lambda: events.take(view, asked),
            )
    with beside:
        if layer == "incidents":
            in_sight.show_in_sight(view, asked, told, said)
        elif player.playing(asked, layer):
            player.frame_table(view, answer, asked)
        else:
            tables.draw_ranked_table(answer, view, 430)
