"""The frame of every page: menu, filters, the View and its sentence, the link."""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from data.cites import cite_folder
from data.numbers.numbers import join_words
from data.views import links, recording
from data.views.coverage import cover
from data.views.filters import FILTERS, period
from data.views.recording import KnownChange
from data.views.sql import chosen_sources
from data.views.view import View
from ui.cached import views
from ui.frame import counting, look, menu, notices, share
from ui.frame.feed_notices import feed_notices
from ui.parts import cite_button, picture_buttons, pictures

plain, theme = look.plain, look.theme
DEMONSTRATION = cite_folder.DEMONSTRATION


def view() -> View:
    """The View asked for in the bar of filters. Every page starts here.

    Streamlit looks into pages/ before dashboard.py has called st.navigation, so the
    first visitor after a start may arrive with no frame: build it, and run again.
    """
    if "view" not in st.session_state:
        menu.navigation()
        st.rerun()
    shown: View
    shown, told = st.session_state.pop("view")
    notices.show_notices((*told, *view_notices(shown)))
    return shown


def view_notices(view: View) -> list[str]:
    """What a reader must know before any number of a View."""
    meta = views.meta(view.stamp)
    told = [*feed_notices(view.sources), cover(view, meta).gap, recording.no_count(view, meta)]
    if any(source["made"] for source in chosen_sources(view, meta)):
        told.insert(0, DEMONSTRATION)
    old = st.query_params.get(links.STAMP)
    if old and old != view.stamp:
        told.append(
            f"This link was made with data {old[:20]!r}; the store now holds {view.stamp}. "
            "Numbers may differ."
        )
    return [sentence for sentence in told if sentence]


def head(title: str) -> None:
    """The title of a page: the sentence that its picture says. It names the browser's tab too."""
    name_tab(title)
    st.title(plain(title), anchor=False)


def name_tab(title: str) -> None:
    """Name the browser's tab after what the page says."""
    place = views.current_settings().name
    pictures.name_page(" ".join(title.split()))
    st.set_page_config(page_title=f"{' '.join(title.split())} - Porchlight {place}")


def view_sentence(view: View) -> None:
    """The View in words: N of M, what was asked for, and what is left out and why."""
    st.text(links.sentence(view, views.meta(view.stamp), views.headline(view)))


def foot(view: View, words: Mapping[str, str] | None = None, *, with_method: bool = True) -> None:
    """The View in words, what its numbers cover, and in Share the link.

    `words` are what the page itself puts into the link, also where they are the usual;
    `with_method` as in `counting.show_counting`.
    """
    view_sentence(view)
    source_lines(view)
    counting.show_counting(view, page_words(words), with_method=with_method)
    fill_share(view, words)


def source_lines(view: View) -> None:
    """Show what the numbers of a View cover, and of which data they are."""
    meta = views.meta(view.stamp)
    for source in chosen_sources(view, meta):
        st.text(f"What these numbers cover: {source['covers']}")
    stamp_line(view)


def stamp_line(view: View) -> None:
    """Show of which data the numbers of a View are."""
    meta = views.meta(view.stamp)
    st.text(
        f"Porchlight {meta['place']['name']} · {meta['rows']:,} incidents in the "
        f"store · data {view.stamp} · times in {meta['place']['zone']}"
    )


def fill_share(view: View, words: Mapping[str, str] | None = None) -> None:
    """Put the link of the page into Share."""
    with share.slot():
        address = link(view, words)
        share.show_link(address, "The link holds every filter and the stamp of the data.")
        cite_button.offer_cite(address)
        picture_buttons.show_picture_buttons(view)
        st.page_link("pages/records.py", label="Download the records")


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
    day = period(change.day, change.day)
    return f"The source's notes name a change of recording on {day}{when}: {change.what}"


def say_changes(view: View) -> None:
    """Say each known change of recording that bears on what the page shows over time."""
    with st.container(key="known_changes"):
        for line in change_words(view):
            st.text(line)


def link(view: View, words: Mapping[str, str] | None = None) -> str:
    """The address of this page with every part of the View and the page's own words."""
    query = links.query(view, views.meta(view.stamp))
    own = {**_own_words(), **(words or {})}
    rest = f"&{urlencode(own, doseq=True)}" if own else ""
    return f"{st.context.url or ''}?{query}{rest}"


def page_words(words: Mapping[str, str] | None = None) -> dict[str, str]:
    """The words of the page's link that are no filters, as its numbers are asked with."""
    return {**join_words(_own_words()), **(words or {})}


def _own_words() -> dict[str, list[str]]:
    others = {row.word for row in FILTERS} | {*menu.EMBED, links.SETTLED, links.STAMP}
    return {k: st.query_params.get_all(k) for k in st.query_params if k not in others}
