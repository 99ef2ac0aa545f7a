"""Where is it happening: the map, its table and its trend."""

import streamlit as st

from ui import basemap, cached, charts, frame, headline, layers, maps, tables

view = frame.view()
theme = frame.theme()
title = st.container()
numbers, choices = st.columns([1.6, 1], vertical_alignment="center")
with (
    choices,
    st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="bottom"),
):
    before = st.container(width="content")  # so that the layers stay where they are
    layer = st.segmented_control(
        "Layer", layers.LAYERS, default="areas", key="layer", bind="query-params",
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    with before:
        bandwidth = layers.bandwidth(layer)
view = layers.by_layer(view, layer)
answer = cached.answer(view)
with title:
    frame.head(headline.title(view, answer))
with numbers:
    headline.show(view, answer)
picture, ranking = st.columns([1.55, 1])
with picture:
    above, below = st.container(), st.container(horizontal=True, horizontal_alignment="distribute")
    with below:
        frame.sentence(view)
        base = basemap.choose()
    told = layers.patch(view, answer, layer, theme, bandwidth) | basemap.told(base, theme)
    with above:
        maps.show("map", frame.map_title(view), cached.bounds(view), told)
with ranking:
    tables.narrow(answer, view, 430)
chart = charts.trend(answer.series, theme, answer.step, frame.changes(view))
st.altair_chart(chart, alt=f"Incidents a {answer.step}")
frame.foot(view, said=True)
