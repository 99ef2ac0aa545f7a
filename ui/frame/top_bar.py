"""The bar at the top of every page: whose it is, the sections, search, and the way to share."""

import html
from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.languages import FIRST
from ui.frame import menu, share
from ui.frame.language import say, speak

MAP_FRAME = "[class*=st-key-map] iframe"


class Bar(NamedTuple):
    """The bar that was shown: the room for a search in it, and the style that marks where one is."""

    search: DeltaGenerator
    marks: str


def show_top_bar(place: str, path: str, account: str = "") -> Bar:
    """Show the bar of the page at an address: the mark, the place, the sections, Share.

    `account` says who has signed in; empty where nobody is asked.
    """
    sections = menu.sections()
    here = next((r for rows in sections.values() for r in rows if r.path == path), menu.PAGES[0])
    with st.container(key="topbar", horizontal=True, vertical_alignment="center", wrap=False):
        st.html(_skip(path) + brand(place), width="content")
        with st.container(key="sections", horizontal=True, wrap=False, width="content", gap=None):
            _section_links(sections)
        st.html('<div class="porch-push"></div>', width="stretch")
        search = st.container(key="search", width="content")
        share.make_slot()
        if account:
            with st.popover("Account", key="account", width="content"):
                st.text(account)
                st.button("Sign out", on_click=st.logout)
        menu_box = st.popover(say("bar.menu"), key="menu", width="content")
        with menu_box, st.container(key="menu_links"):
            _section_links(sections)
    if len(sections[here.section]) > 1 and path:
        show_tabs(sections[here.section])
    with st.container(key="elsewhere"):  # the map's script follows these: no reload
        for row in menu.TABLES["team"] if menu.PAGES[0] in sections[menu.MAP] else ():
            if row.path in ("area", "") and row != here:
                menu.link_page(row)
    return Bar(search, _marks(sections, here))


def _section_links(sections: dict[str, list[menu.PageRow]]) -> None:
    """A link to the first page of each section, and to the help page (ui.help)."""
    for section, rows in sections.items():
        known = menu.SECTION_KEYS.get(section)
        menu.link_page(rows[0], say(known) if known else section)
    words = speak()
    query = f"?lang={words.language}" if words.language != FIRST else ""
    name = html.escape(words("bar.help"))
    link = f'<a class="porch-help" href="/help{query}" target="_self">{name}</a>'
    st.html(link, width="content")


def show_tabs(rows: Sequence[menu.PageRow]) -> None:
    """Links to the pages of the section that is open."""
    with st.container(key="tabs", horizontal=True, gap=None):
        for row in rows:
            menu.link_page(row)


def _skip(path: str) -> str:
    """The first thing that a keyboard comes to: past both bars."""
    where, key = ("h1", "bar.skip.page") if path else (MAP_FRAME, "bar.skip.map")
    return f'<a class="porch-skip" href="#" data-skip="{where}">{html.escape(say(key))}</a>'


def brand(place: str) -> str:
    """The mark and the name, a link to the first page, with the place's name."""
    return (
        f'<a class="porch-brand" href="/" target="_self" data-go="/"><i></i><b>Porchlight</b>'
        f"<span>{html.escape(place)}</span></a>"
    )


def _marks(sections: dict[str, list[menu.PageRow]], here: menu.PageRow) -> str:
    """The style that marks the open section and page: by its place, it changes with the page."""
    section = list(sections).index(here.section)
    tab = [row.path for row in sections[here.section]].index(here.path)
    nav, tabs, listed = (
        f".st-key-{key} > :nth-child({at + 1}) a"
        for key, at in (("sections", section), ("tabs", tab), ("menu_links", section))
    )
    return (
        f"{nav}, {tabs} {{ border-bottom-color: var(--porch-accent) !important; }} "
        f"{nav} p, {tabs} p, {listed} p {{ font-weight: 600 !important; }}"
    )
