"""Data and methods: sources, rows, columns, methods, and a place to drop a file."""

import streamlit as st

from ui.explore import methods_page
from ui.frame import frame, upload

view = frame.view()
frame.head("Data and methods")
methods_page.stamp(view)
st.markdown("### Sources")
methods_page.sources(view)
st.markdown("### What happened to every row")
methods_page.rows(view)
st.markdown("### Areas")
methods_page.show_areas(view)
st.markdown("### How each number is made")
methods_page.methods()
st.markdown("### Dictionary")
methods_page.dictionary()
st.markdown("### Bring a file")
upload.show_upload()
frame.foot(view)
