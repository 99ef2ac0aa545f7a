"""Emerging hot spots: how hot and cold areas came and went."""

import streamlit as st

from ui.cached import findings, views
from ui.frame import downloads, frame, method_note
from ui.map import layers, leaflet
from ui.patterns import emerging_page, hot_spots_page

view = frame.view()
theme = frame.theme()
answer = views.answer(view)
if why := hot_spots_page.why_not(view, answer):
    frame.head("No patterns can be looked for here")
    st.text(why)
    frame.foot(view)
    st.stop()
title = st.container()
of, how, unit, seed = emerging_page.choose(view)
found = findings.emerging(view, of, how, unit, seed)
with title:
    frame.head(emerging_page.title(view, found))
    told = emerging_page.shown(found) or emerging_page.said(of, found)
    worth = emerging_page.power_lines(view, found, of, how, unit, seed)
    for line in (told, *worth, *emerging_page.across(view, found)):
        st.text(line)
made = emerging_page.made(of, how, unit, seed)
if not emerging_page.shown(found):
    names = views.units(view)["name"]
    picture, beside = st.columns([1.55, 1])
    with picture:
        told = layers.still(view, answer, theme, **emerging_page.picture(view, found, theme))
        leaflet.draw("map_emerging", frame.map_title(view), views.bounds(view), told)
    with beside:
        rows = emerging_page.table(found, names, 430)
    st.markdown("**The history of each area**")
    emerging_page.strips(found, names, rows, theme)
    downloads.finding_buttons(view, rows, emerging_page.COLUMNS, made)
method_note.show_method_note(view, made)
