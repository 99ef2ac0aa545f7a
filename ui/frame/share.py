"""Share: the link of what is shown, and what can be taken away."""

import html
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.frame.language import say

_SLOT: ContextVar[DeltaGenerator | None] = ContextVar("share", default=None)  # of this run


def make_slot() -> None:
    """Make the popover; the page fills it when it knows what it shows."""
    _SLOT.set(st.popover(say("bar.share"), key="share", width="content"))


@contextmanager
def slot() -> Iterator[None]:
    """The popover of the run that goes on; where there is none, the page itself."""
    box = _SLOT.get()
    with box if box is not None else st.container():
        yield


def show_link(address: str, says: str) -> None:
    """The address, to read and to copy, and a sentence on what it holds."""
    show_copied(say("bar.link"), address, say("bar.copy"))
    st.caption(says)


def show_copied(label: str, address: str, copy: str, field: str = "porch-link") -> None:
    """An address in a field of its own with a button that copies it."""
    text, label, copy = (html.escape(one, quote=True) for one in (address, label, copy))
    st.html(
        f'<div class="porch-link"><label for="{field}">{label}</label>'
        f'<input id="{field}" readonly value="{text}">'
        f'<button type="button" data-copy="{text}">{copy}</button></div>'
    )


def show_citations(texts: Mapping[str, str]) -> None:
    """Citations by their style, each to be copied. They are shown as text, never as markup."""
    for style, text in texts.items():
        st.caption(style)
        st.code(text, language=None, wrap_lines=True)
