"""The language of the run: a reader of the public dashboard chooses it, the team's is English."""

from functools import cache
from html import escape

import streamlit as st

from data.embed.language import Words, load_texts
from data.languages import EMBED, FIRST, PUBLIC, languages

WORD = "lang"  # of the link, and of the widget that is bound to it
_NOW = "language"  # in the session: what this run speaks


@cache
def _words(code: str) -> Words:
    return load_texts(code, domains=(EMBED, PUBLIC))


def begin_language() -> None:
    """Speak what the link names, or else what the reader chose. Call it before the first `say`.

    A step to another page empties the link, and only then fills it again.
    """
    session = st.session_state
    asked = st.query_params.get(WORD) or session.get(WORD) or session.get(_NOW)
    session[_NOW] = asked if asked in languages(domain=PUBLIC) else FIRST
    if WORD not in session and WORD not in st.query_params and session[_NOW] != FIRST:
        session[WORD] = session[_NOW]


def speak() -> Words:
    """How this run says texts, numbers and dates."""
    return _words(st.session_state.get(_NOW, FIRST))


def english() -> Words:
    """How English says texts: for files, whose columns and codes are English in every language."""
    return _words(FIRST)


def say(key: str, **holes: str) -> str:
    """The text of a key of public.po or embed.po, with its holes filled."""
    return speak()(key, **holes)


def count(key: str, n: int, **holes: str) -> str:
    """The form of a counted text that fits a number; it is also the hole {n}."""
    return speak().counted(key, n, **holes)


def show_chooser() -> None:
    """A button named by the language, with all of them; the choice is a word of the link.

    What is bound to a link is named there as on the screen, so the options are codes; the style
    hides them beside the languages' own names.
    """
    codes = languages(domain=PUBLIC)
    names = [_words(code)("language.name") for code in codes]
    with st.popover(say("language.name"), key="open_lang", width="content"):
        chosen = st.radio(say("label.lang"), codes, captions=names, key=WORD, bind="query-params")
    if chosen != speak().language:  # a step back: the link no longer names one
        st.session_state[_NOW] = chosen
        st.rerun()


def mark_language() -> str:
    """A mark for the page's script, which tells the browser the language (static/page.js)."""
    return f'<span hidden data-language="{speak().language}"></span>'


def show_unread() -> None:
    """Say where nobody has read the language yet, in it and in English; else nothing."""
    words, english = speak(), _words(FIRST)
    if not words.read_by:
        own = f'<span lang="{words.language}">{escape(words("unread"))}</span>'
        line = f'{own} <span lang="{FIRST}">{escape(english("unread"))}</span>'
        st.html(f'<p class="porch-unread">{line}</p>')
