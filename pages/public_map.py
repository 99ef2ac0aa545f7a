"""The public map: released numbers by area, and the whole city by week."""

import streamlit as st

from ui.public import public_frame, public_map, public_tables, public_time

found = public_frame.read_choice()
public_frame.head(public_frame.public_title(found))
if not found.led:  # too few areas have a number: the whole city says more
    above = st.container()
    city = public_time.city(found)
    with above:
        public_time.explain_lone_city(city)
st.text(public_frame.public_sentence(found))
picture, beside = st.columns([1.55, 1])
with picture:
    public_map.show_public_map(found, "map")
with beside:
    rows = public_tables.ranked(found)
    public_tables.show_area_table(rows[["n", "name"]], found.choice, 430, "ranked")
    public_tables.take(found, rows, found.path, "map")
if found.led:
    city = public_time.city(found)
public_time.cells_note(found, city, "weeks", public_time.city_path(found), "weeks")
public_frame.public_foot(found, (found.path, public_time.city_path(found)))
