"""How was this counted?: what a page's numbers are made of, down to the query, asked when opened."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import streamlit as st

from data import words
from data.methods import METHODS
from data.numbers.numbers import PageNumbers
from data.numbers.pages import PAGE_NUMBERS
from data.settings import Problem
from data.views.view import View
from ui.cached import views
from ui.cached.page_numbers import page_numbers

_QUERY = (
    "The exact query, for those who want it. `facts` is the store's narrow table: one row a record, "
    "words as their position in the data dictionary, areas and sources as their position in it."
)


def show_counting(view: View, own: Mapping[str, str], *, with_method: bool = True) -> None:
    """A fold below a page's numbers; nothing where the page has none that follow the filters.

    `with_method`: also how they are made, where the page does not say it itself.
    """
    path = urlsplit(st.context.url or "").path.strip("/")
    if path in PAGE_NUMBERS:
        _show_fold(path, view, tuple(sorted(own.items())), with_method)


@st.fragment
def _show_fold(path: str, view: View, own: tuple[tuple[str, str], ...], with_method: bool) -> None:
    fold = st.expander("How was this counted?", key="counting", on_change="rerun")
    if not fold.open:
        return
    with fold:
        try:
            numbers = page_numbers(path, view, own)
        except Problem as problem:
            st.text(str(problem))
            return
        _explain(numbers, with_method)
        _show_queries(view, numbers)


def _explain(numbers: PageNumbers, with_method: bool) -> None:
    lines = {
        "What": numbers.sentence,
        "Divided by": numbers.denominator,
        "How sure": numbers.uncertainty,
        "Not in it": numbers.lacks,
    }
    if with_method:
        (method,) = (m for m in METHODS if m.number == numbers.method)
        lines |= {method.number: f"{method.how} {method.mind}", "After": method.source}
    for name, says in lines.items():
        st.caption(name)
        st.text(says)


def _show_queries(view: View, numbers: PageNumbers) -> None:
    """The queries, and what the numbers in them stand for that only this store can tell."""
    meta = views.meta(view.stamp)
    sources = ", ".join(f"{i} {source['name']}" for i, source in enumerate(meta["sources"]))
    sets = ", ".join(f"area{i} {one['name']}" for i, one in enumerate(meta["sets"]))
    st.caption(_QUERY)
    st.text(
        f"In it, source: {sources}. {words.sentence_case(sets)}."
        if sets
        else f"In it, source: {sources}."
    )
    for query in numbers.queries:
        st.code(query, language="sql", wrap_lines=True)
