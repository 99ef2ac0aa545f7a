"""Claims: what offices said, beside what the records say of it."""

import streamlit as st

from ui.frame import frame
from ui.newsroom import claims_page

view = frame.view()
top = st.container()
title = claims_page.show_claims_page(view)
with top:
    frame.head(title)
claims_page.say_filters()
frame.foot(view)
