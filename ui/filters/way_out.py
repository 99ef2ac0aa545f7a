"""The way out of a page that has nothing to show: a year with records, and no filters."""

from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

from data.storage.meta_types import TableMeta
from data.views import coverage, links
from data.views.view import View
from ui.cached import views
from ui.filters import filter_bar


def latest_year(view: View) -> tuple[date, date]:
    """Return the first and last day of the latest year in which a View's sources have records."""
    meta = views.meta(view.stamp)
    newest = links.newest_day(view.sources, meta)
    first, last = coverage.source_days(view.sources, meta)
    return max(first, date(newest.year, 1, 1)), min(last, date(newest.year, 12, 31))


def is_empty(view: View) -> bool:
    """Return whether a View has no data, or no record."""
    return not views.coverage(view).some or not views.headline(view)["n"]


def show_way_out(view: View, then: Callable[[], None] | None = None) -> None:
    """Show a button for the latest year with records, and one that clears the filters.

    Each is shown only where it changes something; the source stays. `then` is called when a
    button has set the filters: a part of a page that reruns alone must make the page follow.
    """
    start, end = latest_year(view)
    usual, chosen = _chosen_filters(view)

    def show_year() -> None:
        st.session_state["from"], st.session_state["to"] = start, end
        if then:
            then()

    def clear() -> None:
        filter_bar.clear_filters(usual, chosen)
        if then:
            then()

    with st.container(horizontal=True, key="way_out"):
        if is_empty(view) and not view.start <= start <= end <= view.end:
            st.button(f"Show {start.year}", on_click=show_year)
        if chosen:
            st.button("Clear filters", on_click=clear)


def _chosen_filters(view: View) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the usual value of each filter by its word, and the words that the reader changed."""
    known: TableMeta = {**views.meta(view.stamp), "chosen_set": st.session_state.get("set", "")}
    usual = filter_bar.defaults(known, views.current_settings(), view.sources)
    now = filter_bar.now_chosen()
    words = (word for word in filter_bar.ROWS if word != "source")
    return usual, tuple(word for word in words if filter_bar.is_set(word, now, usual))
