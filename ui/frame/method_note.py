"""The foot of every finding: how to read it, its method, parameters, seed and link."""

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from data.methods import METHODS
from data.views.view import View
from ui.frame import frame

SEED, MOST_SEED = 1, 2**31 - 1


class MethodNote(NamedTuple):
    """A finding: the number of data.methods that it is, how to read it, what it was made with.

    `parameters` are said to readers; `words` are the page's own, as they stand in a link.
    """

    number: str
    read: tuple[str, ...]
    parameters: Mapping[str, str]
    words: Mapping[str, str]


def ask_seed() -> int:
    """Ask for the seed of the page's simulations."""
    asked = st.number_input(
        "Seed",
        0,
        MOST_SEED,
        SEED,
        key="seed",
        bind="query-params",
        width=130,
        help="Simulations begin from it: the same seed gives the same numbers. With another "
        "the p-values differ a little; what matters should not.",
    )
    return int(asked)


def show_method_note(view: View, note: MethodNote) -> None:
    """Show how to read the page, how its numbers were made, and the link that repeats it."""
    (method,) = (m for m in METHODS if m.number == note.number)
    with st.expander("How to read this", key="how"):
        for line in note.read:
            st.text(line)
    with st.expander("Method, parameters and seed", key="method"):
        st.text(method.how)
        st.text(f"Source: {method.source}")
        st.text(f"Keep in mind: {method.mind}")
        for name, value in note.parameters.items():
            st.text(f"{name}: {value}")
    frame.foot(view, words=note.words)
