"""Whether records of one kind follow each other at the same places."""

import streamlit as st

from ui import cached_patterns, claim, downloads, frame, near

view = frame.view()
theme = frame.theme()
title = st.container()
one, kind, seed = near.choose(view)
made = near.made(kind, seed)
headed, why = near.why_not(one, kind)
if why:
    with title:
        frame.head(headed)
        st.text(why)
    claim.foot(one, made)
    st.stop()
found = cached_patterns.near(one, seed)
with title:
    frame.head(near.title(kind, found))
    for line in near.said(kind, found, one):
        st.text(line)
if near.shown(found):
    st.text(near.shown(found))
    claim.foot(one, made)
    st.stop()
near.matrix(found, theme)
downloads.finding(one, near.listed(found), near.COLUMNS, made)
claim.foot(one, made)
