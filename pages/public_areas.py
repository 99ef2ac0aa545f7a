"""The public areas: the map and the whole ranked table."""

import streamlit as st

from ui.public import public_frame, public_map, public_tables

found = public_frame.shown()
public_frame.head(public_frame.title(found))
st.text(public_frame.sentence(found))
public_map.show(found, "map_areas")
rows = public_tables.ranked(found)
public_tables.table(rows, found.choice, min(30 * (len(rows) + 1) + 12, 640), "areas_table")
public_tables.take(found, rows, found.path, "areas")
public_frame.foot(found, (found.path,))
