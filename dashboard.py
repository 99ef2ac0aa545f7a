"""Porchlight: the frame around every page, of the team or of the public."""

import streamlit as st

from ui.app import access

st.set_page_config("Porchlight", layout="wide")
access.run()
