"""The one strip of notices below the bars: merged, and closed by the reader."""

from collections.abc import Sequence

import streamlit as st

from ui.frame import language
from ui.frame.language import say

_CLOSED = "closed_notices"  # in the session: what the reader has closed


def show_notices(told: Sequence[str]) -> None:
    """Show sentences in one strip; a reader who closes it sees it again when they change."""
    told = tuple(dict.fromkeys(told))
    if not told or st.session_state.get(_CLOSED) == told:
        return

    def close() -> None:
        st.session_state[_CLOSED] = told

    with st.container(key="notices", horizontal=True, wrap=False, vertical_alignment="center"):
        st.text(told[0], width="stretch")
        if len(told) > 1:
            with st.popover(language.count("notices.more", len(told) - 1), key="more_notices"):
                for sentence in told[1:]:
                    st.text(sentence)
        st.button("×", key="close_notices", help=say("notices.close"), on_click=close)
    st.html("<style>:root { --porch-notice: var(--porch-notice-high); }</style>")
