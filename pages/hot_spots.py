"""Which areas are high or low, with their neighbors, beyond what chance explains."""

import streamlit as st

from ui import cached, cached_patterns, claim, downloads, frame, hot, maps, pictures

view = frame.view()
theme = frame.theme()
answer = cached.answer(view)
if why := hot.why_not(view, answer):
    frame.head("No hot spots can be looked for here")
    st.text(why)
    frame.foot(view)
    st.stop()
title = st.container()
of, how, seed = hot.choose(view)
found = cached_patterns.hot_spots(view, of, how, seed)
with title:
    frame.head(hot.title(view, of, found))
    for line in (
        hot.shown(found) or hot.said(of, found),
        *hot.power_lines(view, found, of, how, seed),
    ):
        st.text(line)
picture, beside = st.columns([1.55, 1])
with picture:
    told = pictures.still(view, answer, theme, **hot.picture(view, found, theme))
    maps.show("map_hot", frame.map_title(view), cached.bounds(view), told)
with beside:
    rows = hot.table(found, 430)
for line in (*hot.sentences(found), *hot.across(view)):
    st.text(line)
made = hot.made(of, how, seed)
downloads.finding(view, rows, hot.COLUMNS, made)
claim.foot(view, made)
