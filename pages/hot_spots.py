"""Hot spots: areas that are high or low, with their neighbors, beyond what chance explains."""

import streamlit as st

from ui.cached import findings, views
from ui.frame import downloads, frame, method_note
from ui.map import layers, leaflet
from ui.patterns import hot_spots_page

view = frame.view()
theme = frame.theme()
answer = views.answer(view)
if why := hot_spots_page.why_not(view, answer):
    frame.head("No hot spots can be looked for here")
    st.text(why)
    frame.foot(view)
    st.stop()
title = st.container()
of, how, seed = hot_spots_page.choose(view)
found = findings.hot_areas(view, of, how, seed)
with title:
    frame.head(hot_spots_page.title(view, of, found))
    for line in (
        hot_spots_page.shown(found) or hot_spots_page.said(of, found),
        *hot_spots_page.power_lines(view, found, of, how, seed),
    ):
        st.text(line)
picture, beside = st.columns([1.55, 1])
with picture:
    told = layers.still(view, answer, theme, **hot_spots_page.picture(view, found, theme))
    leaflet.draw("map_hot", frame.map_title(view), views.bounds(view), told)
with beside:
    rows = hot_spots_page.table(found, 430)
for line in (*hot_spots_page.sentences(found), *hot_spots_page.across(view)):
    st.text(line)
made = hot_spots_page.made(of, how, seed)
downloads.finding_buttons(view, rows, hot_spots_page.COLUMNS, made)
method_note.show_method_note(view, made)
