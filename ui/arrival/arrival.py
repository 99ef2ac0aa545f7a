"""The start of every page: the filters are asked for, and the link is read into a View."""

import streamlit as st

from data.settings import Problem, Settings
from data.storage.meta_types import TableMeta
from data.views import links
from data.views.filters import FILTERS, RENAMED
from data.views.view import View
from ui.arrival import address, page_words
from ui.cached import views
from ui.files import set_up_page, upload
from ui.filters import filter_bar
from ui.frame import find, look, menu, top_bar
from ui.frame.frame import plain
from ui.identity import provider
from ui.map import basemap


def begin(page: str, account: str = "", *, may_set_up: bool = False) -> None:
    """Draw the frame and ask for a View. The widgets are bound to the link: a link restores it.

    `page` is the address of the page that is to follow, `account` says who has signed in, and
    `may_set_up` whether they may fill an empty store.
    """
    st.html(look.STYLE + look.steps(page_words.NAMES), unsafe_allow_javascript=True)
    try:
        stamp = views.stamp()
        settings = views.current_settings()
    except Problem as problem:
        st.error(plain(str(problem)))
        st.stop()
    bar = top_bar.show_top_bar(settings.name, page, account)
    empty = stamp is None or not views.meta(stamp)["rows"]
    if empty or upload.OWN_PLACE in st.session_state:
        return _show_first_page(settings, bar.marks, may_set_up, empty)
    assert stamp is not None
    meta = views.meta(stamp)
    page_words.restore_link(page)
    address.hold_filters(page)
    _renew_link()
    linked = {word: st.query_params.get_all(word) for word in st.query_params}
    link = {word: [RENAMED.get(text, text) for text in texts] for word, texts in linked.items()}
    several = _one_source(link, meta)
    settled = {links.SETTLED: link[links.SETTLED][-1]} if links.SETTLED in link else {}
    now = views.now()
    begun = links.view(filter_bar.now_chosen() | settled, meta, settings, now)[0]
    counted = views.headline(begun)
    chosen, style = filter_bar.ask_filters(meta, settings, begun, counted)
    view, notices = links.view(chosen | settled, meta, settings, now)
    usual = filter_bar.defaults({**meta, "chosen_set": view.area_set}, settings, begun.sources)
    is_set = {word: filter_bar.is_set(word, chosen, usual) for word in chosen}
    address.note_filters(page, chosen, is_set, settled.get(links.SETTLED, ""))
    with bar.search:
        find.show_find(view, basemap.street_index_url() or "")
    vain = page_words.arrive(page, page_words.Arrival(view, link))
    told = (*several, *notices, *_misread(link, view, meta, page_words.NAMES), *vain)
    st.session_state["view"] = (view, tuple(links.sentences(told)))
    st.html(f"<style>{style}{bar.marks}</style>")


def _one_source(link: dict[str, list[str]], meta: TableMeta) -> list[str]:
    """Keep one of the sources that an older link names: they are never added up.

    What comes back says so, for as long as that one is shown.
    """
    named, shown = link.get("source", []), link.pop("show", [])
    known = [name for name in named if name in filter_bar.ROWS["source"].options(meta)]
    if len(known) > 1:
        picked = shown[-1] if shown and shown[-1] in known else known[0]
        others = ", ".join(name for name in known if name != picked)
        says = f"Sources are never added up: {picked} is shown; under Source: {others}."
        st.session_state["several"] = (picked, says)
        st.query_params.pop("show", None)
        st.query_params["source"] = picked
        st.rerun()  # a widget reads the address before it can be changed
    picked, says = st.session_state.get("several", ("", ""))
    return [says] if says and named in ([], [picked]) else []


def _renew_link() -> None:
    """Give choices of an older link the names that they have now, before a widget drops them."""
    old = {w: text for w, text in st.query_params.items() if text in RENAMED}
    if old and not old.keys() & set(map(str, st.session_state)):  # a widget's own cannot be set
        st.query_params.update({word: RENAMED[text] for word, text in old.items()})
        st.rerun()


def _misread(
    link: dict[str, list[str]], view: View, meta: TableMeta, names: tuple[str, ...]
) -> list[links.Told]:
    """What a link says that means nothing here, until the reader asks otherwise.

    Widgets take it out of the address, so it is kept for as long as the View stays.
    """
    own = (*names, *menu.EMBED, links.SETTLED, links.STAMP)
    told = links.misread(link, meta, own)
    for word in link.keys() - {row.word for row in FILTERS} - set(own):
        del st.query_params[word]
    if told or st.session_state.get("misread", (None,))[0] != view:
        st.session_state["misread"] = (view, told)
    found: list[links.Told] = st.session_state["misread"][1]
    return found


def _show_first_page(settings: Settings, marks: str, may_set_up: bool, empty: bool) -> None:
    """Show how a place is set up, to whoever may; the page asked for does not follow."""
    st.html(f"<style>{marks} :root {{ --porch-bars: 48px; }}</style>")
    if not may_set_up:
        st.title("No records yet", anchor=False)
        st.text("A steward of this Porchlight can bring in areas and records on this page.")
        st.stop()
    fixed = empty and (provider() or views.store().history().last > 0)
    back = None if empty else _go_back
    set_up_page.show_set_up(settings, fixed=fixed, done=_open_map, back=back)
    st.stop()


def _go_back() -> None:
    set_up_page.give_up()
    st.session_state.pop(upload.OWN_PLACE, None)


def _open_map() -> None:
    """Open the Map on the place that is there now: another store, maybe, than a moment ago."""
    st.session_state.pop(upload.OWN_PLACE, None)
    st.cache_resource.clear()
    st.cache_data.clear()
    menu.open_page(menu.PAGES[0])
