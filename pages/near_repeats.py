"""Near repeats: records of one kind that follow each other at the same places."""

import streamlit as st

from ui.cached import findings
from ui.frame import downloads, frame, method_note
from ui.patterns import near_repeats_page

view = frame.view()
theme = frame.theme()
title = st.container()
one, kind, seed = near_repeats_page.choose(view)
made = near_repeats_page.made(kind, seed)
headed, why = near_repeats_page.why_not(one, kind)
if why:
    with title:
        frame.head(headed)
        st.text(why)
    method_note.show_method_note(one, made)
    st.stop()
found = findings.near(one, seed)
with title:
    frame.head(near_repeats_page.title(kind, found))
    for line in near_repeats_page.said(kind, found, one):
        st.text(line)
if near_repeats_page.shown(found):
    st.text(near_repeats_page.shown(found))
    method_note.show_method_note(one, made)
    st.stop()
near_repeats_page.matrix(found, theme)
downloads.finding_buttons(one, near_repeats_page.listed(found), near_repeats_page.COLUMNS, made)
method_note.show_method_note(one, made)
