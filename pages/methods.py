"""Where the numbers come from: sources, rows, columns, methods, and a door for a file."""

import streamlit as st

from ui import about, frame, upload

view = frame.view()
frame.head("Data and methods")
about.stamp(view)
st.markdown("### Sources")
about.sources(view)
st.markdown("### What happened to every row")
about.rows(view)
st.markdown("### Areas")
about.areas(view)
st.markdown("### How each number is made")
about.methods()
st.markdown("### Dictionary")
about.dictionary()
st.markdown("### Bring a file")
upload.show()
frame.foot(view)
