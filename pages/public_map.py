"""The public map: a number with its range in every area, and the whole city over time."""

import streamlit as st

from ui.frame import sheet
from ui.public import public_frame, public_map, public_tables, public_time

found = public_frame.read_choice()
with st.container(key="panel"):
    sheet.show_sheet()
    public_frame.head(public_frame.public_title(found))
    public_frame.show_sentences(found)
    city = public_time.city(found)
    public_tables.show_list(found)
    public_time.take_series(found, city, public_time.city_path(found), "city")
    public_tables.take(found, public_tables.by_name(found), found.path, "map")
    with st.container(key="small_print"):
        public_frame.public_foot(found, (found.path, public_time.city_path(found)))
public_map.show_public_map(found, "map")
