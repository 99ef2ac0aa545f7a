"""The frame of every page: menu, filters, the View and its sentence, the link."""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from data.views import links, recording
from data.views.coverage import cover
from data.views.filters import FILTERS, period
from data.views.recording import KnownChange
from data.views.sql import chosen_sources
from data.views.view import View
from ui.cached import views
from ui.frame import look, menu

plain, theme = look.plain, look.theme


def view() -> View:
    """The View asked for in the sidebar. Every page starts here.

    Streamlit looks into pages/ before dashboard.py has called st.navigation, so the
    first visitor after a start may arrive with no frame: build it, and run again.
    """
    if "view" not in st.session_state:
        menu.navigation()
        st.rerun()
    shown: View
    shown, notices = st.session_state.pop("view")
    with st.container(key="notices"):
        _notices(shown, notices)
    return shown


def _notices(view: View, notices: tuple[str, ...]) -> None:
    meta = views.meta(view.stamp)
    for sentence in (*notices, cover(view, meta).gap, recording.no_count(view, meta)):
        if sentence:
            st.text(sentence)
    made = [s for s in chosen_sources(view, views.meta(view.stamp)) if s["made"]]
    if made:
        st.warning("Made data: no line of this source happened.")
    old = st.query_params.get(links.STAMP)
    if old and old != view.stamp:
        st.text(
            f"This link was made with data {old[:20]!r}; the store now holds {view.stamp}. "
            "Numbers may differ."
        )


def head(title: str) -> None:
    """The title of a page: the sentence that its picture says."""
    st.subheader(plain(title), anchor=False)


def view_sentence(view: View) -> None:
    """The View in words: N of M, what was asked for, and what is left out and why."""
    st.text(links.sentence(view, views.meta(view.stamp), views.headline(view)))


def foot(view: View, said: bool = False, words: Mapping[str, str] | None = None) -> None:
    """The View in words (unless said above), what its numbers cover, and its link.

    `words` are what the page itself puts into the link, also where they are the usual.
    """
    meta = views.meta(view.stamp)
    if not said:
        view_sentence(view)
    for source in chosen_sources(view, meta):
        st.text(f"What these numbers cover: {source['covers']}")
    # made only when it is opened: a code block is heavy for a browser to load
    box = st.expander("Copy link", on_change="rerun", key="copy")
    if box.open:
        with box:
            st.code(link(view, words), language=None, wrap_lines=True)
            st.text("The link holds every filter and the stamp of the data.")
    st.text(
        f"Porchlight {meta['place']['name']} · {meta['rows']:,} incidents in the "
        f"store · data {view.stamp} · times in {meta['place']['zone']}"
    )


def map_title(view: View) -> str:
    """The name of the map for a screen reader."""
    sources = ", ".join(view.sources)
    return f"Map of {views.meta(view.stamp)['place']['name']}: {sources}"


def changes(view: View) -> list[KnownChange]:
    """Known changes of recording within the View's period."""
    near = recording.changes_near(view, views.meta(view.stamp))
    return [one for one in near if one.day >= view.start]


def change_words(view: View) -> list[str]:
    """A sentence for each known change of recording within a View's period or just before."""
    near = recording.changes_near(view, views.meta(view.stamp))
    return [changed(one, ", just before" if one.day < view.start else "") for one in near]


def changed(change: KnownChange, when: str = "") -> str:
    """A known change of recording as a sentence; `when` goes behind its day."""
    return f"Recording changed on {period(change.day, change.day)}{when}: {change.what}"


def say_changes(view: View) -> None:
    """Say each known change of recording that bears on what the page shows over time."""
    with st.container(key="known_changes"):
        for line in change_words(view):
            st.text(line)


def link(view: View, words: Mapping[str, str] | None = None) -> str:
    """The address of this page with every part of the View and the page's own words."""
    query = links.query(view, views.meta(view.stamp))
    others = {row.word for row in FILTERS} | {*menu.EMBED, links.SETTLED, links.STAMP}
    asked = {k: st.query_params.get_all(k) for k in st.query_params if k not in others}
    own = {**asked, **(words or {})}
    rest = f"&{urlencode(own, doseq=True)}" if own else ""
    return f"{st.context.url or ''}?{query}{rest}"
