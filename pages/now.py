"""What is unusual in the newest days."""

import streamlit as st

from ui import cached, cached_patterns, claim, downloads, frame, hot, maps, now, pictures

view = frame.view()
theme = frame.theme()
answer = cached.answer(view)
if why := hot.why_not(view, answer):
    frame.head("Nothing can be looked for here")
    st.text(why)
    frame.foot(view)
    st.stop()
title = st.container()
longest, seed = now.choose()
found = cached_patterns.daily(view)
made = now.made(found, longest, seed)
if why := now.why_not(found, longest):
    with title:
        frame.head("Too little to tell what is usual")
        st.text(why)
    now.alarms(cached_patterns.alarms(view, seed))
    claim.foot(view, made)
    st.stop()
newest = cached_patterns.unusual(view, longest, seed)
weeks = cached_patterns.alarms(view, seed)
with title:
    frame.head(now.title(view, found, newest, weeks))
    for line in now.said(found, newest, longest):
        st.text(line)
picture, beside = st.columns([1.55, 1])
with picture:
    told = pictures.still(view, answer, theme, **now.picture(view, found, newest.table, theme))
    maps.show("map_now", frame.map_title(view), cached.bounds(view), told)
with beside:
    rows = now.table(newest.table, 150)
    now.alarms(weeks)
for line in now.looked_at(found, newest, longest):
    st.text(line)
downloads.finding(view, rows, now.COLUMNS, made)
claim.foot(view, made)
