"""Cite this: a button in Share that freezes the numbers of a page, then its link and citations."""

import html
from urllib.parse import urlsplit

import streamlit as st

from data.cites.citation import citation_texts, cite_address, cited_day
from data.cites.cite_folder import CITES, read_cite
from data.cites.make_cite import cite_link
from data.numbers.pages import PAGE_NUMBERS, ask_numbers
from data.settings import Problem
from ui.cached import views
from ui.parts import copied

_CITED = "cited"  # in the session: the link that was cited last, and the name of its cite


def offer_cite(link: str) -> None:
    """Offer to cite the page of a link; nothing where the page has no numbers to cite.

    The cite is made in the page's own run, which asked who looks at it.
    """
    address = urlsplit(link)
    if address.path.strip("/") not in PAGE_NUMBERS:
        return
    if st.button("Cite this", key="cite"):
        try:
            new = cite_link(views.store(), views.current_settings(), link, ask_numbers)
        except Problem as problem:
            st.text(str(problem))
            return
        st.session_state[_CITED] = (link, new.name)
    of, name = st.session_state.get(_CITED, ("", ""))
    if of != link:
        st.caption(
            "Freezes these numbers under a link that keeps them, whatever happens to the data."
        )
    else:
        _show_cite(name, f"{address.scheme}://{address.netloc}")


def _show_cite(name: str, origin: str) -> None:
    cite = read_cite(views.store().root / CITES, name)
    address = cite_address(origin, name)
    copied.show_copied("Link that keeps these numbers", address, "Copy this link", "porch-cite")
    opened = html.escape(address, quote=True)
    st.html(
        f'<a class="porch-open" href="{opened}" target="_blank" rel="noopener">Open what was cited</a>'
    )
    copied.show_citations(citation_texts(cite, cited_day(cite), address))
