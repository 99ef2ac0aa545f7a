"""Trend: the weekly series, what was to be expected, and its breaks."""

import streamlit as st

from ui.cached import findings, views
from ui.frame import downloads, frame, method_note
from ui.patterns import season, trend_page

view = frame.view()
theme = frame.theme()
answer = views.answer(view)
if why := trend_page.never(view, answer):
    frame.head(why)
    frame.foot(view)
    st.stop()
top = st.container()
seed = method_note.seed()
found = findings.trend(view, seed)
made = trend_page.made(found, seed)
if why := trend_page.why_not(found):
    with top:
        frame.head("Too short a time for a trend")
        st.text(why)
    method_note.show_method_note(view, made)
    st.stop()
changes = frame.changes(view)
with top:
    frame.head(trend_page.title(view, found, changes))
    chart = trend_page.chart(found, theme, changes)
    st.altair_chart(chart, alt="Weeks on their expected band, with breaks")
    for line in trend_page.said(view, found, changes):
        st.text(line)
season.show_season(view, found, theme)
rows = trend_page.listed(found)
downloads.finding_buttons(view, rows, trend_page.WEEKS, made)
method_note.show_method_note(view, made)
