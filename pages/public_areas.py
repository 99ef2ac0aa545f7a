"""The public areas: the map and the whole ranked table."""

import streamlit as st

from ui import public, public_files, public_map

found = public.shown()
public.head(public.title(found))
st.text(public.sentence(found))
public_map.show(found, "map_areas")
rows = public_files.ranked(found)
public_files.table(rows, found.choice, min(30 * (len(rows) + 1) + 12, 640), "areas_table")
public_files.take(found, rows, found.path, "areas")
public.foot(found, (found.path,))
