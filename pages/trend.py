"""Whether a rise is real: the weekly series, what was to be expected, and its breaks."""

import streamlit as st

from ui import cached, cached_patterns, claim, downloads, frame, rise, season

view = frame.view()
theme = frame.theme()
answer = cached.answer(view)
if why := rise.never(view, answer):
    frame.head(why)
    frame.foot(view)
    st.stop()
top = st.container()
seed = claim.seed()
found = cached_patterns.trend(view, seed)
made = rise.made(found, seed)
if why := rise.why_not(found):
    with top:
        frame.head("Too short a time for a trend")
        st.text(why)
    claim.foot(view, made)
    st.stop()
changes = frame.changes(view)
with top:
    frame.head(rise.title(view, found, changes))
    chart = rise.chart(found, theme, changes)
    st.altair_chart(chart, alt="Weeks on their expected band, with breaks")
    for line in rise.said(view, found, changes):
        st.text(line)
season.show(view, found, theme)
rows = rise.listed(found)
downloads.finding(view, rows, rise.WEEKS, made)
claim.foot(view, made)
