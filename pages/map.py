"""The map of incidents, its table and its trend."""

import streamlit as st

from ui.cached import views
from ui.frame import frame
from ui.map import controls, layers, panel, player
from ui.parts import headline, measures, trend_line

view = frame.view()
theme = frame.theme()
title = st.container()
numbers, choices = st.columns([1.3, 1], vertical_alignment="center")
with choices:
    layer = controls.layer()
    asked = controls.ask_choices(view, layer)
view = measures.by_layer(view)
answer = views.answer(view)
with title:
    frame.head(layers.title(view, answer, layer, asked))
with numbers:
    headline.show_headline(view, answer)
panel.show_panel(view, answer, layer, theme, asked)
if not player.playing(asked, layer):  # its bar is a chart of its own
    chart = trend_line.spec(answer.series, theme, answer.step_name, frame.changes(view))
    st.vega_lite_chart(chart, alt=f"Incidents a {answer.step_name}")
frame.say_changes(view)
frame.foot(view, said=True)
