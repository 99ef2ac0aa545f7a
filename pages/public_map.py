"""The public map: released numbers by area, and the whole city by week."""

import streamlit as st

from ui import public, public_files, public_map, public_time

found = public.shown()
public.head(public.title(found))
if not found.led:  # too few areas have a number: the whole city says more
    above = st.container()
    city = public_time.city(found)
    with above:
        public_time.led(city)
st.text(public.sentence(found))
picture, beside = st.columns([1.55, 1])
with picture:
    public_map.show(found, "map")
with beside:
    rows = public_files.ranked(found)
    public_files.table(rows[["n", "name"]], found.choice, 430, "ranked")
    public_files.take(found, rows, found.path, "map")
if found.led:
    city = public_time.city(found)
public_time.said(found, city, "weeks", public_time.city_path(found), "weeks")
public.foot(found, (found.path, public_time.city_path(found)))
