"""The public map: released numbers by area, and the whole city by week."""

import streamlit as st

from ui.frame import sheet
from ui.public import public_frame, public_map, public_tables, public_time

found = public_frame.read_choice()
with st.container(key="panel"):
    sheet.show_sheet()
    public_frame.head(public_frame.public_title(found))
    if not found.led:  # too few areas have a number: the whole city says more
        above = st.container()
        city = public_time.city(found)
        with above:
            public_time.explain_lone_city(city)
    st.text(public_frame.public_sentence(found))
    public_tables.show_ranks(found)
    if found.led:
        city = public_time.city(found)
    public_time.cells_note(found, city, "weeks", public_time.city_path(found), "weeks")
    public_tables.take(found, public_tables.ranked(found), found.path, "map")
    with st.container(key="small_print"):
        public_frame.public_foot(found, (found.path, public_time.city_path(found)))
public_map.show_public_map(found, "map")
