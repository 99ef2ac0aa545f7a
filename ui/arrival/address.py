"""The address says what the filters say, on every page and after every move between pages.

A filter within a closed pill is not mounted in the browser, and Streamlit then
- takes its word out of the address when the reader opens another page,
- lets it begin with its default when the pill is opened, unless this run sends its value,
- sends what was last chosen in it again with each run, also after a button has set another value.
All three are mended here: what a filter is, is noted at the end of each run and held in the next.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from data.views import links

STATE = "address"  # in the session: the page, its filters, and the moment that its link names
_MOST_FORMER = 20
_LOST = object()


class Filled(NamedTuple):
    """A filter as a run left it: its value, whether it asks for something else than it usually
    does, and the values that it had before."""

    value: Any
    chosen: bool
    former: tuple[Any, ...] = ()


def hold_filters(page: str) -> None:
    """Give the filters the values that they had, where this run does not bring others, and put
    back into the address what a move to another page took out of it."""
    run = get_script_run_ctx()
    state = st.session_state.get(STATE)
    if run is None or state is None:
        return
    moved, back = state["page"] != page, run.is_history_navigation
    filters: dict[str, Filled] = {} if back else state["filters"]  # a step back says everything
    with run.session_state.query_params() as params:
        if back or not moved:  # Streamlit reads the address only where a page is opened
            params.populate_from_query_string(run.query_string)
        for word, one in filters.items():
            if run.session_state.is_new_state_value(word):
                continue  # a button has set it
            now = st.session_state.get(word, _LOST)
            says = moved or params.get_all(word) == (_texts(one.value) if one.chosen else [])
            late = now != one.value and now in one.former and says
            if now is _LOST or late or (one.chosen and now == one.value):
                st.session_state[word] = one.value
        if not moved:
            return
        words = {word: _texts(one.value) for word, one in filters.items() if one.chosen}
        words |= {links.SETTLED: [state["settled"]]} if state["settled"] and not back else {}
        for word, texts in words.items():
            if params.get_all(word) != texts:
                params.set_with_no_forward_msg(word, texts)
        params._send_query_param_msg()  # one for all: each would be a step of its own


def note_filters(
    page: str, chosen: Mapping[str, Any], is_set: Mapping[str, bool], settled: str
) -> None:
    """Note what the filters of a page are: their values, and which of them are not the usual."""
    before = st.session_state.get(STATE, {"filters": {}})["filters"]
    filters = {}
    for word, value in chosen.items():
        old = before.get(word)
        former = old.former if old else ()
        if old and old.value != value:
            former = (*(one for one in former if one not in (value, old.value)), old.value)
        filters[word] = Filled(value, is_set[word], former[-_MOST_FORMER:])
    st.session_state[STATE] = {"page": page, "filters": filters, "settled": settled}


def _texts(value: Any) -> list[str]:
    """A filter's value as the texts of a link."""
    several = value if isinstance(value, list | tuple) else [value]
    return [_text(one) for one in several]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)
