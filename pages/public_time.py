"""Public numbers over time: the city by week, areas by their periods, hours, sensitive kinds."""

import streamlit as st

from ui.public import public_frame, public_time

found = public_frame.read_choice()
public_frame.head(f"When: {found.choice.source}, {found.choice.kind}")
st.header("The whole city", anchor=False)
city = public_time.city(found)
public_time.cells_note(found, city, "weeks", public_time.city_path(found), "weeks")
st.header("By area", anchor=False)
public_time.draw_areas(found)
public_time.bands(found)
public_time.sensitive(found)
public_frame.public_foot(found, (public_time.city_path(found),))
