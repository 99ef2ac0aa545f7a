"""The look of every page, of the team and of the public: style, theme, plain text."""

from collections.abc import Iterable
from string import punctuation
from urllib.parse import quote

import streamlit as st

from data import palette
from data.settings import STATIC

_NAMED = ("paper", "ink", "quiet", "accent", "panel", "rule", "link", "control")


def colors(theme: palette.Theme) -> str:
    """The colors of a theme as variables of the page's style."""
    tint = f"color-mix(in srgb, {theme.accent} 14%, {theme.paper})"
    named = "; ".join(f"--porch-{name}: {getattr(theme, name)}" for name in _NAMED)
    return f"& {{ {named}; --porch-tint: {tint}; --porch-bar: {theme.ramp[2]} }}"


# the mark is a part of the style: no request of its own
_MARK = f"data:image/svg+xml,{quote((STATIC / 'lamp.svg').read_text(encoding='utf-8').strip())}"
_CSS = (STATIC / "page.css").read_text(encoding="utf-8").replace("/app/static/lamp.svg", _MARK)
# the style of every page of ours; `&` is the whole page, alone and within another rule
STYLE = (
    f"<style>{colors(palette.LIGHT)} "
    f"@media screen and (prefers-color-scheme: dark) {{ {colors(palette.DARK)} }}\n"
    f"{_CSS}</style>"
)


# says before anything is drawn whether this browser has been greeted (static/page.js)
EARLY_SCRIPT = (
    'try { if (!localStorage.getItem("porchlight-seen")) '
    'document.documentElement.classList.add("porch-new"); } catch {}'
)
# makes each choice a step of the back button, and our own buttons work; the same bytes
# everywhere, because the gate lets it through by its hash
SCRIPT = "".join((STATIC / name).read_text() for name in ("history.js", "page.js"))


def steps(own: Iterable[str]) -> str:
    """The script of every page; `own` words are none of its steps."""
    return f'<span hidden data-own-words="{" ".join(own)}"></span><script>{SCRIPT}</script>'


def theme() -> palette.Theme:
    """Light or dark, as the reader's browser has it."""
    return palette.DARK if st.context.theme.type == "dark" else palette.LIGHT


def plain(text: str) -> str:
    """Text on one line that markdown shows as it is."""
    return "".join(f"\\{c}" if c in punctuation else c for c in " ".join(text.split()))
