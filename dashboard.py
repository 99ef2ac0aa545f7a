"""Porchlight: the frame around every page."""

import streamlit as st

from ui import frame, menu

st.set_page_config("Porchlight", page_icon="static/icon.png", layout="wide")
page = menu.navigation()
frame.sidebar()
page.run()
