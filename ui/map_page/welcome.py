"""The one greeting of a first visit: what is shown here, and three ways on."""

import html

import streamlit as st

from data.views.filters import period
from data.views.view import View
from ui.cached import views
from ui.parts import headline

_WAYS = (
    ("What's new", "go", "/now"),
    ("Find my neighborhood", "focus", ".st-key-search"),
    ("How to cite a number", "go", "/methods"),
)


def show_welcome(view: View) -> None:
    """Greet whoever has not been greeted in this browser: the page's own script knows."""
    st.html(welcome_html(view))


def welcome_html(view: View) -> str:
    """The greeting, in which every text is escaped."""
    place = views.meta(view.stamp)["place"]["name"]
    counted = views.headline(view)["n"]
    says = f"Porchlight shows what was recorded in {place}. You see {counted:,} {headline.noun(view)}, {period(view.start, view.end)}."
    ways = "".join(
        f'<button type="button" data-{act}="{where}">{html.escape(name)}</button>'
        for name, act, where in _WAYS
    )
    close = '<button type="button" data-greet="" aria-label="Close">×</button>'
    return f'<section class="porch-welcome">{html.escape(says)}<div>{ways}{close}</div></section>'
