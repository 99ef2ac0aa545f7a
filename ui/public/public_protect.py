"""How we protect people, on the dashboard: the embed's page, with a slider of our own."""

import streamlit as st

from data.embed import protect
from data.embed.language import load_texts
from data.embed.protection import read_protection
from data.embed.protection_pictures import MOST, OPENS
from data.languages import FIRST, protect_name
from data.settings import STATIC
from ui.public.public_frame import Shown

_CSS = (STATIC / "embed" / "protect.css").read_text(encoding="utf-8")
_NAMED = ("paper", "ink", "quiet", "rule", "accent", "control")
# the embed's names for colors, as the pages here call them
_COLORS = "".join(f"--{name}: var(--porch-{name}); " for name in _NAMED)
PAGE = f"/embed/{protect_name(FIRST)}"


def show_protection(found: Shown) -> None:
    """The parts of the page, with the slider where it stands there."""
    shown, speak = read_protection(found.release.manifest), load_texts(FIRST)
    st.html(f"<style>.protect {{ {_COLORS}}} {_CSS}</style>")
    st.html(f'<div class="protect">{protect.before(shown, speak)}</div>')
    _attempt(found)
    st.html(f'<div class="protect">{protect.after(shown, speak)}</div>')


@st.fragment
def _attempt(found: Shown) -> None:
    """The slider, and what it shows: only this runs again when it is moved."""
    shown, speak = read_protection(found.release.manifest), load_texts(FIRST)
    n = st.slider(speak("protect.try.label"), 0, MOST, OPENS, key="others")
    st.html(f'<div class="protect">{protect.attempt(shown, n, speak, slider=False)}</div>')
