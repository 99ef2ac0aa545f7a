"""Episodes: records that look like one event."""

import streamlit as st

from ui.cached import findings, views
from ui.frame import downloads, frame, method_note
from ui.map import layers, leaflet
from ui.patterns import episode_lists, episodes_page

view = frame.view()
theme = frame.theme()
answer = views.answer(view)
title = st.container()
metres, hours, least = episodes_page.choose(view)
found = findings.episode_groups(view, metres, hours, least)
with title:
    frame.head(episodes_page.title(view, found))
    for line in episodes_page.said(view, found):
        st.text(line)
made = episodes_page.made(metres, hours, least)
if not found.table.empty:
    rows = episodes_page.listed(view, found)
    picture, beside = st.columns([1.3, 1])
    with picture:
        told = layers.still(view, answer, theme, **episodes_page.picture(view, found, theme))
        leaflet.draw("map_episodes", frame.map_title(view), views.bounds(view), told)
    with beside:
        picked = episode_lists.pick_episode(rows, 430)
    episode_lists.records(view, found, picked)
    episodes_page.timeline(view, found, theme)
    downloads.finding_buttons(view, rows, episodes_page.COLUMNS, made)
if len(found.records):
    episode_lists.duplicates(view, found)
method_note.show_method_note(view, made)
