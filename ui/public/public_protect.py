"""How we protect people, on the dashboard: the parts of the embed's page, with a slider of our own.

Streamlit lets no drawing into a page's HTML, so each becomes a picture with its colors inside.
"""

import re
from html import escape
from urllib.parse import quote

import streamlit as st

from data.embed import protect
from data.embed.language import load_texts
from data.embed.protection import read_protection
from data.embed.protection_pictures import MOST, OPENS
from data.languages import languages, protect_name
from data.palette import Theme
from data.settings import STATIC
from ui.frame import language, look
from ui.public.public_frame import Shown

_CSS = (STATIC / "embed" / "protect.css").read_text(encoding="utf-8")
_NAMED = ("paper", "ink", "quiet", "rule", "accent", "control")
_WIDE = 720  # pixels: as wide as the texts
# the embed's names for colors, as the pages here call them
_COLORS = "".join(f"--{name}: var(--porch-{name}); " for name in _NAMED)
_DRAWING = re.compile(r'<svg class="(\w+)" (.*?)>(.*?)</svg>', re.DOTALL)
_LABEL = re.compile(r'aria-label="([^"]*)"')


def show_protection(found: Shown) -> None:
    """The parts of the page, with the slider where it stands there."""
    shown, speak = read_protection(found.release.manifest), language.speak()
    st.html(f"<style>.protect {{ {_COLORS}}} {_CSS}</style>")
    _show(protect.before(shown, speak))
    _attempt(found)
    _show(protect.after(shown, speak))
    others = [(code, load_texts(code)("language.name")) for code in languages()]
    links = " · ".join(
        f'<a href="/embed/{protect_name(code)}" hreflang="{code}" lang="{code}">{escape(name)}</a>'
        for code, name in others
    )
    st.html(f'<p class="porch-languages">{escape(speak("protect.title"))}: {links}</p>')


@st.fragment
def _attempt(found: Shown) -> None:
    """The slider, and what it shows: only this runs again when it is moved."""
    shown, speak = read_protection(found.release.manifest), language.speak()
    _show(f"<section>{protect.question(speak)}</section>")
    n = st.slider(speak("protect.try.label"), 0, MOST, OPENS, key="others", width=_WIDE)
    _show(protect.answer(shown, n, speak))


def _show(parts: str) -> None:
    theme = look.theme()
    drawn = _DRAWING.sub(lambda match: _picture(match, theme), parts)
    st.html(f'<div class="protect">{drawn}</div>')


def _picture(match: re.Match[str], theme: Theme) -> str:
    """A drawing as a picture: its own rules of protect.css, and the colors of the theme."""
    name, attributes, body = match.groups()
    rules = [line for line in _CSS.splitlines() if line.startswith(f".protect .{name}")]
    colors = "".join(f"--{each}:{getattr(theme, each)};" for each in _NAMED)
    style = (
        f"svg{{{colors}}}{''.join(rules).replace('.protect ', '')}text{{font-family:sans-serif}}"
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{name}" {attributes}>'
        f"<style>{style}</style>{body}</svg>"
    )
    label = _LABEL.search(attributes)
    alt = label[1] if label else ""
    return f'<img class="{name}" alt="{alt}" src="data:image/svg+xml,{quote(svg)}">'
