"""The numbers of pages kept between reruns, with the queries that they came from."""

import streamlit as st

from data.numbers.numbers import PageNumbers
from data.numbers.pages import ask_numbers
from data.views.view import View
from ui.cached import views
from ui.cached.views import BY_REPR


@st.cache_resource(max_entries=32, hash_funcs=BY_REPR, show_spinner="Counting again")
def page_numbers(path: str, view: View, words: tuple[tuple[str, str], ...]) -> PageNumbers:
    """The numbers of the page at an address. Do not change them. Problem where there are none."""
    return ask_numbers(path, views.current(view.stamp), view, dict(words))
