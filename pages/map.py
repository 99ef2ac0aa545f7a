"""The map of incidents, with its panel of words and ranks and the strip of time below it."""

import streamlit as st

from ui.cached import views
from ui.frame import frame
from ui.map import controls, layers
from ui.map_page import panel, timeline

view = frame.view()
theme = frame.theme()
with st.container(key="timeline", horizontal=True, vertical_alignment="center", wrap=False):
    strip, options = st.container(), st.container(width="content")
with st.container(key="over_layers"):
    layer = controls.layer()
    with options:
        asked = timeline.ask_play(view, layer)
    asked = controls.ask_choices(view, layer, asked)
view = views.measured(view)
answer = views.answer(view)
title = layers.title(view, answer, layer, asked)
frame.name_tab(title)
panel.show_map(view, answer, layer, theme, asked, title)
with strip:
    timeline.show_timeline(view, answer, layer, asked)
frame.fill_share(view)
