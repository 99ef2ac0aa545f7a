"""The way out of a page that has nothing to show: a year with records, and no filters."""

from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

from data.storage.meta_types import TableMeta
from data.views import coverage, links
from data.views.view import View
from ui.cached import views
from ui.frame import filter_bar


def latest_year(view: View) -> tuple[date, date]:
    """Return the first and last day of the latest year in which a View's sources have records."""
    meta = views.meta(view.stamp)
    newest = links.newest_day(view.sources, meta)
    first, last = coverage.source_days(view.sources, meta)
    return max(first, date(newest.year, 1, 1)), min(last, date(newest.year, 12, 31))


def is_empty(view: View) -> bool:
    """Return whether a View has no data, or no record."""
    return not views.answer(view).covered or not views.headline(view)["n"]


def chosen_filters(view: View) -> dict[str, Any]:
    """Return the usual value of each filter that the reader has changed, by its word."""
    meta = views.meta(view.stamp)
    known: TableMeta = {**meta, "chosen_set": st.session_state.get("set", "")}
    usual = filter_bar.defaults(known, views.current_settings())
    state = st.session_state
    return {word: value for word, value in usual.items() if state.get(word, value) != value}


def show_way_out(view: View, clear: Callable[[], None] | None = None) -> None:
    """Show a button for the latest year with records, and one that clears the filters.

    Each is shown only where it changes something. `clear` takes the place of what clears the
    filters here.
    """
    start, end = latest_year(view)
    changed = chosen_filters(view)
    with st.container(horizontal=True, key="way_out"):
        if is_empty(view) and (view.start, view.end) != (start, end):
            st.button(f"Show {start.year}", on_click=_show_period, args=(start, end))
        if changed:
            st.button("Clear filters", on_click=clear or _clear, args=() if clear else (changed,))


def _show_period(start: date, end: date) -> None:
    st.session_state["from"], st.session_state["to"] = start, end
    if "quick" in st.session_state:
        st.session_state["quick"] = None


def _clear(usual: dict[str, Any]) -> None:
    """Give filters their usual values."""
    for word, value in {**usual, "quick": None}.items():
        if word in st.session_state:
            st.session_state[word] = value
