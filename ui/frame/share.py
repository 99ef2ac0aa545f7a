"""Share: the link of what is shown, and what can be taken away."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.frame import look
from ui.frame.language import say
from ui.parts import copied, pictures

_SLOT: ContextVar[DeltaGenerator | None] = ContextVar("share", default=None)  # of this run


def make_slot() -> None:
    """Make the popover; the page fills it when it knows what it shows."""
    pictures.start_page(look.theme().dark)
    _SLOT.set(st.popover(say("bar.share"), key="share", width="content"))


@contextmanager
def slot() -> Iterator[None]:
    """The popover of the run that goes on; where there is none, the page itself."""
    box = _SLOT.get()
    with box if box is not None else st.container():
        yield


def show_link(address: str, says: str) -> None:
    """The address, to read and to copy, and a sentence on what it holds."""
    copied.show_copied(say("bar.link"), address, say("bar.copy"))
    st.caption(says)
