"""Which records look like one event."""

import streamlit as st

from ui import cached, cached_patterns, claim, downloads, episodes, frame, grouped, maps, pictures

view = frame.view()
theme = frame.theme()
answer = cached.answer(view)
title = st.container()
metres, hours, least = episodes.choose(view)
found = cached_patterns.episodes(view, metres, hours, least)
with title:
    frame.head(episodes.title(view, found))
    for line in episodes.said(view, found):
        st.text(line)
made = episodes.made(metres, hours, least)
if not found.table.empty:
    rows = episodes.listed(view, found)
    picture, beside = st.columns([1.3, 1])
    with picture:
        told = pictures.still(view, answer, theme, **episodes.picture(view, found, theme))
        maps.show("map_episodes", frame.map_title(view), cached.bounds(view), told)
    with beside:
        picked = grouped.pick(rows, 430)
    grouped.records(view, found, picked)
    episodes.timeline(view, found, theme)
    downloads.finding(view, rows, episodes.COLUMNS, made)
if len(found.records):
    grouped.duplicates(view, found)
claim.foot(view, made)
