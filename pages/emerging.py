"""How hot and cold areas came and went."""

import streamlit as st

from ui import cached, cached_patterns, claim, downloads, emerging, frame, hot, maps, pictures

view = frame.view()
theme = frame.theme()
answer = cached.answer(view)
if why := hot.why_not(view, answer):
    frame.head("No patterns can be looked for here")
    st.text(why)
    frame.foot(view)
    st.stop()
title = st.container()
of, how, unit, seed = emerging.choose(view)
found = cached_patterns.emerging(view, of, how, unit, seed)
with title:
    frame.head(emerging.title(view, found))
    told = emerging.shown(found) or emerging.said(of, found)
    worth = emerging.power_lines(view, found, of, how, unit, seed)
    for line in (told, *worth, *emerging.across(view, found)):
        st.text(line)
made = emerging.made(of, how, unit, seed)
if not emerging.shown(found):
    names = cached.units(view)["name"]
    picture, beside = st.columns([1.55, 1])
    with picture:
        told = pictures.still(view, answer, theme, **emerging.picture(view, found, theme))
        maps.show("map_emerging", frame.map_title(view), cached.bounds(view), told)
    with beside:
        rows = emerging.table(found, names, 430)
    st.markdown("**The history of each area**")
    emerging.strips(found, names, rows, theme)
    downloads.finding(view, rows, emerging.COLUMNS, made)
claim.foot(view, made)
