"""The map with what stands beside it: reruns alone when the map has something to say."""

import streamlit as st

from data.answers import Answer
from data.view import View
from ui import asked as asking
from ui import basemap, cached, drawing, frame, heard, maps, pictures, player, sights, tables
from ui.asked import Asked
from ui.palette import Theme


@st.fragment
def show(view: View, answer: Answer, layer: str, theme: Theme, asked: Asked) -> None:
    """The map, the View's sentence, and the table or the incidents in sight."""
    heard.follow()
    said = maps.said("map")  # newer than `asked` where only this part reruns
    asked = asked._replace(seen=asking.seen(said), held=asking.held(said))
    picture, beside = st.columns([1.55, 1])
    with picture:
        above = st.container()
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            frame.sentence(view)
            base = basemap.choose()
        told = pictures.patch(view, answer, layer, theme, asked)
        told |= basemap.told(base, theme) | drawing.told(view)
        with above:
            maps.show(
                "map",
                frame.map_title(view),
                cached.bounds(view),
                told,
                lambda: heard.take(view, asked),
            )
        if player.playing(asked, layer):
            player.bar(view, answer, asked)
    with beside:
        if layer == "incidents":
            sights.show(view, asked, told, said)
        elif player.playing(asked, layer):
            player.table(view, answer, asked)
        else:
            tables.narrow(answer, view, 430)
