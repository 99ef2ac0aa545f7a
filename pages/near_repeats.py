"""Whether records of one kind follow each other at the same places."""

import streamlit as st

from ui import cached_patterns, claim, downloads, frame, near

view = frame.view()
theme = frame.theme()
title = st.container()
one, kind, seed = near.choose(view)
made = near.made(kind, seed)
if not kind or cached_patterns.kinds(one).get(one.kinds[0], 0) < near.LEAST:
    with title:
        frame.head("Too few records with a place and a day for near repeats")
        st.text(f"It takes {near.LEAST} records of one kind whose place is known to the block.")
    claim.foot(one, made)
    st.stop()
found = cached_patterns.near(one, seed)
with title:
    frame.head(near.title(kind, found))
    for line in near.said(kind, found, one):
        st.text(line)
near.matrix(found, theme)
downloads.finding(one, near.listed(found), near.COLUMNS, made)
claim.foot(one, made)
