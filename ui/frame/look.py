"""The look of every page, of the team and of the public: style, theme, plain text."""

from collections.abc import Iterable
from string import punctuation

import streamlit as st

from data import palette
from data.settings import STATIC
from ui.frame import sheet

# the only style of ours: maps do not fade while a page reruns, and fill their screen;
# numbers in tables stand below each other
STYLE = (
    f"<style>{sheet.STYLE}"
    + """
[class*="st-key-play_options"] button { min-height: 44px; min-width: 44px; }
[class*="st-key-map"], [class*="st-key-map"] [data-stale=true]
  { opacity: 1 !important; transition: none !important; }
[class*="st-key-map"] iframe { height: clamp(300px, calc(100vh - 452px), 1100px) !important; }
[data-testid="stMainBlockContainer"] { padding: 3.8rem 1.6rem 1rem; }
[data-testid="stMainBlockContainer"] h3 { font-size: 1.5rem; padding: .2rem 0 0; }
.st-key-headline [data-testid="stVerticalBlock"] { gap: 0; }
.st-key-headline [data-testid="stColumn"]:first-child
  [data-testid="stElementContainer"]:first-child [data-testid="stText"]
  { font-size: 2rem; font-weight: 600; line-height: 1.15; }
.st-key-headline [data-testid="stColumn"]:last-child [data-testid="stText"]
  { font-size: .92rem; line-height: 1.4; }
[class*="st-key-side_"] { gap: 0; min-width: 150px; }
[class*="st-key-side_"] [data-testid="stText"], [class*="st-key-told_"] [data-testid="stText"]
  { font-size: .92rem; line-height: 1.4; }
[class*="st-key-told_"] { gap: .3rem; }
[class*="st-key-side_"] > :nth-child(1) [data-testid="stText"] { font-weight: 600; }
[class*="st-key-side_"] > :nth-child(2) [data-testid="stText"]
  { font-size: 1.7rem; font-weight: 600; line-height: 1.2; }
.st-key-notices [data-testid="stText"] { padding: .45rem .8rem; border-left: 3px solid;
  background: color-mix(in srgb, currentColor 7%, transparent); }
[class*="st-key-source_"] [data-testid="stElementContainer"]:first-child
  [data-testid="stText"] { font-weight: 600; }
[data-testid="stSidebarUserContent"] [data-testid="stVerticalBlock"] { gap: .65rem; }
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 3.8rem .8rem 1rem; }
  [data-testid="stMainBlockContainer"] h3 { font-size: 1.2rem; }
  [class*="st-key-map"] iframe { height: 56vh !important; } }
</style>"""
)


# makes each choice a step of the back button; the same bytes everywhere, because web servers let
# it through by its hash (deploy/)
SCRIPT = (STATIC / "history.js").read_text()


def steps(own: Iterable[str]) -> str:
    """The script for the back button; `own` words are none of its steps."""
    return f'<span hidden data-own-words="{" ".join(own)}"></span><script>{SCRIPT}</script>'


def theme() -> palette.Theme:
    """Light or dark, as the reader's browser has it."""
    return palette.DARK if st.context.theme.type == "dark" else palette.LIGHT


def plain(text: str) -> str:
    """Text on one line that markdown shows as it is."""
    return "".join(f"\\{c}" if c in punctuation else c for c in " ".join(text.split()))
