"""The map of incidents, with its panel of words and ranks."""

import streamlit as st

from ui.cached import views
from ui.frame import frame
from ui.map import controls, layers, panel
from ui.parts import measures

view = frame.view()
theme = frame.theme()
with st.container(key="over_layers"):
    layer = controls.layer()
    asked = controls.ask_choices(view, layer)
view = measures.by_layer(view)
answer = views.answer(view)
title = layers.title(view, answer, layer, asked)
frame.name_tab(title)
panel.show_map(view, answer, layer, theme, asked, title)
frame.fill_share(view)
