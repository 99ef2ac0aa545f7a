"""The map of incidents, its table, and the strip of time below it."""

import streamlit as st

from ui.cached import views
from ui.frame import frame
from ui.map import controls, panel, timeline
from ui.parts import headline, measures

view = frame.view()
theme = frame.theme()
title = st.container()
numbers, choices = st.columns([1.3, 1], vertical_alignment="center")
body = st.container()
with st.container(key="timeline", horizontal=True, vertical_alignment="center"):
    strip, options = st.container(), st.container(width="content")
with choices:
    layer = controls.layer()
with options:
    asked = timeline.ask_play(view, layer)
with choices:
    asked = controls.ask_choices(view, layer, asked)
view = measures.by_layer(view)
answer = views.answer(view)
with title:
    frame.head(headline.headline_title(view, answer))
with numbers:
    headline.show_headline(view, answer)
with body:
    panel.show_panel(view, answer, layer, theme, asked)
with strip:
    timeline.show_timeline(view, answer, layer, asked)
frame.say_changes(view)
frame.foot(view, said=True)
