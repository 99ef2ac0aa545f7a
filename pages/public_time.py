"""Public numbers over time: the city, areas by their periods, hours, what is apart, articles."""

import streamlit as st

from ui.frame.language import say
from ui.public import public_frame, public_time

found = public_frame.read_choice()
public_frame.head(public_time.heading(found))
st.header(say("time.city"), anchor=False)
city = public_time.city(found)
public_time.take_series(found, city, public_time.city_path(found), "city")
public_time.draw_areas(found)
public_time.hours(found)
public_time.sensitive(found)
public_time.late(found)
public_time.articles(found)
public_time.foot(found)
