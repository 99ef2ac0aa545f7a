"""The records themselves: the newest to read, all of them to take away."""

import streamlit as st

from ui import downloads, frame, reading

view = frame.view()
frame.head(reading.title(view))
search = st.text_input(
    "Find words in the records of this View",
    key="search_records", placeholder="in texts, kinds, areas and ids; never part of a link",
)  # fmt: skip
personal = st.multiselect(
    "Also show what the source tells of persons", reading.personal_columns(view), key="personal",
    placeholder="left out unless asked for by name",
)  # fmt: skip
frame_of_rows = reading.newest(view, search, personal)
st.text(reading.said(view, frame_of_rows, search))
picked = reading.table(frame_of_rows)
reading.one(frame_of_rows, picked)
st.markdown("**Take all of them**")
downloads.records(view, personal)
frame.foot(view)
