"""The start of every page: the filters are asked for, and the link is read into a View."""

from datetime import datetime

import streamlit as st

from data.settings import Problem, Settings
from data.storage.meta_types import TableMeta
from data.views import links
from data.views.filters import FILTERS, RENAMED, period, source_option
from data.views.view import View
from ui.arrival import page_words
from ui.cached import views
from ui.frame import filter_bar, look, menu
from ui.frame.frame import plain


def sidebar(page: str) -> None:
    """Ask for a View. The widgets are bound to the link, so a link restores it.

    `page` is the address of the page that is to follow.
    """

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
    _renew_link()
    asked = {word: st.query_params.get_all(word) for word in st.query_params}
    link = {word: [RENAMED.get(text, text) for text in texts] for word, texts in asked.items()}
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


def _renew_link() -> None:
    """Give choices of an older link the names that they have now, before a widget drops them."""
    old = {w: text for w, text in st.query_params.items() if text in RENAMED}
    if old and not old.keys() & set(map(str, st.session_state)):  # a widget's own cannot be set
        st.query_params.update({word: RENAMED[text] for word, text in old.items()})
        st.rerun()


def _misread(
    link: dict[str, list[str]], view: View, meta: TableMeta, names: tuple[str, ...]
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
    view: View, chosen: dict[str, object], meta: TableMeta, settings: Settings, now: datetime
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
        f"filters: {'; '.join(others)}. To see another, choose it under “Shown here”."
    )
    return shown, (*notices, told)


def _empty(settings: Settings) -> None:
    st.subheader("No records yet", anchor=False)
    st.text("Fill the store from a terminal, then reload this page:")
    sample = "python -m data sample                 # the records that come with it\n"
    own = "python -m data import your-file.csv   # your own"
    st.code((sample if settings.sample else "") + own, language=None)
    st.stop()
