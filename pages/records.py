"""The records themselves: the newest to read, all of them to take away."""

import streamlit as st

from ui.frame import downloads, frame
from ui.parts import record_list

view = frame.view()
frame.head(record_list.list_title(view))
search = st.text_input(
    "Search",
    key="search_records",
    placeholder="in texts, kinds, areas and ids; never part of a link",
)
personal = st.multiselect(
    "Show personal details from the source",
    record_list.hidden_columns(view),
    key="personal",
    placeholder="left out unless asked for by name",
)
frame_of_rows = record_list.newest(view, search, personal)
st.text(record_list.list_sentence(view, frame_of_rows, search))
picked = record_list.record_table(frame_of_rows)
record_list.one(frame_of_rows, picked)
st.header("Download all", anchor=False)
downloads.record_buttons(view, personal)
frame.foot(view)
