"""The frame of every page: menu, filters, the View and its sentence, the link."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from data.settings import Problem, Settings
from data.views import links, recording
from data.views.filters import FILTERS, period, source_option
from data.views.recording import KnownChange
from data.views.sql import Meta, chosen_sources
from data.views.view import View
from ui.cached import views
from ui.frame import filter_bar, look, menu

plain, theme = look.plain, look.theme


def sidebar(page: str) -> None:
    """Ask for a View. The widgets are bound to the link, so a link restores it.

    `page` is the address of the page that is to follow.
    """
    from ui.frame import page_words  # it knows the choices of every page, and pages know the frame

    st.html(look.STYLE + look.steps(page_words.NAMES), unsafe_allow_javascript=True)
    try:
        stamp = views.stamp()
        settings = views.current_settings()
    except Problem as problem:
        st.error(plain(str(problem)))
        st.stop()
    if stamp is None or not views.meta(stamp)["rows"]:
        return _empty(settings)
    meta = views.meta(stamp)
    link = {word: st.query_params.get_all(word) for word in st.query_params}
    chosen = filter_bar.ask_filters(meta, settings)
    settled = st.query_params.get(links.SETTLED)
    if settled:
        chosen[links.SETTLED] = settled
    now = views.now()
    view, notices = links.view(chosen, meta, settings, now)
    if len(view.sources) > 1:
        view, notices = _one_source(view, chosen, meta, settings, now)
    vain = page_words.arrive(page, page_words.Arrival(view, link))
    told = dict.fromkeys((*notices, *_misread(link, view, meta, page_words.NAMES), *vain))
    st.session_state["view"] = (view, tuple(told))


def _misread(
    link: dict[str, list[str]], view: View, meta: Meta, names: tuple[str, ...]
) -> list[str]:
    """Sentences on what a link says that means nothing here, until the reader asks otherwise.

    Widgets take it out of the address, so it is kept for as long as the View stays.
    """
    own = (*names, *menu.EMBED, links.SETTLED, links.STAMP)
    told = links.misread(link, meta, own)
    for word in link.keys() - {row.word for row in FILTERS} - set(own):
        del st.query_params[word]
    if told or st.session_state.get("misread", (None,))[0] != view:
        st.session_state["misread"] = (view, told)
    found: list[str] = st.session_state["misread"][1]
    return found


def _one_source(
    view: View, chosen: dict[str, Any], meta: Meta, settings: Settings, now: datetime
) -> tuple[View, tuple[str, ...]]:
    """The View of one of several sources: they are never added up."""
    named = {source_option(name): name for name in view.sources}
    with st.sidebar:
        picked = st.radio(
            "Shown here",
            list(named),
            key="show",
            bind="query-params",
            help="Sources that cover different times or places are not added up.",
        )
    shown, notices = links.view({**chosen, "source": [picked]}, meta, settings, now)
    others = []
    for option in named:
        if option != picked:
            other = links.view({**chosen, "source": [option]}, meta, settings, now)[0]
            span = period(other.start, other.end)
            others.append(f"{views.headline(other)['n']:,} {option}, {span}")
    told = (
        f"Shown here: {picked}, {period(shown.start, shown.end)}. Never added to it, by the same "
        f"filters: {'; '.join(others)}. To see another, choose it under “Shown here” on the left."
    )
    return shown, (*notices, told)


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
    for sentence in (*notices, links.gap(view, meta), recording.no_count(view, meta)):
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
    from ui.frame import page_words

    query = links.query(view, views.meta(view.stamp))
    asked = {k: st.query_params.get_all(k) for k in st.query_params if k in page_words.NAMES}
    own = {**asked, **(words or {})}
    rest = f"&{urlencode(own, doseq=True)}" if own else ""
    return f"{st.context.url or ''}?{query}{rest}"


def _empty(settings: Settings) -> None:
    st.subheader("No records yet", anchor=False)
    st.text("Fill the store from a terminal, then reload this page:")
    sample = "python -m data sample                 # the records that come with it\n"
    own = "python -m data import your-file.csv   # your own"
    st.code((sample if settings.sample else "") + own, language=None)
    st.stop()
