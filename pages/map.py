"""Where is it happening: the map, its table and its trend."""

import streamlit as st

from ui import cached, frame, headline, layers, live, options, player, trend

view = frame.view()
theme = frame.theme()
title = st.container()
numbers, choices = st.columns([1.6, 1], vertical_alignment="center")
with choices:
    layer = options.layer()
    asked = options.asked(view, layer)
view = layers.by_layer(view)
answer = cached.answer(view)
with title:
    frame.head(headline.title(view, answer))
with numbers:
    headline.show(view, answer)
live.show(view, answer, layer, theme, asked)
if not player.playing(asked, layer):  # its bar is a chart of its own
    chart = trend.spec(answer.series, theme, answer.step, frame.changes(view))
    st.vega_lite_chart(chart, alt=f"Incidents a {answer.step}")
frame.say_changes(view)
frame.foot(view, said=True)
