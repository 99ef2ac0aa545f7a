"""The Map page: the panel of words and ranks, and the map. Reruns alone when the map speaks."""

import streamlit as st

from data.palette import Theme
from data.views.answers import Answer
from data.views.view import View
from ui.cached import views
from ui.filters import way_out
from ui.frame import counting, frame, sheet
from ui.map import basemap, choices, drawing, events, layers, leaflet, map_picture, player
from ui.map.choices import MapChoices
from ui.map.patch import Events, Patch
from ui.map_page import in_sight, panel_list, welcome
from ui.parts import headline, pictures

# a phone shows the strip of time when it is asked for: the page's own script does it
_OVER_TIME = (
    '<button type="button" class="porch-time" data-fold="time" aria-expanded="false">'
    "Over time</button>"
)


@st.fragment
def show_map(
    view: View, answer: Answer, layer: str, theme: Theme, asked: MapChoices, title: str
) -> None:
    """The panel and the map: what was recorded in words, ranked, and on the ground."""
    events.follow()
    said = leaflet.events("map")  # newer than `asked` where only this part reruns
    asked = asked._replace(seen=choices.seen(said), held=choices.cells_on_map(said))
    picture = layers.patch(view, answer, layer, theme, asked)
    pictures.add_picture(
        lambda: map_picture.layer_picture(view, answer, layer, asked, picture, theme.dark)
    )
    with st.container(key="panel"):
        sheet.show_sheet()
        st.title(frame.plain(title), anchor=False)
        headline.show_number(view, answer)
        if way_out.is_empty(view):
            way_out.show_way_out(view, events.ask_again)
        welcome.show_welcome(view)
        st.html(_OVER_TIME)
        listed, small_print = st.container(key="ranks"), st.container(key="small_print")
    with small_print:
        frame.view_sentence(view)
        base = basemap.choose_basemap()
    told: Patch = {**picture, **basemap.basemap_patch(base, theme), **drawing.drawing_patch(view)}
    leaflet.draw(
        "map", frame.map_title(view), views.bounds(view), told, lambda: events.take(view, asked)
    )
    with listed:  # the map is on its way already
        _show_list(view, answer, layer, asked, picture, said)
    with small_print:
        frame.source_lines(view)
        frame.say_changes(view)
        counting.show_counting(view, {})


def _show_list(
    view: View, answer: Answer, layer: str, asked: MapChoices, picture: Patch, said: Events
) -> None:
    """What the picture of a layer shows, as a list."""
    if layer == "incidents":
        in_sight.show_in_sight(view, asked, picture, said)
    elif layer == "clusters":
        panel_list.show_clusters(view, asked)
    elif player.playing(asked, layer):
        player.frame_table(view, answer, asked)
    else:
        panel_list.ask_measure(view, answer)
        panel_list.show_ranks(view, answer)
