"""The choice of the period: what is covered, and ranges counted from the last record."""

from datetime import date, timedelta

import streamlit as st

from data.storage.meta_types import TableMeta
from data.views.coverage import cover
from data.views.filters import period
from data.views.links import newest_day
from data.views.periods import Obstacle
from data.views.view import OWN, View
from ui.cached import views

QUICK = (("Last 7 days", 7), ("Last 30 days", 30), ("Last 90 days", 90), ("Last 365 days", 365))
MOST_YEARS = 6


def ranges(view: View, meta: TableMeta) -> list[tuple[str, date | None, date | None]]:
    """Periods to choose with one click: name, first and last day; None for all that there is."""
    covered, last = cover(view, meta), newest_day(view.sources, meta)
    found: list[tuple[str, date | None, date | None]] = [
        (name, last - timedelta(days=days - 1), last)
        for name, days in QUICK
        if last - timedelta(days=days - 1) > covered.first
    ]
    years = range(covered.first.year, covered.last.year + 1)
    if len(years) > 1:
        newest = list(years)[-MOST_YEARS:][::-1]
        found += [(str(year), date(year, 1, 1), date(year, 12, 31)) for year in newest]
    return [*found, ("All", None, None)]


def show_ranges(view: View, meta: TableMeta) -> None:
    """Show what is covered, and a button for each range with its dates."""
    covered = cover(view, meta)
    st.text(f"Records from {period(covered.first, covered.last)}")
    rows = ranges(view, meta)
    for key, across in (("ranges", False), ("years", True)):
        with st.container(key=key, horizontal=across, gap=None):
            for name, first, last in rows:
                if name.isdigit() == across:
                    span = period(first or covered.first, last or covered.last)
                    st.button(
                        name if across else f"{name}: {span}",
                        key=f"range_{name}",
                        on_click=choose,
                        args=(first, last),
                        type="tertiary",
                    )


def choose(first: date | None, last: date | None) -> None:
    """Ask for a period; None where it has no end of its own."""
    st.session_state["from"], st.session_state["to"] = first, last


def begins_first(view: View) -> bool:
    """Return whether nothing is recorded before a View, so that no earlier period can be offered.

    A period that the reader has set, which may lie later, can be taken back.
    """
    return view.compare != OWN and view.start <= views.coverage(view).first


def no_comparison(view: View) -> str:
    """The reason in words why there is nothing to compare with; empty where there is something,
    or where the reader wants none."""
    answer = views.answer(view)
    if begins_first(view):
        return "Nothing is recorded before this period to compare with."
    wanted = answer.obstacle and answer.obstacle.obstacle is not Obstacle.NOT_ASKED
    return answer.why if wanted else ""
