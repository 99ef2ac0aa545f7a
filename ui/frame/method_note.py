"""The foot of every finding: how to read it, its method, parameters, seed and link."""

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

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


class Folds(NamedTuple):
    """The two folded parts below a finding: how to read it, and how it was made."""

    read: DeltaGenerator
    method: DeltaGenerator


def open_folds() -> Folds:
    """Return the folded parts, still empty: the seed is asked for in one before the finding."""
    return Folds(st.expander("How to read this", key="how"), st.expander("Method", key="method"))


def ask_seed(fold: DeltaGenerator) -> int:
    """Ask for the seed of the page's simulations, in the fold of the method."""
    asked = fold.number_input(
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


def show_method_note(view: View, note: MethodNote, folds: Folds) -> None:
    """Show how to read the page, how its numbers were made, and the link that repeats it."""
    fill_folds(note, folds)
    frame.foot(view, words=note.words, with_method=False)


def fill_folds(note: MethodNote, folds: Folds) -> None:
    """Show how to read the page, and how its numbers were made."""
    (method,) = (m for m in METHODS if m.number == note.number)
    with folds.read:
        for line in note.read:
            st.text(line)
    with folds.method:
        st.text(method.how)
        st.text(f"Source: {method.source}")
        st.text(f"Keep in mind: {method.mind}")
        for name, value in note.parameters.items():
            st.text(f"{name}: {value}")
