"""Now: what is unusual in the newest days."""

import streamlit as st

from ui.cached import findings, views
from ui.frame import downloads, frame, method_note
from ui.map import layers, leaflet
from ui.patterns import hot_spots_page, now_page

view = frame.view()
theme = frame.theme()
answer = views.answer(view)
if why := hot_spots_page.why_not(view, answer):
    frame.head("Nothing can be looked for here")
    st.text(why)
    frame.foot(view)
    st.stop()
title = st.container()
longest, seed = now_page.choose()
found = findings.daily(view)
made = now_page.made(found, longest, seed)
if why := now_page.why_not(found, longest):
    with title:
        frame.head("Too little to tell what is usual")
        st.text(why)
    now_page.alarms(findings.alarms(view, seed))
    method_note.show_method_note(view, made)
    st.stop()
newest = findings.unusual(view, longest, seed)
weeks = findings.alarms(view, seed)
with title:
    frame.head(now_page.title(view, found, newest, weeks))
    for line in now_page.said(found, newest, longest):
        st.text(line)
picture, beside = st.columns([1.55, 1])
with picture:
    told = layers.still(view, answer, theme, **now_page.picture(view, found, newest.table, theme))
    leaflet.draw("map_now", frame.map_title(view), views.bounds(view), told)
with beside:
    rows = now_page.table(newest.table, 150)
    now_page.alarms(weeks)
for line in now_page.looked_at(found, newest, longest):
    st.text(line)
downloads.finding_buttons(view, rows, now_page.COLUMNS, made)
method_note.show_method_note(view, made)
